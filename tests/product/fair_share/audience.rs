//! Whom live clients are connected as, and to what.

use crate::harness::Live;

/// How each client of a group connects.
#[derive(Clone)]
pub(super) struct Audience {
    /// The server's address.
    pub(super) address: String,
    /// The user's token.
    pub(super) token: String,
    /// What is subscribed to.
    pub(super) topics: Vec<String>,
}

impl Audience {
    /// A client that intends to read.
    pub(super) fn connect(&self) -> Live {
        self.subscribed(Live::connect(&self.address, &self.token).unwrap())
    }

    /// A client that the kernel keeps little for.
    pub(super) fn connect_narrow(&self) -> Live {
        self.subscribed(Live::connect_narrow(&self.address, &self.token).unwrap())
    }

    fn subscribed(&self, mut live: Live) -> Live {
        let topics: Vec<&str> = self.topics.iter().map(String::as_str).collect();
        live.subscribe(&topics, None);
        live
    }
}
