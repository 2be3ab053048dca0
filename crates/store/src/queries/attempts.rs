//! Counting attempts to prove who one is.

use diesel::prelude::*;
use showrunner_domain::Timestamp;
use showrunner_domain::identity::{Attempt, AttemptHistory, Failures};

use super::Conn;
use crate::failure::Failure;
use crate::schema::sign_in_attempts::dsl;
use crate::types::DbInstant;

/// The source under which all strangers are counted together.
const STRANGERS: &str = "*";

/// Failures, when the last one was, and when somebody has succeeded last.
type Counted = (i32, DbInstant, Option<DbInstant>);

/// What went before an attempt.
pub(super) fn history(conn: &mut Conn, attempt: &Attempt, now: Timestamp) -> Result<AttemptHistory, Failure> {
    let mut counted = |source: &str| -> Result<Option<Counted>, Failure> {
        let row = dsl::sign_in_attempts.filter(dsl::email.eq(attempt.email.as_str())).filter(dsl::source.eq(source));
        Ok(row.select((dsl::failures, dsl::failed_at, dsl::succeeded_at)).first(conn).optional()?)
    };
    let none = (0, DbInstant(now), None);
    let own = counted(&attempt.source.to_string())?.unwrap_or(none);
    let strangers = counted(STRANGERS)?.unwrap_or(none);
    let failures = |(count, last_at, _): Counted| Failures { count, last_at: last_at.0 };
    let succeeded_at = own.2.map(|at| at.0);
    Ok(AttemptHistory { own: failures(own), succeeded_at, strangers: failures(strangers) })
}

/// Counts an attempt as failed, unless it has to wait until the time that is answered.
pub(super) fn begin(conn: &mut Conn, attempt: &Attempt, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let (email, source) = (attempt.email.as_str(), attempt.source.to_string());
    lock(conn, email, &source, now)?;
    lock(conn, email, STRANGERS, now)?;
    let history = history(conn, attempt, now)?;
    if let Some(until) = history.delay(&attempt.source, now) {
        return Ok(Some(until));
    }
    count(conn, email, &source, history.own, now)?;
    if history.counts_for_strangers(&attempt.source, now) {
        count(conn, email, STRANGERS, history.strangers, now)?;
    }
    Ok(None)
}

/// Writes a row without a change, so that on Postgres others who want it wait for this transaction.
fn lock(conn: &mut Conn, email: &str, source: &str, now: Timestamp) -> Result<(), Failure> {
    let row = (dsl::email.eq(email), dsl::source.eq(source), dsl::failures.eq(0), dsl::failed_at.eq(DbInstant(now)));
    diesel::insert_into(dsl::sign_in_attempts)
        .values(row)
        .on_conflict((dsl::email, dsl::source))
        .do_update()
        .set(dsl::failures.eq(dsl::failures))
        .execute(conn)?;
    Ok(())
}

fn count(conn: &mut Conn, email: &str, source: &str, before: Failures, now: Timestamp) -> Result<(), Failure> {
    let failures = before.at(now).count.saturating_add(1);
    let row = dsl::sign_in_attempts.filter(dsl::email.eq(email)).filter(dsl::source.eq(source));
    diesel::update(row).set((dsl::failures.eq(failures), dsl::failed_at.eq(DbInstant(now)))).execute(conn)?;
    Ok(())
}

/// Forgets the failures of a source from which somebody has succeeded, and that it is strange. What the attempt itself
/// has added to the strangers' is taken back.
pub(super) fn settle(conn: &mut Conn, attempt: &Attempt, now: Timestamp) -> Result<(), Failure> {
    // In the order of `begin`: two who lock in opposite orders end in a deadlock.
    lock(conn, attempt.email.as_str(), &attempt.source.to_string(), now)?;
    lock(conn, attempt.email.as_str(), STRANGERS, now)?;
    if history(conn, attempt, now)?.counted_for_strangers(&attempt.source, now) {
        let strangers = dsl::sign_in_attempts
            .filter(dsl::email.eq(attempt.email.as_str()))
            .filter(dsl::source.eq(STRANGERS))
            .filter(dsl::failures.gt(0));
        diesel::update(strangers).set(dsl::failures.eq(dsl::failures - 1)).execute(conn)?;
    }
    let (email, source) = (dsl::email.eq(attempt.email.as_str()), dsl::source.eq(attempt.source.to_string()));
    let succeeded = || dsl::succeeded_at.eq(DbInstant(now));
    diesel::insert_into(dsl::sign_in_attempts)
        .values((email, source, dsl::failures.eq(0), dsl::failed_at.eq(DbInstant(now)), succeeded()))
        .on_conflict((dsl::email, dsl::source))
        .do_update()
        .set((dsl::failures.eq(0), succeeded()))
        .execute(conn)?;
    Ok(())
}

/// Forgets all failures with an address. Sources from which somebody has succeeded stay known.
pub(super) fn forget(conn: &mut Conn, email: &str) -> Result<(), Failure> {
    let of_address = || dsl::sign_in_attempts.filter(dsl::email.eq(email));
    // In the order of `begin`: the strangers' row last.
    diesel::update(of_address().filter(dsl::source.ne(STRANGERS))).set(dsl::failures.eq(0)).execute(conn)?;
    diesel::delete(of_address().filter(dsl::source.eq(STRANGERS))).execute(conn)?;
    Ok(())
}

/// Removes what does not count any more at `now`.
pub(super) fn sweep(conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
    let before =
        |age: std::time::Duration| DbInstant(now.plus_seconds(-i64::try_from(age.as_secs()).unwrap_or(i64::MAX)));
    let known = before(AttemptHistory::KNOWN_FOR);
    let old = dsl::sign_in_attempts
        .filter(dsl::failed_at.le(before(AttemptHistory::MEMORY)))
        .filter(dsl::succeeded_at.is_null().nullable().or(dsl::succeeded_at.le(known)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
