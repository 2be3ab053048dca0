//! Events as rows: in the log, and on Postgres on their way to it.

use diesel::prelude::*;
use showrunner_domain::Subject;
use showrunner_domain::event::{ActorStamp, Audience, DomainEvent, EventId, ImportMark, LoggedEvent, Origin};
use showrunner_domain::identity::UserId;
use showrunner_domain::show::ShowId;

use super::Place;
use crate::failure::Failure;
use crate::schema::events;
use crate::types::{DbId, DbInstant};

/// An event that has no number yet.
pub(crate) struct OutboxRow<'a> {
    pub(crate) id: DbId,
    pub(crate) name: &'static str,
    pub(crate) data: &'a str,
    pub(crate) created_at: DbInstant,
    pub(crate) actor_id: Option<DbId>,
    pub(crate) actor_name: &'a str,
    pub(crate) actor_email: Option<&'a str>,
    pub(crate) ip: Option<&'a str>,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) subject_kind: &'a str,
    pub(crate) subject_id: DbId,
    pub(crate) audience: String,
    pub(crate) show_id: Option<DbId>,
    pub(crate) imported: Option<i64>,
    pub(crate) owner_id: Option<DbId>,
}

impl<'a> From<&'a DomainEvent> for OutboxRow<'a> {
    fn from(event: &'a DomainEvent) -> Self {
        Self {
            id: DbId(event.id.uuid()),
            name: event.kind.as_str(),
            data: &event.data,
            created_at: DbInstant(event.timestamp),
            actor_id: event.actor.id.map(|id| DbId(id.uuid())),
            actor_name: &event.actor.name,
            actor_email: event.actor.email.as_deref(),
            ip: event.origin.ip.as_deref(),
            user_agent: event.origin.user_agent.as_deref(),
            request_id: event.origin.request_id.as_deref(),
            subject_kind: &event.subject.kind,
            subject_id: DbId(event.subject.id),
            audience: event.audience.to_string(),
            show_id: event.show.map(|id| DbId(id.uuid())),
            imported: event.origin.import.map(ImportMark::number),
            owner_id: event.owner.map(|id| DbId(id.uuid())),
        }
    }
}

/// An event of the log.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    seq: i64,
    id: DbId,
    name: String,
    data: String,
    created_at: DbInstant,
    actor_id: Option<DbId>,
    actor_name: String,
    actor_email: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    subject_kind: String,
    subject_id: DbId,
    audience: String,
    show_id: Option<DbId>,
    imported: Option<i64>,
    owner_id: Option<DbId>,
}

impl EventRow {
    /// `event` at the place `seq`.
    pub(crate) fn numbered(seq: i64, event: &DomainEvent) -> Self {
        let event = event.clone();
        Self {
            seq,
            id: DbId(event.id.uuid()),
            name: event.kind.as_str().to_owned(),
            data: event.data,
            created_at: DbInstant(event.timestamp),
            actor_id: event.actor.id.map(|id| DbId(id.uuid())),
            actor_name: event.actor.name,
            actor_email: event.actor.email,
            ip: event.origin.ip,
            user_agent: event.origin.user_agent,
            request_id: event.origin.request_id,
            subject_kind: event.subject.kind,
            subject_id: DbId(event.subject.id),
            audience: event.audience.to_string(),
            show_id: event.show.map(|id| DbId(id.uuid())),
            imported: event.origin.import.map(ImportMark::number),
            owner_id: event.owner.map(|id| DbId(id.uuid())),
        }
    }
}

impl TryFrom<EventRow> for LoggedEvent {
    type Error = Failure;

    fn try_from(row: EventRow) -> Result<Self, Failure> {
        let at = Place { table: "events", row: row.id.0 };
        Ok(Self {
            seq: at.seq(row.seq)?,
            id: EventId::new(row.id.0),
            name: row.name,
            data: row.data,
            timestamp: row.created_at.0,
            actor: ActorStamp {
                id: row.actor_id.map(|id| UserId::new(id.0)),
                name: row.actor_name,
                email: row.actor_email,
            },
            origin: Origin {
                ip: row.ip,
                user_agent: row.user_agent,
                request_id: row.request_id,
                import: row.imported.map(ImportMark::from_number),
            },
            subject: Subject { kind: row.subject_kind, id: row.subject_id.0 },
            show: row.show_id.map(|id| ShowId::new(id.0)),
            owner: row.owner_id.map(|id| UserId::new(id.0)),
            audience: Audience::parse(&row.audience),
        })
    }
}
