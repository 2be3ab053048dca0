//! Who is to be told of an event.

use std::collections::HashMap;

use uuid::Uuid;

use super::{NotifiedEvent, Preferences};
use crate::event::LoggedEvent;
use crate::identity::UserId;
use crate::show::ShowId;

/// What the store knows of the people whom some events may concern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// Who follows a record, by the record's identifier.
    pub followers: HashMap<Uuid, Vec<UserId>>,
    /// What they and the acting users want to be told of; who is missing wants what is usual.
    pub preferences: HashMap<UserId, Preferences>,
}

/// About which records and people a reader has to know something before it can digest events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concern {
    /// The records whose followers are asked for.
    pub records: Vec<Uuid>,
    /// The acting users and the owners, whose preferences are asked for beside those of the followers.
    pub people: Vec<UserId>,
}

impl Concern {
    /// Whether nothing has to be known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.people.is_empty()
    }

    /// What `events` concern: their records and shows, and whoever caused them.
    pub fn of<'a>(events: impl Iterator<Item = &'a LoggedEvent>) -> Self {
        let mut concern = Self::default();
        for event in events {
            concern.records.push(event.subject.id);
            concern.records.extend(event.show.map(ShowId::uuid));
            concern.people.extend(event.actor.id);
            concern.people.extend(event.owner);
        }
        concern.records.sort_unstable();
        concern.records.dedup();
        concern.people.sort_unstable();
        concern.people.dedup();
        concern
    }
}

impl Interest {
    /// Who is told in the app of `event`, which is of this `kind`: its owner, or the acting user and whoever follows the
    /// record or its show, each once, but for those who do not want to be.
    #[must_use]
    pub fn told_in_app(&self, event: &LoggedEvent, kind: NotifiedEvent) -> Vec<UserId> {
        let records = std::iter::once(event.subject.id).chain(event.show.map(ShowId::uuid));
        let followers = records.filter_map(|record| self.followers.get(&record)).flatten().copied();
        let mut told: Vec<UserId> = if kind.is_the_owners() {
            event.owner.into_iter().collect()
        } else {
            followers.chain(event.actor.id).collect()
        };
        told.sort_unstable();
        told.dedup();
        told.retain(|user| self.preferences.get(user).is_none_or(|wanted| wanted.tells_in_app(kind)));
        told
    }
}
