//! The times that a connection keeps.

use std::time::Duration;

/// The times that a connection keeps. Only tests need others than the default ones.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a new connection may stay without a token: 10 s.
    pub authentication: Duration,
    /// How long a client has to renew a token that has expired: 10 s.
    pub renewal: Duration,
    /// How often the server sends a WebSocket ping, or a stream's comment: every 20 s.
    pub ping: Duration,
    /// After how long without any frame from the client the connection is given up: 60 s.
    pub silence: Duration,
    /// After how long without progress in sending the connection is given up: 15 s.
    pub stall: Duration,
    /// How long the client has to take the end and to go, before its socket is cut: 3 s.
    pub farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            authentication: Duration::from_secs(10),
            renewal: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            silence: Duration::from_mins(1),
            stall: Duration::from_secs(15),
            farewell: Duration::from_secs(3),
        }
    }
}
