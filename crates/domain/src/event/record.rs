//! Events, before and after the log has given them their place.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Audience, EventKind, ImportMark, Seq};
use crate::id::id;
use crate::identity::{Actor, Caller, UserId};
use crate::show::ShowId;
use crate::{Subject, Timestamp, Version};

id! {
    /// Identifies an event.
    EventId
}

/// Who caused an event, as they were called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorStamp {
    /// The user; `None` for the system itself.
    pub id: Option<UserId>,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
}

impl ActorStamp {
    /// The system itself, for what an operator does on the command line.
    #[must_use]
    pub fn system() -> Self {
        Self { id: None, name: "system".to_owned(), email: None }
    }
}

impl From<&Actor> for ActorStamp {
    fn from(actor: &Actor) -> Self {
        Self { id: Some(actor.id), name: actor.name.clone(), email: Some(actor.email.clone()) }
    }
}

/// Where a change came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address.
    pub ip: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The request's identifier.
    pub request_id: Option<String>,
    /// The place in the import that it was a part of.
    pub import: Option<ImportMark>,
}

/// Something that happened, on its way into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct DomainEvent {
    /// The event's identifier.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// The particulars, as the JSON text that is stored and sent.
    pub data: String,
    /// When.
    pub timestamp: Timestamp,
    /// Through whom.
    pub actor: ActorStamp,
    /// From where.
    pub origin: Origin,
    /// To which record.
    pub subject: Subject,
    /// In which show, where it happened in one.
    pub show: Option<ShowId>,
    /// Whose the record is, where that matters to whom is told of it.
    pub owner: Option<UserId>,
    /// Who may learn of it.
    pub audience: Audience,
}

impl DomainEvent {
    /// The same event, as one that happened in `show`.
    pub(crate) fn within(self, show: Option<ShowId>) -> Self {
        Self { show, ..self }
    }

    /// The same event, as one of a record that is `owner`'s.
    pub(crate) fn owned_by(self, owner: Option<UserId>) -> Self {
        Self { owner, ..self }
    }
}

/// What a transition needs from outside to tell of itself.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) id: EventId,
    pub(crate) now: Timestamp,
    pub(crate) actor: ActorStamp,
    pub(crate) origin: Origin,
}

impl Stamp {
    /// The stamp of what `caller` does now.
    pub(crate) fn of(caller: &Caller, ids: &dyn crate::IdSource, now: Timestamp) -> Self {
        Self {
            id: EventId::new(ids.next()),
            now,
            actor: ActorStamp::from(&caller.actor),
            origin: caller.origin.clone(),
        }
    }

    /// The stamp of what the system does now by itself.
    pub(crate) fn of_system(ids: &dyn crate::IdSource, now: Timestamp) -> Self {
        Self { id: EventId::new(ids.next()), now, actor: ActorStamp::system(), origin: Origin::default() }
    }

    /// Moves a record on to its next version, written now, and answers the version before. A clock that went backwards
    /// does not take `updated_at` along: versions and times of one record agree.
    pub(crate) fn touch(&self, version: &mut Version, updated_at: &mut Timestamp) -> Version {
        let before = *version;
        *version = before.next();
        *updated_at = self.now.max(*updated_at);
        before
    }

    /// How the actor is called in event data: the e-mail address where there is one.
    pub(crate) fn actor_label(&self) -> &str {
        self.actor.email.as_deref().unwrap_or(&self.actor.name)
    }

    /// Makes the event of this moment, in no show. `data` must serialise to a JSON object.
    pub(crate) fn event(
        &self,
        kind: EventKind,
        subject: Subject,
        audience: Audience,
        data: &impl Serialize,
    ) -> DomainEvent {
        DomainEvent {
            id: self.id,
            kind,
            data: json_text(data),
            timestamp: self.now,
            actor: self.actor.clone(),
            origin: self.origin.clone(),
            subject,
            show: None,
            owner: None,
            audience,
        }
    }
}

/// The JSON text of a value of this crate: strings, numbers and maps with string keys, which always have one.
pub(crate) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("records are plain data: {error}"))
}

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// The place.
    pub seq: Seq,
    /// The event's identifier.
    pub id: EventId,
    /// What happened. A log may hold names that this release does not know.
    pub name: String,
    /// The particulars, as the JSON text that is sent.
    pub data: String,
    /// When.
    pub timestamp: Timestamp,
    /// Through whom; never sent.
    pub actor: ActorStamp,
    /// From where; never sent.
    pub origin: Origin,
    /// To which record; never sent.
    pub subject: Subject,
    /// In which show, where it happened in one; never sent.
    pub show: Option<ShowId>,
    /// Whose the record is, where that matters to whom is told of it; never sent.
    pub owner: Option<UserId>,
    /// Who may learn of it; never sent.
    pub audience: Audience,
}

impl LoggedEvent {
    /// The kind, if this release knows it.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        EventKind::parse(&self.name)
    }

    /// Appends the members of the event's envelope, without braces: `"seq":…,"id":…,"event":…,"data":…,"timestamp":…`.
    ///
    /// `data` goes out as the very text that was stored.
    pub fn write_members(&self, out: &mut String) {
        let Self { seq, id, name, data, timestamp, .. } = self;
        // Writing to a string cannot fail; names and ids hold nothing that JSON would escape.
        let _ = write!(out, r#""seq":{seq},"id":"{id}","event":"{name}","data":{data},"timestamp":"{timestamp}""#);
    }

    /// The event's envelope as JSON text.
    #[must_use]
    pub fn envelope(&self) -> String {
        let mut out = String::with_capacity(self.data.len() + 160);
        out.push('{');
        self.write_members(&mut out);
        out.push('}');
        out
    }

    /// Gives `event` the place `seq`, as the log does.
    #[must_use]
    pub fn numbered(event: DomainEvent, seq: Seq) -> Self {
        Self {
            seq,
            id: event.id,
            name: event.kind.as_str().to_owned(),
            data: event.data,
            timestamp: event.timestamp,
            actor: event.actor,
            origin: event.origin,
            subject: event.subject,
            show: event.show,
            owner: event.owner,
            audience: event.audience,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResourceKind;

    #[test]
    fn an_envelope_holds_the_stored_data_untouched_and_nothing_private() {
        let event = LoggedEvent {
            seq: Seq::new(42).unwrap(),
            id: EventId::new(uuid::Uuid::from_u128(1)),
            name: "episode_created".into(),
            data: r#"{"b":1,"a":2}"#.into(),
            timestamp: Timestamp::from_micros(1).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin { ip: Some("203.0.113.9".into()), ..Origin::default() },
            subject: Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(2)),
            show: None,
            owner: None,
            audience: Audience::Readers,
        };
        assert_eq!(
            event.envelope(),
            r#"{"seq":42,"id":"00000000-0000-0000-0000-000000000001","event":"episode_created","data":{"b":1,"a":2},"timestamp":"1970-01-01T00:00:00.000001Z"}"#
        );
    }
}
