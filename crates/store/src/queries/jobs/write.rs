//! Writing a job, with the attempt that the change ends.

use diesel::prelude::*;
use showrunner_domain::Change;
use showrunner_domain::job::{Job, JobAttempt};

use super::super::commit::won;
use super::Conn;
use crate::cached::Cached;
use crate::failure::Failure;
use crate::rows::{AttemptRow, JobRow, JobUpdate};
use crate::schema::job_attempts;
use crate::schema::jobs::dsl;
use crate::types::DbId;

pub(in super::super) fn write_job(conn: &mut Conn, change: &Change<Job>) -> Result<(), Failure> {
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::jobs).values(JobRow::from(change.state())).execute(conn)?;
        return Ok(());
    };
    let seen = dsl::jobs.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    won(Cached(diesel::update(seen).set(JobUpdate::from(change.state()))).execute(conn)?)?;
    if let Some(attempt) = JobAttempt::ended_by(change) {
        diesel::insert_into(job_attempts::table).values(AttemptRow::from(attempt)).execute(conn)?;
    }
    Ok(())
}
