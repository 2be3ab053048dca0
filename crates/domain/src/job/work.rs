//! The use cases of jobs for workers outside, who show a token.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Beat, Done, Failing, Hands, Job, JobId, JobQueue, JobType, LeaseTime, ReceiptHandle, Receipted, WorkerName,
};
use crate::event::ActorStamp;
use crate::identity::{Action, Caller, permit};
use crate::{Receiver, ResourceKind, ServiceError};

/// Everything that a worker outside can do.
pub struct WorkService {
    /// Hands jobs out and writes what became of them.
    pub queue: Arc<JobQueue>,
}

impl WorkService {
    /// Hands out due jobs of these types, at most `limit`; none where there are none, or where the `receiver` has gone.
    pub async fn claim(
        &self,
        caller: &Caller,
        job_types: Vec<JobType>,
        worker: WorkerName,
        limit: usize,
        lease: LeaseTime,
        receiver: Option<Arc<dyn Receiver>>,
    ) -> Result<Vec<Receipted>, ServiceError> {
        self.queue.claim(&hands_of(caller)?, job_types, worker, limit, lease, receiver).await
    }

    /// Takes claimed jobs back that did not reach the caller. Those that are not the caller's any more are left alone.
    pub async fn release(&self, caller: &Caller, claimed: Vec<Receipted>) -> Result<(), ServiceError> {
        let hands = hands_of(caller)?;
        for Receipted { job, receipt_handle, .. } in claimed {
            match self.queue.release(&hands, job, receipt_handle).await {
                Ok(_) | Err(ServiceError::LeaseLost) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Renews the claim of one job and notes how far it is.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: its worker should stop.
    pub async fn heartbeat(&self, caller: &Caller, beat: Beat) -> Result<(), ServiceError> {
        hands_of(caller)?;
        let id = beat.id;
        if self.queue.beat(vec![beat]).await?.first().is_some_and(|held| *held) {
            return Ok(());
        }
        self.queue.find(id).await?;
        Err(ServiceError::LeaseLost)
    }

    /// Ends a job with what came of it.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn complete(
        &self,
        caller: &Caller,
        id: JobId,
        handle: ReceiptHandle,
        results: Option<Value>,
    ) -> Result<Job, ServiceError> {
        let hands = hands_of(caller)?;
        let done = Done { results, ..Done::default() };
        self.queue.complete(&hands, self.queue.find(id).await?, handle, &done).await
    }

    /// Ends an attempt without success: the job is tried again later, or fails for good.
    ///
    /// # Errors
    /// [`ServiceError::LeaseLost`] where the token is not the job's latest: nothing was written.
    pub async fn fail(
        &self,
        caller: &Caller,
        id: JobId,
        handle: ReceiptHandle,
        failing: &Failing,
    ) -> Result<Job, ServiceError> {
        let hands = hands_of(caller)?;
        self.queue.fail(&hands, self.queue.find(id).await?, handle, failing).await
    }
}

/// The caller's hands, if they may work.
fn hands_of(caller: &Caller) -> Result<Hands, ServiceError> {
    permit(&caller.actor, Action::Work, ResourceKind::Job)?;
    Ok(Hands { actor: ActorStamp::from(&caller.actor), origin: caller.origin.clone() })
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::event::Origin;
    use crate::identity::{Actor, Role, ShowRoles, UserId};
    use crate::job::tests::{handle, job, leased};
    use crate::job::{JobStatus, LeaseTime};
    use crate::mocks::{MockClock, MockIdSource, MockJobStore, MockLedger};
    use crate::{CommitError, Committed, RecordChange, Timestamp};

    fn caller(role: Role) -> Caller {
        let id = UserId::new(Uuid::from_u128(5));
        let (email, name) = ("worker@example.com".into(), "A worker".into());
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
        Caller { actor, origin: Origin::default() }
    }

    fn service(jobs: MockJobStore, ledger: MockLedger) -> WorkService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
        let mut ids = MockIdSource::new();
        ids.expect_next().returning(|| Uuid::from_u128(77));
        let (clock, ids) = (Arc::new(clock), Arc::new(ids));
        let queue = Arc::new(JobQueue { jobs: Arc::new(jobs), ledger: Arc::new(ledger), clock, ids });
        WorkService { queue }
    }

    #[test]
    fn workers_and_admins_work_and_nobody_else() {
        for role in Role::ALL {
            let mut jobs = MockJobStore::new();
            jobs.expect_claim().returning(|_, _| Ok(Vec::new()));
            let worker = WorkerName::parse("w").unwrap();
            let claim = service(jobs, MockLedger::new());
            let answer = block_on(claim.claim(&caller(role), vec![], worker, 1, LeaseTime::fixed::<30>(), None));
            assert_eq!(answer.is_ok(), matches!(role, Role::Admin | Role::Worker), "{role}");
        }
    }

    #[test]
    fn completing_commits_the_job_with_its_event_and_once_more_where_somebody_was_first() {
        let (mut jobs, mut ledger) = (MockJobStore::new(), MockLedger::new());
        jobs.expect_find_job().times(2).returning(|_| Ok(Some(leased(job(), 7, 1).state().clone())));
        let mut answers = vec![Ok(Committed), Err(CommitError::Stale)];
        ledger.expect_commit().times(2).returning(move |set| {
            let [RecordChange::Job(change)] = set.changes() else { panic!("{set:?}") };
            assert_eq!((change.state().status, change.events().len()), (JobStatus::Completed, 1));
            answers.pop().unwrap()
        });
        let done = service(jobs, ledger);
        assert!(block_on(done.complete(&caller(Role::Worker), job().id, handle(7), None)).is_ok());
    }

    #[test]
    fn a_stale_token_commits_nothing() {
        let mut jobs = MockJobStore::new();
        jobs.expect_find_job().returning(|_| Ok(Some(leased(job(), 7, 1).state().clone())));
        let late = service(jobs, MockLedger::new());
        let answer = block_on(late.complete(&caller(Role::Worker), job().id, handle(8), None));
        assert!(matches!(answer, Err(ServiceError::LeaseLost)));
    }
}
