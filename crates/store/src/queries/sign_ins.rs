//! What users sign in with: passwords, sessions, set-up links, and the count of attempts.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use showrunner_domain::identity::{
    Administration, Attempt, Credentials, Email, PasswordHash, Role, Rotation, SecretDigest, Session, SessionId,
    SetUpLink, SignInStore, User, UserId,
};
use showrunner_domain::{StoreError, Timestamp};

use super::{Lane, Store, attempts, shared_time};
use crate::rows::{SessionRow, UserRow};
use crate::schema::{passwords, revoked_tokens, sessions, set_up_links, users};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl SignInStore for Store {
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let email = email.to_string();
        let found = self.engine.attend(move |conn| {
            let found: Option<(UserRow, Option<String>)> = users::table
                .left_join(passwords::table.on(passwords::user_id.eq(users::id)))
                .filter(users::email.eq(email))
                .select((UserRow::as_select(), passwords::hash.nullable()))
                .first(conn)
                .optional()?;
            let Some((user, hash)) = found else { return Ok(None) };
            Ok(Some(Credentials { user: User::try_from(user)?, password: hash.map(PasswordHash) }))
        });
        Ok(found.await?)
    }

    async fn attempt_delay(&self, attempt: &Attempt, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let attempt = attempt.clone();
        Ok(self
            .engine
            .attend(move |conn| Ok(attempts::history(conn, &attempt, now)?.delay(&attempt.source, now)))
            .await?)
    }

    async fn begin_attempt(&self, attempt: &Attempt, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let attempt = attempt.clone();
        Ok(self.engine.write(Lane::System, move |conn| attempts::begin(conn, &attempt, now)).await?)
    }

    async fn settle_attempt(&self, attempt: &Attempt, now: Timestamp) -> Result<(), StoreError> {
        let attempt = attempt.clone();
        Ok(self.engine.write(Lane::System, move |conn| attempts::settle(conn, &attempt, now)).await?)
    }

    async fn find_session(&self, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let found = self.engine.attend(move |conn| {
            let session = sessions::table
                .filter(sessions::id.eq(DbId(id.uuid())))
                .filter(sessions::expires_at.gt(DbInstant(now)))
                .select(SessionRow::as_select());
            Ok(session.first(conn).optional()?.map(Session::from))
        });
        Ok(found.await?)
    }

    async fn rotate_session(
        &self,
        id: SessionId,
        rotation: Rotation,
        to: SecretDigest,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let rotated = self.engine.write(Lane::System, move |conn| {
            let session = sessions::table
                .filter(sessions::id.eq(DbId(id.uuid())))
                .filter(sessions::refresh_digest.eq(&rotation.predecessor.0));
            let next = (
                sessions::refresh_digest.eq(&to.0),
                sessions::expires_at.eq(DbInstant(expires_at)),
                sessions::predecessor_digest.eq(&rotation.predecessor.0),
                sessions::successor_salt.eq(&rotation.salt.0),
                sessions::rotated_at.eq(DbInstant(rotation.rotated_at)),
            );
            Ok(diesel::update(session).set(next).execute(conn)? == 1)
        });
        Ok(rotated.await?)
    }

    async fn keep_link(&self, link: SetUpLink) -> Result<(), StoreError> {
        let kept = self.engine.write(Lane::System, move |conn| {
            let row = (
                set_up_links::user_id.eq(DbId(link.user_id.uuid())),
                set_up_links::digest.eq(&link.digest.0),
                set_up_links::expires_at.eq(DbInstant(link.expires_at)),
            );
            diesel::insert_into(set_up_links::table)
                .values(row)
                .on_conflict(set_up_links::user_id)
                .do_update()
                .set((
                    set_up_links::digest.eq(excluded(set_up_links::digest)),
                    set_up_links::expires_at.eq(excluded(set_up_links::expires_at)),
                ))
                .execute(conn)?;
            Ok(())
        });
        Ok(kept.await?)
    }

    async fn find_link(&self, digest: SecretDigest, now: Timestamp) -> Result<Option<UserId>, StoreError> {
        let found = self.engine.attend(move |conn| {
            let user: Option<DbId> = set_up_links::table
                .filter(set_up_links::digest.eq(digest.0))
                .filter(set_up_links::expires_at.gt(DbInstant(now)))
                .select(set_up_links::user_id)
                .first(conn)
                .optional()?;
            Ok(user.map(|id| UserId::new(id.0)))
        });
        Ok(found.await?)
    }

    async fn administration(&self) -> Result<Administration, StoreError> {
        let asked = self.engine.attend(|conn| {
            let admins = users::table.filter(users::role.eq(Role::Admin.as_str())).select(users::id);
            let any: Option<DbId> = admins.first(conn).optional()?;
            let with_password: Option<DbId> =
                admins.inner_join(passwords::table.on(passwords::user_id.eq(users::id))).first(conn).optional()?;
            Ok(Administration { exists: any.is_some(), has_password: with_password.is_some() })
        });
        Ok(asked.await?)
    }

    async fn sweep_sign_ins(&self, now: Timestamp) -> Result<(), StoreError> {
        let swept = self.engine.write(Lane::System, move |conn| {
            // Of the two clocks the earlier one, so that neither ends anything before its time.
            let now = now.min(shared_time(conn, now)?);
            attempts::sweep(conn, now)?;
            let now = DbInstant(now);
            diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)?;
            diesel::delete(set_up_links::table.filter(set_up_links::expires_at.le(now))).execute(conn)?;
            diesel::delete(revoked_tokens::table.filter(revoked_tokens::expires_at.le(now))).execute(conn)?;
            Ok(())
        });
        Ok(swept.await?)
    }
}
