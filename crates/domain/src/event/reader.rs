//! Readers: what follows from events inside the store.

use std::fmt;

use thiserror::Error;

use super::{DomainEvent, LoggedEvent, Seq};
use crate::activity::Activity;
use crate::notification::{Concern, Interest, Notification};

/// Names a reader and its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReaderName {
    /// Writes the activity feed.
    Activity,
    /// Writes notifications.
    Notification,
}

impl ReaderName {
    /// Every reader.
    pub const ALL: [Self; 2] = [Self::Activity, Self::Notification];

    /// The name in the stores and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Notification => "notification",
        }
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event that a reader gave up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// The event's place.
    pub seq: Seq,
    /// What went wrong.
    pub reason: String,
}

/// What follows from events: rows to write and events to log, all in the step that moves the reader's cursor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Entries of the activity feed.
    pub activities: Vec<Activity>,
    /// Notifications.
    pub notifications: Vec<Notification>,
    /// Further events.
    pub events: Vec<DomainEvent>,
    /// Events that the reader gave up on.
    pub parked: Vec<ParkedEvent>,
}

impl Effects {
    /// Adds what follows from later events.
    pub fn append(&mut self, mut later: Self) {
        self.activities.append(&mut later.activities);
        self.notifications.append(&mut later.notifications);
        self.events.append(&mut later.events);
        self.parked.append(&mut later.parked);
    }
}

/// This event says nothing to the reader that it could understand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Undigestible(pub String);

impl From<serde_json::Error> for Undigestible {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("the event's data cannot be decoded: {error}"))
    }
}

/// Turns events into effects, purely: the same events and the same interest always give the same effects.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Reader: Send + Sync {
    /// Whose cursor this moves.
    fn name(&self) -> ReaderName;

    /// About which records and people this reader has to know something before it can digest `events`.
    fn concern(&self, events: &[LoggedEvent]) -> Concern;

    /// What follows from `event`; often nothing. `interest` is what the store knows of what the event concerns.
    fn digest(&self, event: &LoggedEvent, interest: &Interest) -> Result<Effects, Undigestible>;
}
