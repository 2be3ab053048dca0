//! The events of which notifications are written.

use serde::{Deserialize, Serialize};

use crate::event::EventKind;

/// A kind of event of which notifications are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifiedEvent {
    /// An episode came into being.
    EpisodeCreated,
    /// An episode was deleted.
    EpisodeDeleted,
    /// A job was done.
    JobCompleted,
    /// A job was given up.
    JobFailed,
}

impl NotifiedEvent {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::EpisodeCreated, Self::EpisodeDeleted, Self::JobCompleted, Self::JobFailed];

    /// The event's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EpisodeCreated => EventKind::EpisodeCreated.as_str(),
            Self::EpisodeDeleted => EventKind::EpisodeDeleted.as_str(),
            Self::JobCompleted => EventKind::JobCompleted.as_str(),
            Self::JobFailed => EventKind::JobFailed.as_str(),
        }
    }

    /// Whether it is told to the record's owner alone, and not to whoever caused it and whoever follows the record.
    #[must_use]
    pub(super) const fn is_the_owners(self) -> bool {
        matches!(self, Self::JobCompleted | Self::JobFailed)
    }

    /// The event of this name, if notifications are written of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_the_same_name_in_documents_as_in_the_log() {
        for event in NotifiedEvent::ALL {
            assert_eq!(NotifiedEvent::parse(event.as_str()), Some(event));
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
        }
        assert_eq!(NotifiedEvent::parse("episode_updated"), None);
    }
}
