//! Presence as rows. A row that this release does not understand is somebody else's, and passed over.

use std::time::Duration;

use diesel::prelude::*;
use showrunner_domain::Timestamp;
use showrunner_domain::identity::UserId;
use showrunner_domain::presence::{Choice, Entry, Lease, NodeId, Place, PresenceState, Revision, Spot, StatusMessage};
use uuid::Uuid;

use crate::schema::{presence_choices, presence_ended, presence_leases, user_presence};
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_presence, treat_none_as_default_value = false)]
pub(crate) struct PresenceRow {
    subject_kind: String,
    subject_id: DbId,
    user_id: DbId,
    node_id: DbId,
    user_name: String,
    since: DbInstant,
    idle: bool,
    expires_at: Option<DbInstant>,
    revision: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = presence_ended, treat_none_as_default_value = false)]
pub(crate) struct EndedRow {
    subject_kind: String,
    subject_id: DbId,
    user_id: DbId,
    node_id: DbId,
    ended_at: DbInstant,
    revision: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = presence_choices, treat_none_as_default_value = false)]
pub(crate) struct ChoiceRow {
    user_id: DbId,
    state: String,
    status_message: Option<String>,
    revision: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = presence_leases, treat_none_as_default_value = false)]
pub(crate) struct LeaseRow {
    pub(crate) node_id: DbId,
    pub(crate) expires_at: DbInstant,
}

/// What stands in the column `node_id`: a node, or nil for none.
pub(crate) fn node_id(node: Option<NodeId>) -> DbId {
    DbId(node.map_or(Uuid::nil(), NodeId::uuid))
}

fn spot(kind: &str, id: DbId, user: DbId, node: DbId) -> Option<Spot> {
    Some(Spot {
        place: Place::kept(kind, id.0)?,
        user_id: UserId::new(user.0),
        node: (!node.0.is_nil()).then(|| NodeId::new(node.0)),
    })
}

fn later(now: Timestamp, left: Duration) -> DbInstant {
    let micros = i64::try_from(left.as_micros()).unwrap_or(i64::MAX);
    DbInstant(Timestamp::from_micros(now.micros().saturating_add(micros)).unwrap_or(now))
}

fn left(until: DbInstant, now: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(until.0.micros().saturating_sub(now.micros())).unwrap_or(0))
}

impl PresenceRow {
    /// `entry`, written at the time `now`.
    pub(crate) fn written(entry: Entry, now: Timestamp, revision: Revision) -> Self {
        Self {
            subject_kind: entry.spot.place.kind().to_owned(),
            subject_id: DbId(entry.spot.place.id()),
            user_id: DbId(entry.spot.user_id.uuid()),
            node_id: node_id(entry.spot.node),
            user_name: entry.user_name,
            since: DbInstant(entry.since),
            idle: entry.idle,
            expires_at: entry.left.map(|left| later(now, left)),
            revision: revision.get(),
        }
    }

    /// The entry, read at the time `now`.
    pub(crate) fn read(self, now: Timestamp) -> Option<Entry> {
        Some(Entry {
            spot: spot(&self.subject_kind, self.subject_id, self.user_id, self.node_id)?,
            user_name: self.user_name,
            since: self.since.0,
            idle: self.idle,
            left: self.expires_at.map(|until| left(until, now)),
        })
    }
}

impl EndedRow {
    /// That `spot` was left at the time `now`.
    pub(crate) fn written(spot: Spot, now: Timestamp, revision: Revision) -> Self {
        Self {
            subject_kind: spot.place.kind().to_owned(),
            subject_id: DbId(spot.place.id()),
            user_id: DbId(spot.user_id.uuid()),
            node_id: node_id(spot.node),
            ended_at: DbInstant(now),
            revision: revision.get(),
        }
    }

    /// What was left.
    pub(crate) fn spot(&self) -> Option<Spot> {
        spot(&self.subject_kind, self.subject_id, self.user_id, self.node_id)
    }
}

impl ChoiceRow {
    /// What `user` has chosen.
    pub(crate) fn written(user: UserId, choice: Choice, revision: Revision) -> Self {
        Self {
            user_id: DbId(user.uuid()),
            state: choice.state.as_str().to_owned(),
            status_message: choice.status_message.map(|message| message.to_string()),
            revision: revision.get(),
        }
    }

    /// The user and the choice.
    pub(crate) fn choice(self) -> Option<(UserId, Choice)> {
        let state = PresenceState::parse(&self.state)?;
        let status_message = self.status_message.and_then(|text| StatusMessage::parse(text).ok());
        Some((UserId::new(self.user_id.0), Choice { state, status_message }))
    }
}

impl LeaseRow {
    /// A lease that `node` takes for this long.
    pub(crate) fn written(node: NodeId, lasts: Duration, now: Timestamp) -> Self {
        Self { node_id: DbId(node.uuid()), expires_at: later(now, lasts) }
    }

    /// What is left of it at the time `now`.
    pub(crate) fn read(&self, now: Timestamp) -> Lease {
        Lease { node: NodeId::new(self.node_id.0), left: left(self.expires_at, now) }
    }
}
