//! The kinds of records, and how an event names the record that it is about.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    /// A show.
    Show,
    /// An episode.
    Episode,
    /// A user's account.
    User,
    /// A user's role within a show.
    Membership,
    /// Artwork made of layers.
    Composition,
    /// A layout for compositions.
    Template,
    /// A piece of work in the background.
    Job,
    /// What queues jobs again and again.
    Schedule,
    /// A file.
    File,
    /// An entry of the activity feed.
    Activity,
    /// A notification.
    Notification,
    /// An event of the log.
    Event,
    /// Who is there, and looks at what.
    Presence,
}

impl ResourceKind {
    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Episode => "episode",
            Self::User => "user",
            Self::Membership => "membership",
            Self::Composition => "composition",
            Self::Template => "template",
            Self::Job => "job",
            Self::Schedule => "schedule",
            Self::File => "file",
            Self::Activity => "activity",
            Self::Notification => "notification",
            Self::Event => "event",
            Self::Presence => "presence",
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The record that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The kind's name. A log may hold kinds that this release does not know.
    pub kind: String,
    /// The record's identifier.
    pub id: Uuid,
}

impl Subject {
    /// Names the record `id` of a known `kind`.
    #[must_use]
    pub fn new(kind: ResourceKind, id: Uuid) -> Self {
        Self { kind: kind.as_str().to_owned(), id }
    }

    /// Whether this is a record of `kind`.
    #[must_use]
    pub fn is(&self, kind: ResourceKind) -> bool {
        self.kind == kind.as_str()
    }
}
