//! Writing accounts, sessions and passwords, inside a change set's transaction.

use diesel::prelude::*;
use diesel::upsert::excluded;
use showrunner_domain::identity::{NewPassword, Role, Session, User};
use showrunner_domain::{Change, CommitError};

use super::commit::won;
use super::{Conn, attempts, one_at_a_time};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::{SessionRow, UserRow};
use crate::schema::{passwords, sessions, set_up_links, users};
use crate::types::DbId;

/// Whoever takes the role from an administrator waits for others who do, so that each sees who is left.
pub(super) fn write_user(conn: &mut Conn, change: &Change<User>) -> Result<(), Failure> {
    use users::dsl;
    let user = change.state();
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::users).values(UserRow::from(user)).execute(conn)?;
        return Ok(());
    };
    let seen = || dsl::users.filter(dsl::id.eq(DbId(user.id.uuid()))).filter(dsl::version.eq(expected.get()));
    let role: Option<String> = seen().select(dsl::role).first(conn).optional()?;
    let stays = !change.is_erased() && user.role == Role::Admin;
    let steps_down = role.is_some_and(|role| role == Role::Admin.as_str()) && !stays;
    if steps_down {
        one_at_a_time(conn)?;
    }
    let written = if change.is_erased() {
        diesel::delete(seen()).execute(conn)?
    } else {
        conn.execute_cached(diesel::update(seen()).set(UserRow::from(user)))?
    };
    won(written)?;
    if steps_down {
        let left: Option<DbId> =
            dsl::users.filter(dsl::role.eq(Role::Admin.as_str())).select(dsl::id).first(conn).optional()?;
        left.ok_or(CommitError::LastAdmin)?;
    }
    Ok(())
}

pub(super) fn write_session(conn: &mut Conn, change: &Change<Session>) -> Result<(), Failure> {
    let session = change.state();
    if change.is_erased() {
        return won(diesel::delete(sessions::table.filter(sessions::id.eq(DbId(session.id.uuid())))).execute(conn)?);
    }
    diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(conn)?;
    Ok(())
}

pub(super) fn write_password(conn: &mut Conn, new: &NewPassword) -> Result<(), Failure> {
    let user = DbId(new.user_id.uuid());
    let links = set_up_links::table.filter(set_up_links::user_id.eq(user));
    match &new.link {
        Some(link) => won(diesel::delete(links.filter(set_up_links::digest.eq(&link.0))).execute(conn)?)?,
        None => drop(diesel::delete(links).execute(conn)?),
    }
    let row = (passwords::user_id.eq(user), passwords::hash.eq(&new.hash.0));
    diesel::insert_into(passwords::table)
        .values(row)
        .on_conflict(passwords::user_id)
        .do_update()
        .set(passwords::hash.eq(excluded(passwords::hash)))
        .execute(conn)?;
    let others = sessions::table.filter(sessions::user_id.eq(user));
    match new.keep {
        Some(keep) => diesel::delete(others.filter(sessions::id.ne(DbId(keep.uuid())))).execute(conn)?,
        None => diesel::delete(others).execute(conn)?,
    };
    let email: String = users::table.filter(users::id.eq(user)).select(users::email).first(conn)?;
    attempts::forget(conn, &email)
}
