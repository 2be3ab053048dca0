//! The engine of jobs in this process.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::identity::Caller;
use showrunner_domain::job::{Done, Hands, JobQueue, JobService, JobType, LeaseTime, NewJob, Receipted, WorkerName};
use showrunner_domain::{Answered, FieldError, ServiceError, Terms};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Line, TYPE};
use crate::BenchError;
use crate::load::joined;

/// After a look in vain a worker rests, as those of the program do: most of what happens is no new job.
const REST: Duration = Duration::from_millis(5);

/// The use cases of jobs on a store, with nothing between: no server, no token, no reader of the log.
pub struct Engine {
    /// Queues jobs.
    pub jobs: JobService,
    /// Hands them out and writes what becomes of them.
    pub queue: Arc<JobQueue>,
    /// Who wants them done.
    pub caller: Caller,
}

/// One who uses it.
pub(crate) struct EngineLine {
    engine: Rc<Engine>,
    job_type: JobType,
    worker: WorkerName,
}

impl EngineLine {
    pub(crate) fn new(engine: Rc<Engine>) -> Result<Self, BenchError> {
        let refused = |reason| ServiceError::Invalid(vec![FieldError::new("job_type", reason)]);
        let (job_type, worker) = (JobType::parse(TYPE), WorkerName::parse(TYPE));
        Ok(Self { engine, job_type: job_type.map_err(refused)?, worker: worker.map_err(refused)? })
    }
}

impl Line for EngineLine {
    type Claimed = Receipted;

    async fn enqueue(&mut self) -> Result<String, BenchError> {
        let new = NewJob::of(self.job_type.clone());
        match self.engine.jobs.create(&self.engine.caller, new, &Terms::default()).await? {
            Answered::Now(job) => Ok(job.id.to_string()),
            Answered::Before(_) => Err(BenchError::Answer("a job was queued before".to_owned())),
        }
    }

    async fn claim(&mut self, most: usize, patience: Duration) -> Result<Vec<Receipted>, BenchError> {
        let until = Instant::now() + patience;
        loop {
            let seen = self.engine.queue.arrivals();
            let (types, worker) = (vec![self.job_type.clone()], self.worker.clone());
            let lease = LeaseTime::fixed::<30>();
            let claimed = self.engine.queue.claim(&Hands::own(), types, worker, most, lease, None).await?;
            if !claimed.is_empty() || Instant::now() >= until {
                return Ok(claimed);
            }
            sleep(REST).await;
            let _ = timeout_at(until, self.engine.queue.wait_for_arrivals(seen)).await;
        }
    }

    fn id(claimed: &Receipted) -> String {
        claimed.job.id.to_string()
    }

    /// All at the same time, as a worker does whose handlers end at the same time.
    async fn complete(&mut self, claimed: Vec<Receipted>) -> Result<(), BenchError> {
        let mut completing = JoinSet::new();
        for Receipted { job, receipt_handle, .. } in claimed {
            let queue = self.engine.queue.clone();
            completing.spawn_local(async move {
                queue.complete(&Hands::own(), job, receipt_handle, &Done::default()).await?;
                Ok(())
            });
        }
        joined(completing).await.map(drop)
    }
}
