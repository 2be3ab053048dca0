//! Claiming: what is decided about each job that is due.

use std::sync::Arc;

use super::{Job, JobStatus, JobType, Lease, LeaseTime, ReceiptHandle, Whose, WorkerName};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::{Change, IdSource, Receiver, Timestamp};

/// A worker's wish for jobs. The store finds due ones and asks [`Claim::decide`] about each, in its transaction.
#[derive(Clone)]
pub struct Claim {
    /// The types that the worker can do.
    pub job_types: Vec<JobType>,
    /// Whose jobs it takes.
    pub whose: Whose,
    /// What it calls itself.
    pub worker: WorkerName,
    /// How many jobs it wants at most.
    pub limit: usize,
    /// For how long it gets them.
    pub lease: LeaseTime,
    /// Who asks.
    pub(crate) actor: ActorStamp,
    /// From where.
    pub(crate) origin: Origin,
    /// Makes tokens and identifiers of events.
    pub(crate) ids: Arc<dyn IdSource>,
    /// Who gets them, where that is somebody who may go meanwhile.
    pub(crate) receiver: Option<Arc<dyn Receiver>>,
}

impl Claim {
    /// Whether nobody is there any more to take jobs. The store asks at the last moment, and then hands none out.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.receiver.as_ref().is_some_and(|receiver| receiver.is_gone())
    }

    /// What becomes of `job` at `now`, one change after the other: the last one puts it into the worker's hands, unless
    /// it was lost too often by others. A job that is not due is left alone.
    #[must_use]
    pub fn decide(&self, job: Job, now: Timestamp) -> Vec<Change<Job>> {
        // What was due for the node that wrote it is due, whatever its clock says: only waiting is told by the store's.
        if !job.was_left_ready() && job.due_at().is_none_or(|due| due > now) {
            return Vec::new();
        }
        if job.status == JobStatus::Pending {
            return vec![self.lease(job, now)];
        }
        let lost = job.lose(&Stamp::of_system(self.ids.as_ref(), now));
        if lost.state().status != JobStatus::Pending {
            return vec![lost];
        }
        let leased = self.lease(lost.state().clone(), now);
        vec![lost, leased]
    }

    fn lease(&self, job: Job, now: Timestamp) -> Change<Job> {
        let handle = ReceiptHandle::new(self.ids.next());
        let lease = Lease { handle, expires_at: now.plus_seconds(self.lease.get().into()) };
        let stamp =
            Stamp { id: EventId::new(self.ids.next()), now, actor: self.actor.clone(), origin: self.origin.clone() };
        job.lease(&self.worker, lease, &stamp)
    }
}
