//! Reading users.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use showrunner_domain::identity::{Bearer, Email, SessionId, User, UserAfter, UserId, UserQuery, UserStore};
use showrunner_domain::show::ShowId;
use showrunner_domain::{Page, StoreError, Timestamp};

use super::{Conn, Db, Lane, Store};
use crate::failure::Failure;
use crate::rows::{UserRow, role};
use crate::schema::users::{self, dsl};
use crate::schema::{sessions, show_members};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl UserStore for Store {
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = self.engine.read_briefly(Lane::System, move |conn| {
            let query = dsl::users.filter(dsl::id.eq(DbId(id.uuid()))).select(UserRow::as_select());
            query.first(conn).optional()?.map(User::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        let email = email.to_string();
        let found = self.engine.read_briefly(Lane::System, move |conn| {
            let query = dsl::users.filter(dsl::email.eq(&email)).select(UserRow::as_select());
            query.first(conn).optional()?.map(User::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn find_bearer(
        &self,
        id: UserId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Option<Bearer>, StoreError> {
        Ok(self.engine.read_briefly(Lane::System, move |conn| find_bearer(conn, id, session, now)).await?)
    }

    async fn list_users(&self, query: UserQuery) -> Result<Page<User, UserAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, query)).await?)
    }
}

fn find_bearer(
    conn: &mut Conn,
    id: UserId,
    session: Option<SessionId>,
    now: Timestamp,
) -> Result<Option<Bearer>, Failure> {
    let roles = (show_members::show_id, show_members::role).nullable();
    let user = dsl::users
        .left_join(show_members::table)
        .filter(dsl::id.eq(DbId(id.uuid())))
        .select((UserRow::as_select(), roles));
    let found: Vec<(UserRow, Option<(DbId, String)>)> = match session {
        None => user.load(conn)?,
        Some(session) => {
            let own = sessions::table
                .filter(sessions::id.eq(DbId(session.uuid())))
                .filter(sessions::user_id.eq(dsl::id))
                .filter(sessions::expires_at.gt(DbInstant(now)));
            user.filter(exists(own)).load(conn)?
        }
    };
    let mut bearer = None;
    for (row, membership) in found {
        let bearer = match &mut bearer {
            Some(bearer) => bearer,
            none => none.insert(Bearer { user: User::try_from(row)?, memberships: Vec::new() }),
        };
        if let Some((show, name)) = membership {
            bearer.memberships.push((ShowId::new(show.0), role(DbId(id.uuid()), &name)?));
        }
    }
    Ok(bearer)
}

fn list(conn: &mut Conn, query: UserQuery) -> Result<Page<User, UserAfter>, Failure> {
    let total = if query.total {
        let count: i64 = matching(query).count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = matching(query);
    if let Some(after) = query.after {
        rows = rows.filter(dsl::id.gt(DbId(after.id.uuid())));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order(dsl::id).limit(wanted).select(UserRow::as_select()).load(conn)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(User::try_from).collect();
    Ok(Page::cut(items?, query.limit, total, |last: &User| UserAfter { id: last.id }))
}

fn matching(wanted: UserQuery) -> users::BoxedQuery<'static, Db> {
    let query = dsl::users.into_boxed();
    match wanted.role {
        Some(role) => query.filter(dsl::role.eq(role.as_str())),
        None => query,
    }
}
