//! Jobs: whether any is worth a look, finding those to hand out, and writing what became of them.

use diesel::dsl::exists;
use diesel::prelude::*;
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Job, JobType, Whose};
use showrunner_domain::{Change, Timestamp, Version};

use super::Conn;
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::{AttemptRow, JobRow, JobUpdate};
use crate::schema::job_attempts;
use crate::schema::jobs::dsl;
use crate::types::{DbId, DbInstant, Instant};

/// Marks jobs whose time has come.
const READY: &str = "update jobs set ready = true where id in
  (select id from jobs where not ready and due_at <= $1 order by due_at limit 1000)";

/// Whether it may be worth while to ask for jobs of these types: a look costs less than the writer's time.
pub(super) fn is_any_due(conn: &mut Conn, types: &[JobType], whose: Whose, now: Timestamp) -> Result<bool, Failure> {
    let due = dsl::jobs.filter(diesel::dsl::not(dsl::ready)).filter(dsl::due_at.le(DbInstant(now)));
    if diesel::select(exists(due)).get_result(conn)? {
        return Ok(true);
    }
    for job_type in types {
        let ready = match whose {
            Whose::Anybodys => {
                let ready = dsl::jobs.filter(dsl::ready).filter(dsl::job_type.eq(job_type.as_str()));
                diesel::select(exists(ready)).get_result(conn)?
            }
            Whose::AnybodysBut(user) => !ready_of_others(conn, job_type, user, 1)?.is_empty(),
        };
        if ready {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Jobs that are due at `now`, which is answered too: of each type the most urgent, and then the longest due. They are nobody
/// else's until this transaction ends.
pub(super) fn lock_ready_jobs(
    conn: &mut Conn,
    types: &[JobType],
    whose: Whose,
    limit: i64,
    now: Timestamp,
) -> Result<(Timestamp, Vec<JobRow>), Failure> {
    conn.execute_cached(diesel::sql_query(READY).bind::<Instant, _>(DbInstant(now)))?;
    let mut rows = Vec::new();
    for job_type in types {
        rows.extend(match whose {
            Whose::Anybodys => {
                let ready = dsl::jobs.filter(dsl::ready).filter(dsl::job_type.eq(job_type.as_str()));
                let urgent = ready.order((dsl::priority.desc(), dsl::due_at, dsl::id)).limit(limit);
                urgent.select(JobRow::as_select()).load(conn)?
            }
            Whose::AnybodysBut(user) => ready_of_others(conn, job_type, user, limit)?,
        });
    }
    Ok((now, rows))
}

/// Ready jobs of this type: the most urgent of the users next to this one in the index, and of the system.
fn ready_of_others(
    conn: &mut Conn,
    job_type: &JobType,
    user: Option<UserId>,
    limit: i64,
) -> Result<Vec<JobRow>, Failure> {
    let mut rows = Vec::new();
    let ready = || dsl::jobs.filter(dsl::ready).filter(dsl::job_type.eq(job_type.as_str())).limit(limit);
    let order = (dsl::created_by, dsl::priority.desc(), dsl::due_at, dsl::id);
    if let Some(user) = user.map(|user| DbId(user.uuid())) {
        let (after, before) = (dsl::created_by.gt(user), dsl::created_by.lt(user));
        rows.extend(ready().filter(after).order(order).select(JobRow::as_select()).load(conn)?);
        rows.extend(ready().filter(before).order(order).select(JobRow::as_select()).load(conn)?);
        let systems = ready().filter(dsl::created_by.is_null());
        rows.extend(systems.order(order).select(JobRow::as_select()).load(conn)?);
    } else {
        let users = ready().filter(dsl::created_by.is_not_null());
        rows.extend(users.order(order).select(JobRow::as_select()).load(conn)?);
    }
    Ok(rows)
}

/// Writes new jobs.
pub(super) fn insert_jobs(conn: &mut Conn, rows: &[JobRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(dsl::jobs).values(row).execute(conn)?;
    }
    Ok(())
}

/// Writes attempts that have ended.
pub(super) fn insert_attempts(conn: &mut Conn, rows: &[AttemptRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(job_attempts::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Writes the new state of jobs and answers how many were in the version that was expected.
pub(super) fn update_jobs(conn: &mut Conn, changes: &[&Change<Job>]) -> Result<usize, Failure> {
    changes.iter().try_fold(0, |written, change| {
        let seen = dsl::jobs.filter(dsl::id.eq(DbId(change.state().id.uuid())));
        let seen = seen.filter(dsl::version.nullable().eq(change.expected().map(Version::get)));
        Ok(written + conn.execute_cached(diesel::update(seen).set(JobUpdate::from(change.state())))?)
    })
}
