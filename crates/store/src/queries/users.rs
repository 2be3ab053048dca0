//! Reading users.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::StoreError;
use showrunner_domain::identity::{Email, User, UserId, UserStore};

use super::Store;
use crate::rows::UserRow;
use crate::schema::users::dsl;
use crate::types::DbId;

#[async_trait]
impl UserStore for Store {
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = self.engine.read_briefly(move |conn| {
            let query = dsl::users.filter(dsl::id.eq(DbId(id.uuid()))).select(UserRow::as_select());
            query.first(conn).optional()?.map(User::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        let email = email.to_string();
        let found = self.engine.read_briefly(move |conn| {
            let query = dsl::users.filter(dsl::email.eq(&email)).select(UserRow::as_select());
            query.first(conn).optional()?.map(User::try_from).transpose()
        });
        Ok(found.await?)
    }
}
