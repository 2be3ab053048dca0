//! The public halves of signing keys.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::identity::{SigningKeyId, SigningKeyStore};
use showrunner_domain::{StoreError, Timestamp};

use super::Store;
use crate::schema::signing_keys::dsl;
use crate::types::DbInstant;

#[async_trait]
impl SigningKeyStore for Store {
    async fn publish_key(&self, kid: &SigningKeyId, public_key: &str, now: Timestamp) -> Result<(), StoreError> {
        let (kid, public_key) = (kid.0.clone(), public_key.to_owned());
        let written = self.engine.write(move |conn| {
            let row = (dsl::kid.eq(&kid), dsl::public_key.eq(&public_key), dsl::created_at.eq(DbInstant(now)));
            diesel::insert_into(dsl::signing_keys).values(row).on_conflict_do_nothing().execute(conn)?;
            Ok(())
        });
        Ok(written.await?)
    }

    async fn find_key(&self, kid: &SigningKeyId) -> Result<Option<String>, StoreError> {
        let kid = kid.0.clone();
        let found = self.engine.read_briefly(move |conn| {
            Ok(dsl::signing_keys.filter(dsl::kid.eq(&kid)).select(dsl::public_key).first(conn).optional()?)
        });
        Ok(found.await?)
    }
}
