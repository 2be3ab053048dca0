//! Sessions as rows.

use diesel::prelude::*;
use showrunner_domain::identity::{Rotation, Salt, SecretDigest, Session, SessionId, UserId};

use crate::schema::sessions;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(crate) struct SessionRow {
    id: DbId,
    user_id: DbId,
    refresh_digest: String,
    created_at: DbInstant,
    expires_at: DbInstant,
    predecessor_digest: Option<String>,
    successor_salt: Option<String>,
    rotated_at: Option<DbInstant>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let rotation = session.rotation.as_ref();
        Self {
            id: DbId(session.id.uuid()),
            user_id: DbId(session.user_id.uuid()),
            refresh_digest: session.refresh.0.clone(),
            created_at: DbInstant(session.created_at),
            expires_at: DbInstant(session.expires_at),
            predecessor_digest: rotation.map(|rotation| rotation.predecessor.0.clone()),
            successor_salt: rotation.map(|rotation| rotation.salt.0.clone()),
            rotated_at: rotation.map(|rotation| DbInstant(rotation.rotated_at)),
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let kept = row.predecessor_digest.zip(row.successor_salt).zip(row.rotated_at);
        let rotation = kept.map(|((predecessor, salt), rotated_at)| Rotation {
            predecessor: SecretDigest(predecessor),
            salt: Salt(salt),
            rotated_at: rotated_at.0,
        });
        Self {
            id: SessionId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            refresh: SecretDigest(row.refresh_digest),
            rotation,
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
        }
    }
}
