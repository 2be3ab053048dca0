//! Keeping presence.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use showrunner_domain::presence::{PresenceStore, Viewing};
use showrunner_domain::{StoreError, Subject, Timestamp};

use super::Store;
use crate::rows::PresenceRow;
use crate::schema::user_presence::dsl;
use crate::types::{DbId, DbInstant};

/// How many viewers of one record are listed at most.
const MOST_VIEWERS: i64 = 1_000;

#[async_trait]
impl PresenceStore for Store {
    async fn viewings(&self, subject: Subject, now: Timestamp) -> Result<Vec<Viewing>, StoreError> {
        let found = self.engine.readers().run(move |conn| {
            let rows = dsl::user_presence
                .filter(dsl::subject_kind.eq(subject.kind))
                .filter(dsl::subject_id.eq(DbId(subject.id)))
                .filter(dsl::expires_at.gt(DbInstant(now)))
                .order((dsl::since, dsl::user_id))
                .limit(MOST_VIEWERS)
                .select(PresenceRow::as_select())
                .load(conn)?;
            Ok(rows.into_iter().map(Viewing::from).collect())
        });
        Ok(found.await?)
    }

    async fn keep_viewing(&self, viewing: Viewing, now: Timestamp) -> Result<(), StoreError> {
        let kept = self.engine.write(move |conn| {
            diesel::delete(dsl::user_presence.filter(dsl::expires_at.le(DbInstant(now)))).execute(conn)?;
            diesel::insert_into(dsl::user_presence)
                .values(PresenceRow::from(viewing.clone()))
                .on_conflict((dsl::subject_kind, dsl::subject_id, dsl::user_id))
                .do_update()
                .set((
                    dsl::user_name.eq(excluded(dsl::user_name)),
                    dsl::since.eq(excluded(dsl::since)),
                    dsl::expires_at.eq(excluded(dsl::expires_at)),
                ))
                .execute(conn)?;
            Ok(())
        });
        Ok(kept.await?)
    }
}
