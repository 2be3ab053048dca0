//! Signs of life: leases and progress, without a version and without an event.

use diesel::prelude::*;
use showrunner_domain::Timestamp;
use showrunner_domain::job::{Beat, Job, JobProgress, ProgressNews, ProgressRevision};

use super::super::shared_time;
use super::Conn;
use crate::cached::{Cached, ExecuteCached as _};
use crate::failure::Failure;
use crate::rows::JobRow;
use crate::schema::job_progress_head;
use crate::schema::jobs::dsl;
use crate::types::{DbId, DbInstant};

/// Renews each lease whose token is the job's latest. Where anything is news, all of it comes under the next revision, whose
/// row is locked until this transaction ends: whoever sees a revision sees all lower ones.
pub(super) fn renew(conn: &mut Conn, beats: &[Beat], now: Timestamp) -> Result<Vec<bool>, Failure> {
    let is_news = |beat: &Beat| beat.progress.is_some() || beat.message.is_some();
    let revision = if beats.iter().any(is_news) { Some(next_revision(conn)?) } else { None };
    let now = shared_time(conn, now)?;
    let mut order: Vec<usize> = (0..beats.len()).collect();
    // Always in the same order, so that two workers never wait for each other.
    order.sort_by_key(|place| beats[*place].id);
    let mut held = vec![false; beats.len()];
    for place in order {
        held[place] = beat(conn, &beats[place], now, revision.filter(|_| is_news(&beats[place])))?;
    }
    Ok(held)
}

/// How many jobs are told of at once, at most; the rest is told the next time.
const MOST: i64 = 1_000;

/// What was reported after `after`. The head is read first: what the second statement sees beyond it is read again the next
/// time.
pub(super) fn news(conn: &mut Conn, after: Option<ProgressRevision>) -> Result<ProgressNews, Failure> {
    let head: i64 = job_progress_head::table.select(job_progress_head::revision).first(conn)?;
    let Some(after) = after.map(ProgressRevision::get).filter(|after| *after < head) else {
        return Ok(ProgressNews { head: ProgressRevision::new(head), jobs: Vec::new() });
    };
    let reported = dsl::jobs.filter(dsl::progress_revision.gt(after)).order(dsl::progress_revision).limit(MOST);
    let rows: Vec<(JobRow, Option<i64>)> = reported.select((JobRow::as_select(), dsl::progress_revision)).load(conn)?;
    let cut = i64::try_from(rows.len()).is_ok_and(|rows| rows == MOST);
    let reached = rows.last().and_then(|(_, revision)| *revision).filter(|_| cut);
    let jobs: Result<Vec<Job>, Failure> = rows.into_iter().map(|(row, _)| Job::try_from(row)).collect();
    let jobs = jobs?.into_iter().map(|job| JobProgress {
        job_id: job.id,
        progress: job.progress,
        message: job.progress_message,
        show_id: job.show_id,
    });
    Ok(ProgressNews { head: ProgressRevision::new(reached.unwrap_or(head)), jobs: jobs.collect() })
}

fn beat(conn: &mut Conn, beat: &Beat, now: Timestamp, revision: Option<i64>) -> Result<bool, Failure> {
    let job = dsl::jobs.filter(dsl::id.eq(DbId(beat.id.uuid())));
    let held = job.filter(dsl::receipt_handle.eq(DbId(beat.handle.uuid())));
    let until = DbInstant(now.plus_seconds(beat.lease.get().into()));
    let renewed = (dsl::lease_expires_at.eq(until), dsl::due_at.eq(until), dsl::ready.eq(false));
    let written = match revision {
        Some(_) => {
            let progress = beat.progress.map(|progress| dsl::progress.eq(progress.get()));
            let message = beat.message.as_ref().map(|message| dsl::progress_message.eq(message.as_str()));
            let news = (progress, message, dsl::progress_revision.eq(revision));
            conn.execute_cached(diesel::update(held).set((renewed, news)))?
        }
        None => conn.execute_cached(diesel::update(held).set(renewed))?,
    };
    Ok(written == 1)
}

fn next_revision(conn: &mut Conn) -> Result<i64, Failure> {
    use job_progress_head::dsl;
    let next = diesel::update(dsl::job_progress_head).set(dsl::revision.eq(dsl::revision + 1));
    Ok(Cached(next.returning(dsl::revision)).get_result(conn)?)
}
