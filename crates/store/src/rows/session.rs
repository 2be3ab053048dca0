//! Sessions as rows.

use diesel::prelude::*;
use showrunner_domain::identity::{SecretDigest, Session, SessionId, UserId};

use crate::schema::sessions;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct SessionRow {
    id: DbId,
    user_id: DbId,
    refresh_digest: String,
    created_at: DbInstant,
    expires_at: DbInstant,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: DbId(session.id.uuid()),
            user_id: DbId(session.user_id.uuid()),
            refresh_digest: session.refresh.0.clone(),
            created_at: DbInstant(session.created_at),
            expires_at: DbInstant(session.expires_at),
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: SessionId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            refresh: SecretDigest(row.refresh_digest),
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
        }
    }
}
