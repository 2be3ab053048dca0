//! Presence as rows.

use diesel::prelude::*;
use showrunner_domain::Subject;
use showrunner_domain::identity::UserId;
use showrunner_domain::presence::Viewing;

use crate::schema::user_presence;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = user_presence, treat_none_as_default_value = false)]
pub(crate) struct PresenceRow {
    subject_kind: String,
    subject_id: DbId,
    user_id: DbId,
    user_name: String,
    since: DbInstant,
    expires_at: DbInstant,
}

impl From<Viewing> for PresenceRow {
    fn from(viewing: Viewing) -> Self {
        Self {
            subject_kind: viewing.subject.kind,
            subject_id: DbId(viewing.subject.id),
            user_id: DbId(viewing.user_id.uuid()),
            user_name: viewing.user_name,
            since: DbInstant(viewing.since),
            expires_at: DbInstant(viewing.expires_at),
        }
    }
}

impl From<PresenceRow> for Viewing {
    fn from(row: PresenceRow) -> Self {
        Self {
            subject: Subject { kind: row.subject_kind, id: row.subject_id.0 },
            user_id: UserId::new(row.user_id.0),
            user_name: row.user_name,
            since: row.since.0,
            expires_at: row.expires_at.0,
        }
    }
}
