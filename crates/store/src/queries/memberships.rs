//! Memberships.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use showrunner_domain::identity::UserId;
use showrunner_domain::membership::{Membership, MembershipAfter, MembershipQuery, MembershipStore};
use showrunner_domain::show::ShowId;
use showrunner_domain::{Change, CommitError, Page, StoreError};

use super::commit::won;
use super::{Conn, Lane, Store};
use crate::failure::Failure;
use crate::rows::MembershipRow;
use crate::schema::show_members::{self, dsl};
use crate::schema::users;
use crate::types::DbId;

#[async_trait]
impl MembershipStore for Store {
    async fn find_membership(&self, show: ShowId, user: UserId) -> Result<Option<Membership>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let row: Option<(MembershipRow, String)> = dsl::show_members
                .inner_join(users::table)
                .filter(dsl::show_id.eq(DbId(show.uuid())).and(dsl::user_id.eq(DbId(user.uuid()))))
                .select((MembershipRow::as_select(), users::name))
                .first(conn)
                .optional()?;
            row.map(|(row, name)| row.named(name)).transpose()
        });
        Ok(found.await?)
    }

    async fn list_memberships(&self, query: MembershipQuery) -> Result<Page<Membership, MembershipAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, query)).await?)
    }
}

fn list(conn: &mut Conn, query: MembershipQuery) -> Result<Page<Membership, MembershipAfter>, Failure> {
    let members = || dsl::show_members.filter(dsl::show_id.eq(DbId(query.show_id.uuid())));
    let total = if query.total {
        let count: i64 = members().count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = members().inner_join(users::table).into_boxed();
    if let Some(after) = query.after {
        rows = rows.filter(dsl::user_id.gt(DbId(after.user_id.uuid())));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows: Vec<(MembershipRow, String)> =
        rows.order(dsl::user_id).limit(wanted).select((MembershipRow::as_select(), users::name)).load(conn)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(|(row, name)| row.named(name)).collect();
    Ok(Page::cut(items?, query.limit, total, |last: &Membership| MembershipAfter { user_id: last.user_id }))
}

pub(super) fn write_membership(conn: &mut Conn, change: &Change<Membership>) -> Result<(), Failure> {
    let membership = change.state();
    let Some(expected) = change.expected() else {
        let inserted = diesel::insert_into(dsl::show_members).values(MembershipRow::from(membership)).execute(conn);
        inserted.map_err(|error| match error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                CommitError::AlreadyExists { what: "a role of this user in this show" }.into()
            }
            other => Failure::from(other),
        })?;
        return Ok(());
    };
    let seen = show_members::table
        .filter(dsl::show_id.eq(DbId(membership.show_id.uuid())))
        .filter(dsl::user_id.eq(DbId(membership.user_id.uuid())))
        .filter(dsl::version.eq(expected.get()));
    won(if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        diesel::update(seen).set(MembershipRow::from(membership)).execute(conn)?
    })
}
