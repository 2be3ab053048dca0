//! The pure transitions of a job. Each makes a [`Change`]: the new state and the event that tells of it.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::backoff::delay;
use super::{Job, JobError, JobId, JobStatus, JobType, Lease, NewJob, Progress, ReceiptHandle, WorkerName};
use crate::episode::EpisodeId;
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::json::fits_event;
use crate::show::ShowId;
use crate::{Change, ResourceKind, ServiceError, Subject, Timestamp, Version};

/// What is told of a job whose worker was not heard of for the time of its lease.
const LOST: &str = "the worker stopped renewing its lease";
/// What is told of a job whose worker had gone before it got it.
const NOT_RECEIVED: &str = "the claim did not reach its worker";
/// What is told of a job whose worker handed it back.
const HANDED_BACK: &str = "the worker stopped and handed the job back";

/// The data of every event of a job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a, More> {
    job_id: JobId,
    job_type: &'a JobType,
    #[serde(skip_serializing_if = "Option::is_none")]
    episode_id: Option<EpisodeId>,
    #[serde(flatten)]
    more: More,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    created_by: &'a str,
}

#[derive(Serialize)]
struct Started<'a> {
    attempt: u32,
    worker: &'a WorkerName,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completed<'a> {
    results: Option<&'a Value>,
    duration_ms: u64,
    /// The results, where they are too large to be copied.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    omitted: &'a [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TriedAgain<'a> {
    retry_count: u32,
    delay_ms: u64,
    error: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed<'a> {
    error: &'a JobError,
    retries_exhausted: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled<'a> {
    cancelled_by: &'a str,
}

impl Job {
    pub(crate) fn create(id: JobId, new: NewJob, show_id: Option<ShowId>, stamp: &Stamp) -> Change<Self> {
        let job = Self {
            id,
            job_type: new.job_type,
            status: JobStatus::Pending,
            payload: new.payload,
            results: None,
            progress: Progress::fixed::<0>(),
            progress_message: None,
            priority: new.priority,
            retry_count: 0,
            max_retries: new.max_retries,
            error_message: None,
            episode_id: new.episode_id,
            show_id,
            created_by: stamp.actor.id,
            granted: new.granted,
            unique_key: new.unique_key,
            run_at: new.run_at.unwrap_or(stamp.now),
            started_at: None,
            completed_at: None,
            next_retry_at: None,
            attempt: 0,
            worker: None,
            lease: None,
            created_at: stamp.now,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let event = job.tell(EventKind::JobCreated, stamp, Created { created_by: stamp.actor_label() });
        Change::created(job, event)
    }

    /// Puts the job into the hands of `worker`.
    pub(crate) fn lease(self, worker: &WorkerName, lease: Lease, stamp: &Stamp) -> Change<Self> {
        let mut job = self.clone();
        job.status = JobStatus::Processing;
        job.attempt += 1;
        job.worker = Some(worker.clone());
        job.lease = Some(lease);
        job.progress = Progress::fixed::<0>();
        job.progress_message = None;
        job.started_at = Some(stamp.now);
        job.next_retry_at = None;
        let started = Started { attempt: job.attempt, worker };
        job.become_next(self, EventKind::JobStarted, stamp, started)
    }

    /// Takes the job from a worker whose lease has ended. That counts as a retry, so that a job which kills its worker ends
    /// too; but nobody waits for it.
    pub(crate) fn lose(self, stamp: &Stamp) -> Change<Self> {
        let error = JobError::of(LOST);
        if self.retry_count < self.max_retries.get() {
            self.try_again(Duration::ZERO, &error, stamp)
        } else {
            self.give_up(&error, true, stamp)
        }
    }

    /// Ends the job with what came of it.
    pub(crate) fn complete(
        self,
        handle: ReceiptHandle,
        results: Option<Value>,
        stamp: &Stamp,
    ) -> Result<Change<Self>, ServiceError> {
        self.check(handle)?;
        let mut job = self.clone();
        job.end(JobStatus::Completed, stamp.now);
        job.results = results;
        job.progress = Progress::fixed::<100>();
        job.error_message = None;
        let results = job.results.clone();
        let fitting = results.as_ref().filter(fits_event);
        let omitted: &[_] = if fitting.is_some() || results.is_none() { &[] } else { &["results"] };
        let completed = Completed { results: fitting, duration_ms: millis(stamp.now, self.started_at), omitted };
        Ok(job.become_next(self, EventKind::JobCompleted, stamp, completed))
    }

    /// Ends the attempt: the job is tried again later, unless every try is used up or none would help.
    pub(crate) fn fail(
        self,
        handle: ReceiptHandle,
        error: &JobError,
        permanent: bool,
        stamp: &Stamp,
    ) -> Result<Change<Self>, ServiceError> {
        self.check(handle)?;
        let exhausted = self.retry_count >= self.max_retries.get();
        if permanent || exhausted {
            return Ok(self.give_up(error, exhausted, stamp));
        }
        let wait = delay(self.id.uuid(), self.retry_count);
        Ok(self.try_again(wait, error, stamp))
    }

    /// Hands the job back, as if it had not been claimed.
    pub(crate) fn hand_back(self, handle: ReceiptHandle, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        self.check(handle)?;
        let mut job = self.clone();
        job.status = JobStatus::Pending;
        job.lease = None;
        let retry = TriedAgain { retry_count: job.retry_count, delay_ms: 0, error: Some(HANDED_BACK) };
        Ok(job.become_next(self, EventKind::JobRetry, stamp, retry))
    }

    /// Takes the job back from a worker that was never told of it, as if it had not been claimed.
    pub(crate) fn release(self, handle: ReceiptHandle, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        self.check(handle)?;
        let mut job = self.clone();
        job.status = JobStatus::Pending;
        job.lease = None;
        job.attempt -= 1;
        let retry = TriedAgain { retry_count: job.retry_count, delay_ms: 0, error: Some(NOT_RECEIVED) };
        Ok(job.become_next(self, EventKind::JobRetry, stamp, retry))
    }

    /// Calls the job off. Whoever holds it holds nothing any more.
    pub(crate) fn cancel(self, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        if !self.status.is_live() {
            return Err(self.cannot_become(JobStatus::Cancelled));
        }
        let mut job = self.clone();
        job.end(JobStatus::Cancelled, stamp.now);
        let cancelled = Cancelled { cancelled_by: stamp.actor_label() };
        Ok(job.become_next(self, EventKind::JobCancelled, stamp, cancelled))
    }

    /// Makes a job that ended without success pending again, with all its tries.
    pub(crate) fn retry(self, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        if !matches!(self.status, JobStatus::Failed | JobStatus::Cancelled) {
            return Err(self.cannot_become(JobStatus::Pending));
        }
        let mut job = self.clone();
        job.status = JobStatus::Pending;
        job.retry_count = 0;
        job.completed_at = None;
        job.run_at = stamp.now;
        let error = self.error_message.clone();
        let retry = TriedAgain { retry_count: 0, delay_ms: 0, error: error.as_ref().map(JobError::as_str) };
        Ok(job.become_next(self, EventKind::JobRetry, stamp, retry))
    }

    fn try_again(self, wait: Duration, error: &JobError, stamp: &Stamp) -> Change<Self> {
        let mut job = self.clone();
        let delay_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        job.status = JobStatus::Pending;
        job.lease = None;
        job.retry_count += 1;
        job.next_retry_at = Some(stamp.now.plus(wait));
        job.error_message = Some(error.clone());
        let retry = TriedAgain { retry_count: job.retry_count, delay_ms, error: Some(error.as_str()) };
        job.become_next(self, EventKind::JobRetry, stamp, retry)
    }

    fn give_up(self, error: &JobError, retries_exhausted: bool, stamp: &Stamp) -> Change<Self> {
        let mut job = self.clone();
        job.end(JobStatus::Failed, stamp.now);
        job.error_message = Some(error.clone());
        job.become_next(self, EventKind::JobFailed, stamp, Failed { error, retries_exhausted })
    }

    fn end(&mut self, status: JobStatus, now: Timestamp) {
        self.status = status;
        self.lease = None;
        self.next_retry_at = None;
        self.completed_at = Some(now);
    }

    /// Refuses whoever does not hold the latest claim.
    fn check(&self, handle: ReceiptHandle) -> Result<(), ServiceError> {
        if self.lease.is_some_and(|lease| lease.handle == handle) { Ok(()) } else { Err(ServiceError::LeaseLost) }
    }

    fn cannot_become(&self, to: JobStatus) -> ServiceError {
        let (from, to) = (self.status.as_str(), to.as_str());
        ServiceError::InvalidTransition { kind: ResourceKind::Job, from, to }
    }

    /// This state in the place of `before`, told by an event of `kind`.
    fn become_next(mut self, before: Self, kind: EventKind, stamp: &Stamp, more: impl Serialize) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let event = self.tell(kind, stamp, more);
        Change::updated(expected, self, event).instead_of(before)
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, more: impl Serialize) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Job, self.id.uuid());
        let data = Told { job_id: self.id, job_type: &self.job_type, episode_id: self.episode_id, more };
        stamp.event(kind, subject, Audience::Readers, &data).within(self.show_id).owned_by(self.created_by)
    }
}

/// How long it is from `from` to `now`, in milliseconds.
fn millis(now: Timestamp, from: Option<Timestamp>) -> u64 {
    let passed = from.and_then(|from| now.since(from)).unwrap_or_default();
    u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
}
