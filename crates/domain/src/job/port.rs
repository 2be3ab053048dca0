//! Finding jobs and handing them out. They are otherwise written through the ledger.

use async_trait::async_trait;

use super::{
    Arrivals, Claim, Job, JobAfter, JobAttempt, JobCount, JobId, JobQuery, JobType, LeaseTime, Progress,
    ProgressMessage, ProgressNews, ProgressRevision, ReceiptHandle, UniqueKey,
};
use crate::{Limit, Page, StoreError, Timestamp};

/// A worker's sign of life for one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The job.
    pub id: JobId,
    /// The worker's token.
    pub handle: ReceiptHandle,
    /// For how long the lease is renewed.
    pub lease: LeaseTime,
    /// How much is done, where that is news.
    pub progress: Option<Progress>,
    /// What there is to say of it, where that is news.
    pub message: Option<ProgressMessage>,
}

/// Finds jobs and hands them out.
///
/// Time is the store's own where nodes share it: `now`, the caller's clock, counts only in a store for one machine. A change
/// of a job that the ledger writes and that ends an attempt ([`JobAttempt::ended_by`]) MUST be written with that attempt.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait JobStore: Send + Sync {
    /// The job of this identifier.
    async fn find_job(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The live job of this type and key.
    async fn find_live_job(&self, job_type: JobType, key: UniqueKey) -> Result<Option<Job>, StoreError>;

    /// A page of the jobs, the newest first.
    async fn list_jobs(&self, query: JobQuery) -> Result<Page<Job, JobAfter>, StoreError>;

    /// The attempts at a job that have ended, the latest first, behind `before` where that is given.
    async fn list_attempts(
        &self,
        id: JobId,
        before: Option<u32>,
        limit: Limit,
    ) -> Result<Page<JobAttempt, u32>, StoreError>;

    /// How many jobs of each type are in each status.
    async fn count_jobs(&self) -> Result<Vec<JobCount>, StoreError>;

    /// Hands due jobs out, the most urgent first and then the longest due. Where those of one user are left to others, it
    /// answers jobs of some other user who waits, of theirs the most urgent.
    ///
    /// In one transaction it MUST find jobs that are due and that no other transaction is handing out, ask [`Claim::decide`]
    /// about each and write every change with its events as the ledger does. No job may be handed out twice, also by several
    /// nodes at once.
    async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, StoreError>;

    /// What has come so far, as this process has seen it: asked for before a claim, it tells what to wait for after it.
    fn arrivals(&self) -> Arrivals;

    /// Waits until something has come beyond `seen`: jobs that wait for a worker, put there by this process or, a little
    /// later, by another one. Jobs also become due without that, and what another process has done may be missed.
    async fn wait_for_arrivals(&self, seen: Arrivals);

    /// What was reported after `after`; without `after` only where to begin.
    async fn progress(&self, after: Option<ProgressRevision>) -> Result<ProgressNews, StoreError>;

    /// Renews leases and writes progress. Answers for each beat whether its token is still the job's latest; where it is
    /// not, nothing is written. This makes no version and no event.
    async fn beat(&self, beats: Vec<Beat>, now: Timestamp) -> Result<Vec<bool>, StoreError>;
}
