//! The system's clock and randomness. In this service nothing else may ask for them.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use showrunner_domain::{Clock, IdSource, Timestamp};
use uuid::Uuid;

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
    fn now(&self) -> Timestamp {
        DateTime::<Utc>::from(SystemTime::now()).into()
    }
}

/// UUIDv7, in increasing order within this process.
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
