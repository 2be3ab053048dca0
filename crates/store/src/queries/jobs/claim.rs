//! Handing jobs out.

use diesel::dsl::exists;
use diesel::prelude::*;
use showrunner_domain::event::DomainEvent;
use showrunner_domain::job::{Claim, Job, JobType};
use showrunner_domain::{Change, Timestamp};

use super::super::{append_events, lock_ready_jobs, shared_time};
use super::{Conn, write_job};
use crate::failure::Failure;
use crate::schema::jobs::dsl;
use crate::types::DbInstant;

/// Whether it may be worth while to ask for jobs of these types: looking costs less than trying to write.
pub(super) fn is_any_due(conn: &mut Conn, types: &[JobType], now: Timestamp) -> Result<bool, Failure> {
    let names: Vec<&str> = types.iter().map(JobType::as_str).collect();
    let ready = dsl::jobs.filter(dsl::ready).filter(dsl::job_type.eq_any(names));
    if diesel::select(exists(ready)).get_result(conn)? {
        return Ok(true);
    }
    let now = DbInstant(shared_time(conn, now)?);
    let due = dsl::jobs.filter(diesel::dsl::not(dsl::ready)).filter(dsl::due_at.le(now));
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

/// Hands out what is due, and gives up what was lost too often.
pub(super) fn hand_out(conn: &mut Conn, claim: &Claim, now: Timestamp) -> Result<Vec<Job>, Failure> {
    let now = shared_time(conn, now)?;
    let limit = i64::try_from(claim.limit).unwrap_or(i64::MAX);
    let rows = lock_ready_jobs(conn, &claim.job_types, limit, now)?;
    let mut due = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|job| (std::cmp::Reverse(job.priority), job.due_at(), job.id));
    due.truncate(claim.limit);
    let mut handed_out = Vec::with_capacity(due.len());
    let mut changes: Vec<Change<Job>> = Vec::with_capacity(due.len());
    for job in due {
        let decided = claim.decide(job, now);
        for change in &decided {
            write_job(conn, change)?;
        }
        handed_out.extend(decided.last().map(Change::state).filter(|job| job.lease.is_some()).cloned());
        changes.extend(decided);
    }
    let mut events = changes.iter().flat_map(|change| change.events().iter().collect::<Vec<&DomainEvent>>());
    append_events(conn, &mut events)?;
    Ok(handed_out)
}
