//! The public halves of signing keys, and what is revoked.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use showrunner_domain::identity::{Revoked, SigningKey, SigningKeyId, SigningKeyStore, TokenId};
use showrunner_domain::{StoreError, Timestamp};

use super::{Lane, Store};
use crate::schema::{revoked_tokens, signing_keys::dsl};
use crate::types::{DbId, DbInstant};

/// A key's name, and the times of its life.
type KeyRow = (String, DbInstant, Option<DbInstant>, Option<DbInstant>);

#[async_trait]
impl SigningKeyStore for Store {
    async fn publish_key(&self, kid: &SigningKeyId, public_key: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (kid, public_key) = (kid.0.clone(), public_key.to_owned());
        let written = self.engine.write(Lane::System, move |conn| {
            let row = (dsl::kid.eq(&kid), dsl::public_key.eq(&public_key), dsl::created_at.eq(DbInstant(now)));
            diesel::insert_into(dsl::signing_keys).values(row).on_conflict_do_nothing().execute(conn)?;
            let good = dsl::signing_keys
                .filter(dsl::kid.eq(&kid))
                .filter(dsl::verifies_until.is_null())
                .filter(dsl::revoked_at.is_null());
            Ok(diesel::select(exists(good)).get_result(conn)?)
        });
        Ok(written.await?)
    }

    async fn find_key(&self, kid: &SigningKeyId) -> Result<Option<String>, StoreError> {
        let kid = kid.0.clone();
        let found = self.engine.read_briefly(Lane::System, move |conn| {
            Ok(dsl::signing_keys.filter(dsl::kid.eq(&kid)).select(dsl::public_key).first(conn).optional()?)
        });
        Ok(found.await?)
    }

    async fn list_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        let found = self.engine.attend(|conn| {
            let columns = (dsl::kid, dsl::created_at, dsl::verifies_until, dsl::revoked_at);
            let rows: Vec<KeyRow> = dsl::signing_keys.order((dsl::created_at, dsl::kid)).select(columns).load(conn)?;
            Ok(rows.into_iter().map(signing_key).collect())
        });
        Ok(found.await?)
    }

    async fn retire_key(&self, kid: &SigningKeyId, verifies_until: Timestamp) -> Result<(), StoreError> {
        let kid = kid.0.clone();
        let written = self.engine.write(Lane::System, move |conn| {
            let key = dsl::signing_keys.filter(dsl::kid.eq(&kid)).filter(dsl::verifies_until.is_null());
            diesel::update(key).set(dsl::verifies_until.eq(DbInstant(verifies_until))).execute(conn)?;
            Ok(())
        });
        Ok(written.await?)
    }

    async fn revoke_key(&self, kid: &SigningKeyId, now: Timestamp) -> Result<bool, StoreError> {
        let kid = kid.0.clone();
        let written = self.engine.write(Lane::System, move |conn| {
            let key = || dsl::signing_keys.filter(dsl::kid.eq(&kid));
            let revoked = dsl::revoked_at.eq(DbInstant(now));
            diesel::update(key().filter(dsl::revoked_at.is_null())).set(revoked).execute(conn)?;
            Ok(diesel::select(exists(key())).get_result(conn)?)
        });
        Ok(written.await?)
    }

    async fn revoke_token(&self, id: TokenId, expires_at: Timestamp) -> Result<(), StoreError> {
        let written = self.engine.write(Lane::System, move |conn| {
            let row = (revoked_tokens::id.eq(DbId(id.uuid())), revoked_tokens::expires_at.eq(DbInstant(expires_at)));
            diesel::insert_into(revoked_tokens::table).values(row).on_conflict_do_nothing().execute(conn)?;
            Ok(())
        });
        Ok(written.await?)
    }

    async fn revoked(&self, now: Timestamp) -> Result<Revoked, StoreError> {
        let found = self.engine.read_briefly(Lane::System, move |conn| {
            let now = DbInstant(now);
            let keys: Vec<String> = dsl::signing_keys
                .filter(dsl::revoked_at.is_not_null().nullable().or(dsl::verifies_until.le(now)))
                .select(dsl::kid)
                .load(conn)?;
            let tokens: Vec<DbId> = revoked_tokens::table
                .filter(revoked_tokens::expires_at.gt(now))
                .select(revoked_tokens::id)
                .load(conn)?;
            Ok(Revoked {
                keys: keys.into_iter().map(SigningKeyId).collect(),
                tokens: tokens.into_iter().map(|id| TokenId::new(id.0)).collect(),
            })
        });
        Ok(found.await?)
    }
}

fn signing_key((kid, created_at, verifies_until, revoked_at): KeyRow) -> SigningKey {
    SigningKey {
        kid: SigningKeyId(kid),
        created_at: created_at.0,
        verifies_until: verifies_until.map(|until| until.0),
        revoked_at: revoked_at.map(|at| at.0),
    }
}
