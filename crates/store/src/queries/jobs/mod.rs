//! Finding jobs, handing them out, and writing them.

mod beat;
mod claim;
mod write;

use async_trait::async_trait;
use diesel::dsl::count_star;
use diesel::prelude::*;
use showrunner_domain::job::{
    Arrivals, Beat, Claim, Job, JobAfter, JobAttempt, JobCount, JobId, JobQuery, JobStatus, JobStore, JobType,
    ProgressNews, ProgressRevision, UniqueKey,
};
use showrunner_domain::{Limit, Page, StoreError, Timestamp};

use super::page::{Filled, fill};
use super::{Conn, Db, Lane, RowByRow, Store, in_time};
use crate::failure::Failure;
use crate::rows::{AttemptRow, JobRow};
use crate::schema::job_attempts;
use crate::schema::jobs::{self, dsl};
use crate::types::{DbId, DbInstant};
pub(super) use claim::{HandedOut, hand_out};
pub(super) use write::write_jobs;

#[async_trait]
impl JobStore for Store {
    async fn find_job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::jobs.filter(dsl::id.eq(DbId(id.uuid()))).select(JobRow::as_select());
            query.first(conn).optional()?.map(Job::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn find_live_job(&self, job_type: JobType, key: UniqueKey) -> Result<Option<Job>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let live = [JobStatus::Pending, JobStatus::Processing].map(JobStatus::as_str);
            let of_key = dsl::jobs.filter(dsl::job_type.eq(job_type.as_str())).filter(dsl::unique_key.eq(key.as_str()));
            let query = of_key.filter(dsl::status.eq_any(live)).select(JobRow::as_select());
            query.first(conn).optional()?.map(Job::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn list_jobs(&self, query: JobQuery) -> Result<Page<Job, JobAfter>, StoreError> {
        if is_scan(&query) {
            return Ok(self.engine.scan(query.asker, move |conn| list(conn, &query)).await?);
        }
        Ok(self.engine.read(move |conn| list(conn, &query)).await?)
    }

    async fn list_attempts(
        &self,
        id: JobId,
        before: Option<u32>,
        limit: Limit,
    ) -> Result<Page<JobAttempt, u32>, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| attempts(conn, id, before, limit)).await?)
    }

    async fn count_jobs(&self) -> Result<Vec<JobCount>, StoreError> {
        Ok(self.engine.scan(None, count).await?)
    }

    async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        Ok(self.engine.claim(claim, now).await?)
    }

    fn arrivals(&self) -> Arrivals {
        self.engine.bell().count()
    }

    async fn wait_for_arrivals(&self, seen: Arrivals) {
        self.engine.bell().wait_beyond(seen).await;
    }

    async fn progress(&self, after: Option<ProgressRevision>) -> Result<ProgressNews, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| beat::news(conn, after)).await?)
    }

    async fn beat(&self, beats: Vec<Beat>, now: Timestamp) -> Result<Vec<bool>, StoreError> {
        Ok(self.engine.write(Lane::System, move |conn| beat::renew(conn, &beats, now)).await?)
    }
}

fn list(conn: &mut Conn, query: &JobQuery) -> Result<Page<Job, JobAfter>, Failure> {
    let total = if query.total {
        let count: i64 = matching(query).count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = matching(query);
    if let Some(after) = query.after {
        let (time, id) = (DbInstant(after.created_at), DbId(after.id.uuid()));
        rows = rows.filter(dsl::created_at.le(time)).filter(dsl::created_at.lt(time).or(dsl::id.lt(id)));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order((dsl::created_at.desc(), dsl::id.desc())).limit(wanted);
    let rows = rows.select(JobRow::as_select()).load_iter::<JobRow, RowByRow>(conn)?;
    let Filled { rows, more } = fill(rows, query.limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Job::try_from).collect();
    Ok(Page::of(items?, more, total, JobAfter::of))
}

/// Whether finding a page may take passing over any number of records: an index holds those of one filter, in the order of the
/// list.
fn is_scan(query: &JobQuery) -> bool {
    let filter = &query.filter;
    let indexed = [filter.status.is_some(), filter.job_type.is_some(), filter.episode_id.is_some()];
    query.total || indexed.into_iter().filter(|is_given| *is_given).count() > 1
}

fn matching(wanted: &JobQuery) -> jobs::BoxedQuery<'static, Db> {
    let filter = &wanted.filter;
    let mut query = dsl::jobs.into_boxed();
    if is_scan(wanted) {
        query = query.filter(in_time());
    }
    if let Some(status) = filter.status {
        query = query.filter(dsl::status.eq(status.as_str()));
    }
    if let Some(job_type) = &filter.job_type {
        query = query.filter(dsl::job_type.eq(job_type.as_str().to_owned()));
    }
    if let Some(episode) = filter.episode_id {
        query = query.filter(dsl::episode_id.eq(DbId(episode.uuid())));
    }
    query
}

fn attempts(conn: &mut Conn, id: JobId, before: Option<u32>, limit: Limit) -> Result<Page<JobAttempt, u32>, Failure> {
    use job_attempts::dsl;
    let before = before.map_or(i64::MAX, i64::from);
    let wanted = i64::try_from(limit.get() + 1).unwrap_or(i64::MAX);
    let rows = dsl::job_attempts.filter(dsl::job_id.eq(DbId(id.uuid()))).filter(dsl::attempt.lt(before));
    let rows: Vec<AttemptRow> =
        rows.order(dsl::attempt.desc()).limit(wanted).select(AttemptRow::as_select()).load(conn)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(JobAttempt::try_from).collect();
    Ok(Page::cut(items?, limit, None, |last| last.attempt))
}

fn count(conn: &mut Conn) -> Result<Vec<JobCount>, Failure> {
    let groups = dsl::jobs.filter(in_time()).group_by((dsl::job_type, dsl::status)).order((dsl::job_type, dsl::status));
    let rows: Vec<(String, String, i64)> = groups.select((dsl::job_type, dsl::status, count_star())).load(conn)?;
    let counts = rows.into_iter().map(|(job_type, status, count)| {
        let unreadable =
            |column, problem| Failure::Unreadable { table: "jobs", row: "a group".to_owned(), column, problem };
        let status = JobStatus::parse(&status).ok_or_else(|| unreadable("status", format!("{status} is not known")))?;
        let job_type = JobType::parse(job_type).map_err(|reason| unreadable("job_type", reason.to_string()))?;
        Ok(JobCount { job_type, status, count: count.unsigned_abs() })
    });
    counts.collect()
}
