//! The use cases of jobs for those who want work done.

use std::sync::Arc;

use super::{Job, JobAfter, JobAttempt, JobCount, JobFilter, JobId, JobQuery, JobStatus, JobStore, NewJob};
use crate::episode::{EpisodeStore, show_of};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit, permit_somewhere, permit_within};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, CommitError, IdSource, Ledger, Limit, Page, ResourceKind, ServiceError, Terms};

/// Everything that can be done with jobs, but working on them.
pub struct JobService {
    /// Reads jobs.
    pub jobs: Arc<dyn JobStore>,
    /// Reads the episodes that they are for.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Writes jobs.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl JobService {
    /// The job.
    pub async fn get(&self, caller: &Caller, id: JobId) -> Result<Job, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Job)?;
        self.load(id).await
    }

    /// A page of jobs.
    pub async fn list(&self, caller: &Caller, query: JobQuery) -> Result<Page<Job, JobAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Job)?;
        let query = JobQuery { asker: Some(caller.actor.id), ..query };
        Ok(self.jobs.list_jobs(query).await?)
    }

    /// A page of what became of the attempts at a job, the latest first.
    pub async fn logs(
        &self,
        caller: &Caller,
        id: JobId,
        before: Option<u32>,
        limit: Limit,
    ) -> Result<Page<JobAttempt, u32>, ServiceError> {
        self.get(caller, id).await?;
        Ok(self.jobs.list_attempts(id, before, limit).await?)
    }

    /// How many jobs of each type are in each status.
    pub async fn stats(&self, caller: &Caller) -> Result<Vec<JobCount>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Job)?;
        Ok(self.jobs.count_jobs().await?)
    }

    /// Queues a job, once for each receipt.
    pub async fn create(&self, caller: &Caller, new: NewJob, terms: &Terms) -> Result<Answered<Job>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Job)?;
        new.job_type.permit(&caller.actor)?;
        let show = show_of(self.episodes.as_ref(), new.episode_id).await?;
        permit_within(&caller.actor, Action::Write, ResourceKind::Job, show)?;
        let id = JobId::new(self.ids.next());
        let new = NewJob { granted: Some(caller.actor.granted), ..new };
        self.writing(terms).create(|| Job::create(id, new, show, &self.stamp(caller))).await
    }

    /// Calls a job off: one's own, or anybody's for who may manage jobs.
    pub async fn cancel(&self, caller: &Caller, id: JobId, terms: &Terms) -> Result<Answered<Job>, ServiceError> {
        self.change(caller, id, terms, Job::cancel).await
    }

    /// Makes a job that ended without success pending again: one's own, or anybody's for who may manage jobs.
    pub async fn retry(&self, caller: &Caller, id: JobId, terms: &Terms) -> Result<Answered<Job>, ServiceError> {
        self.change(caller, id, terms, Job::retry).await
    }

    /// Makes every failed job pending again and answers how many. What is queued meanwhile under the same key as a failed
    /// one stays failed.
    pub async fn retry_failed(&self, caller: &Caller) -> Result<u64, ServiceError> {
        permit(&caller.actor, Action::Manage, ResourceKind::Job)?;
        let filter = JobFilter { status: Some(JobStatus::Failed), ..JobFilter::default() };
        let mut query = JobQuery { filter, limit: Limit::MOST, ..JobQuery::default() };
        let mut retried = 0;
        loop {
            let page = self.jobs.list_jobs(query.clone()).await?;
            for job in page.items {
                match self.ledger.commit(job.retry(&self.stamp(caller))?.into()).await {
                    Ok(_) => retried += 1,
                    // Somebody else was first, with this job or with one of the same key.
                    Err(CommitError::Stale | CommitError::AlreadyExists { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(retried);
            }
        }
    }

    async fn change(
        &self,
        caller: &Caller,
        id: JobId,
        terms: &Terms,
        transition: fn(Job, &Stamp) -> Result<crate::Change<Job>, ServiceError>,
    ) -> Result<Answered<Job>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Job)?;
        let decide = |job: Job| {
            let action = if job.created_by == Some(caller.actor.id) { Action::Write } else { Action::Manage };
            permit_within(&caller.actor, action, ResourceKind::Job, job.show_id)?;
            transition(job, &self.stamp(caller)).map(Decision::Write)
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    async fn load(&self, id: JobId) -> Result<Job, ServiceError> {
        self.jobs.find_job(id).await?.ok_or(ServiceError::NotFound { kind: ResourceKind::Job })
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}
