//! What every worker does with jobs, whoever vouches for it.

use std::sync::Arc;

use super::{
    Arrivals, Beat, Claim, Done, Job, JobError, JobId, JobStore, JobType, LeaseTime, Processor, ReceiptHandle,
    Receipted, Share, Whose, WorkerName,
};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::{
    Change, ChangeSet, Clock, CommitError, IdSource, Ledger, Receiver, RecordChange, ResourceKind, ServiceError,
    Timestamp,
};

/// How often a race about one job is run before the worker is told.
const RACES: usize = 100;

/// Why a job has failed whose results the store refuses.
const REFUSED: &str = "the store cannot hold what came of this job: a value is out of range, or is there already";

/// Who works, as the log tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// Who.
    pub actor: ActorStamp,
    /// From where.
    pub origin: Origin,
}

impl Hands {
    /// Those of this system's own workers.
    #[must_use]
    pub fn own() -> Self {
        Self { actor: ActorStamp::system(), origin: Origin::default() }
    }
}

/// How an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Why.
    pub error: JobError,
    /// Whether no other try would help.
    pub permanent: bool,
}

/// Hands jobs out and writes what becomes of them. Whoever may do that was asked before.
pub struct JobQueue {
    /// Hands jobs out.
    pub jobs: Arc<dyn JobStore>,
    /// Writes what became of them.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl JobQueue {
    /// Hands out due jobs of these types, at most `limit`; none where there are none, or where the `receiver` has gone.
    pub async fn claim(
        &self,
        hands: &Hands,
        job_types: Vec<JobType>,
        worker: WorkerName,
        limit: usize,
        lease: LeaseTime,
        receiver: Option<Arc<dyn Receiver>>,
    ) -> Result<Vec<Receipted>, ServiceError> {
        let share = Share { job_types, whose: Whose::Anybodys, limit };
        self.hand_out(hands, share, worker, lease, receiver).await
    }

    /// Hands out due jobs of what a worker of this process may take; none where there are none.
    pub async fn claim_share(
        &self,
        hands: &Hands,
        share: Share,
        worker: WorkerName,
        lease: LeaseTime,
    ) -> Result<Vec<Receipted>, ServiceError> {
        self.hand_out(hands, share, worker, lease, None).await
    }

    async fn hand_out(
        &self,
        hands: &Hands,
        share: Share,
        worker: WorkerName,
        lease: LeaseTime,
        receiver: Option<Arc<dyn Receiver>>,
    ) -> Result<Vec<Receipted>, ServiceError> {
        let (Hands { actor, origin }, Share { job_types, whose, limit }) = (hands.clone(), share);
        let claim = Claim { job_types, whose, worker, limit, lease, actor, origin, ids: self.ids.clone(), receiver };
        let jobs = self.jobs.claim(claim, self.clock.now()).await?;
        Ok(jobs.into_iter().filter_map(Receipted::of).collect())
    }

    /// What has come so far: asked for before a claim, it tells what to wait for after it.
    #[must_use]
    pub fn arrivals(&self) -> Arrivals {
        self.jobs.arrivals()
    }

    /// Waits until something has come beyond `seen`. Jobs also become due without that.
    pub async fn wait_for_arrivals(&self, seen: Arrivals) {
        self.jobs.wait_for_arrivals(seen).await;
    }

    /// Renews claims and notes how far the jobs are; answers for each whether it still counts.
    pub async fn beat(&self, beats: Vec<Beat>) -> Result<Vec<bool>, ServiceError> {
        Ok(self.jobs.beat(beats, self.clock.now()).await?)
    }

    /// Ends a job with what came of it, which is all written or not at all. Where more than the job itself cannot be written, as
    /// others were first with what must be unique or took away what it refers to, the attempt has failed: another one sees that.
    /// Where the store refuses what came of the job, it has failed permanently: another attempt would come to the same.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn complete(
        &self,
        hands: &Hands,
        job: Job,
        handle: ReceiptHandle,
        done: &Done,
    ) -> Result<Job, ServiceError> {
        let more = !done.more.is_empty() || done.afresh.is_some();
        let end = self.end(hands, job.clone(), done, |job, stamp| job.complete(handle, done.results.clone(), stamp));
        match end.await {
            Err(ServiceError::Unavailable(refused)) if refused.is_refusal() => {
                self.fail(hands, job, handle, &Failing::for_good(REFUSED)).await
            }
            Err(refused) if more && !matches!(refused, ServiceError::LeaseLost | ServiceError::Unavailable(_)) => {
                self.fail(hands, job, handle, &Failing::for_now(&refused.to_string())).await
            }
            ended => ended,
        }
    }

    /// Ends an attempt without success: the job is tried again later, or fails for good.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn fail(
        &self,
        hands: &Hands,
        job: Job,
        handle: ReceiptHandle,
        failing: &Failing,
    ) -> Result<Job, ServiceError> {
        self.end(hands, job, &Done::default(), |job, stamp| job.fail(handle, &failing.error, failing.permanent, stamp))
            .await
    }

    /// Hands a job back, as if it had not been claimed: its worker stops.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn hand_back(&self, hands: &Hands, job: Job, handle: ReceiptHandle) -> Result<Job, ServiceError> {
        self.end(hands, job, &Done::default(), |job, stamp| job.hand_back(handle, stamp)).await
    }

    /// Takes a job back from a worker that was never told of it: the attempt does not count.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn release(&self, hands: &Hands, job: Job, handle: ReceiptHandle) -> Result<Job, ServiceError> {
        self.end(hands, job, &Done::default(), |job, stamp| job.release(handle, stamp)).await
    }

    /// Tells that a worker begins to look for jobs.
    pub async fn announce(&self, hands: &Hands, processor: &Processor) -> Result<(), ServiceError> {
        let started = processor.started(self.ids.next(), &self.stamp(hands, self.clock.now()));
        self.ledger.commit(ChangeSet::from_iter([RecordChange::Occurrence(started)])).await?;
        Ok(())
    }

    /// The job as it is now.
    pub async fn find(&self, id: JobId) -> Result<Job, ServiceError> {
        self.jobs.find_job(id).await?.ok_or(ServiceError::NotFound { kind: ResourceKind::Job })
    }

    /// Commits what `transition` makes of `job` together with what came of it. Where the job or another record has changed
    /// since it was read, it is read again: the token says whether the job is still the worker's.
    async fn end(
        &self,
        hands: &Hands,
        mut job: Job,
        done: &Done,
        transition: impl Fn(Job, &Stamp) -> Result<Change<Job>, ServiceError> + Send + Sync,
    ) -> Result<Job, ServiceError> {
        let id = job.id;
        for _ in 0..RACES {
            let change = transition(job, &self.stamp(hands, self.clock.now()))?;
            let ended = change.state().clone();
            let afresh = match &done.afresh {
                Some(afresh) => afresh.changes().await?,
                None => Vec::new(),
            };
            let set = done.more.iter().cloned().chain(afresh).fold(ChangeSet::from(change), ChangeSet::and);
            match self.ledger.commit(set).await {
                Ok(_) => return Ok(ended),
                // What was found to be free a moment ago may be taken by now.
                Err(CommitError::AlreadyExists { .. }) if done.afresh.is_some() => job = self.find(id).await?,
                Err(CommitError::Stale) => job = self.find(id).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Stale.into())
    }

    fn stamp(&self, hands: &Hands, now: Timestamp) -> Stamp {
        let Hands { actor, origin } = hands.clone();
        Stamp { id: EventId::new(self.ids.next()), now, actor, origin }
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::file::studio::ids;
    use crate::job::JobStatus;
    use crate::job::tests::{handle, job, leased};
    use crate::mocks::{MockClock, MockJobStore, MockLedger};
    use crate::{Committed, StoreError};

    fn queue(ledger: MockLedger) -> JobQueue {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::from_micros(2_000_000_000_000_000).unwrap());
        let (ledger, clock) = (Arc::new(ledger), Arc::new(clock));
        JobQueue { jobs: Arc::new(MockJobStore::new()), ledger, clock, ids: Arc::new(ids()) }
    }

    #[test]
    fn results_that_the_store_refuses_fail_the_job_permanently() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().times(2).returning(|set| match set.changes() {
            [RecordChange::Job(change)] if change.state().status == JobStatus::Failed => Ok(Committed),
            _ => Err(StoreError::refusal("a value is out of range").into()),
        });
        let claimed = leased(job(), 7, 1).state().clone();
        let ended = block_on(queue(ledger).complete(&Hands::own(), claimed, handle(7), &Done::default())).unwrap();
        assert_eq!((ended.status, ended.error_message.unwrap().as_str()), (JobStatus::Failed, REFUSED));
    }

    #[test]
    fn an_end_whose_records_cannot_be_written_is_a_failure_that_may_pass() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().times(2).returning(|set| match set.changes().len() {
            1 => Ok(Committed),
            _ => Err(CommitError::AlreadyExists { what: "a file with these bytes" }),
        });
        let queue = queue(ledger);
        let done = Done { more: vec![RecordChange::Job(leased(job(), 8, 1))], ..Done::default() };
        let claimed = leased(job(), 7, 1).state().clone();
        let ended = block_on(queue.complete(&Hands::own(), claimed, handle(7), &done)).unwrap();
        assert_eq!((ended.status, ended.retry_count), (JobStatus::Pending, 1));
        assert_eq!(ended.error_message.unwrap().as_str(), "a file with these bytes already exists");
    }
}
