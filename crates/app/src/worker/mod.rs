//! The loop that works: claims what is due, does it, and says what became of it.
//!
//! It is woken by what comes to the queue, and looks by itself every second, as jobs also become due by time alone.

mod attempt;
mod hold;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use rustix::system::uname;
use showrunner_domain::job::{
    Arrivals, Hands, JobHandler, JobQueue, JobType, LeaseTime, Processor, Receipted, SPARE_PLACES, Share, WorkerName,
    shares,
};
use showrunner_domain::{FieldError, ServiceError};
use showrunner_store::Ports;
use showrunner_web::causes;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, timeout};

use attempt::Attempt;
use hold::Holds;

use crate::services;

/// How often it looks for jobs where nothing wakes it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a look in vain it rests so many times as long as that took: what comes may all be for others.
const RESTS: u32 = 4;
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_millis(5);
/// How often it looks for jobs of others where one type or one user holds all of its places.
const LOOK_FOR_OTHERS_EVERY: Duration = Duration::from_millis(500);
/// How long a claim lasts without a sign of life.
const LEASE: LeaseTime = LeaseTime::fixed::<30>();
/// How long jobs have to finish once the worker was told to stop; what is not done by then is handed back.
const DRAIN: Duration = Duration::from_secs(20);

/// What the loop works with.
pub(crate) struct WorkerLoop {
    /// What the worker calls itself.
    pub(crate) name: WorkerName,
    /// Where jobs come from.
    pub(crate) queue: Arc<JobQueue>,
    /// What it can do.
    pub(crate) handlers: Vec<Arc<dyn JobHandler>>,
    /// How many jobs it has in hand at once, besides those for which it has a place to spare.
    pub(crate) at_once: usize,
}

/// A worker on `ports`, which has as many jobs in hand at once as there are cores, and at least two.
pub(crate) fn on(ports: &Ports, handlers: Vec<Arc<dyn JobHandler>>) -> Result<WorkerLoop, ServiceError> {
    let name = format!("{}:{}", uname().nodename().to_string_lossy(), std::process::id());
    let refused = |reason| ServiceError::Invalid(vec![FieldError::new("worker", reason)]);
    Ok(WorkerLoop {
        name: WorkerName::parse(name).map_err(refused)?,
        queue: Arc::new(services::queue(ports)),
        handlers,
        at_once: available_parallelism().map_or(2, |cores| cores.get().max(2)),
    })
}

impl WorkerLoop {
    /// Like [`run`](Self::run), on a thread of its own: what handlers compute there holds up no request and no delivery.
    pub(crate) fn run_apart(self, stop: watch::Receiver<bool>) -> io::Result<JoinHandle<()>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(spawn_blocking(move || runtime.block_on(self.run(stop))))
    }

    /// Works until `stop` says so, and then until everything in hand is done or handed back.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let handlers: HashMap<JobType, _> =
            self.handlers.iter().map(|handler| (handler.job_type(), Arc::clone(handler))).collect();
        let job_types = self.job_types();
        let holds = Holds::start(self.queue.clone(), LEASE);
        let free = Arc::new(Semaphore::new(self.at_once + SPARE_PLACES));
        let mut looked_for_others = None;
        while !*stop.borrow() {
            let seen = self.queue.arrivals();
            let begun = Instant::now();
            let mut shares = shares(&job_types, &holds.claimants(), self.at_once);
            if free.available_permits() <= SPARE_PLACES && !shares.is_empty() {
                let rested = looked_for_others.is_none_or(|last: Instant| last.elapsed() >= LOOK_FOR_OTHERS_EVERY);
                shares.retain(|_| rested);
                looked_for_others = if rested { Some(begun) } else { looked_for_others };
            }
            let rest = match self.claim(shares).await {
                Ok(claimed) if !claimed.is_empty() => {
                    for claimed in claimed {
                        let Some(handler) = handlers.get(&claimed.job.job_type).cloned() else { continue };
                        let Ok(place) = free.clone().acquire_owned().await else { return };
                        let (queue, hold) = (self.queue.clone(), holds.take(&claimed));
                        let attempt = Attempt { queue, handler, claimed, hold };
                        tokio::spawn(async move {
                            attempt.run().await;
                            drop(place);
                        });
                    }
                    continue;
                }
                Ok(_) => begun.elapsed().saturating_mul(RESTS).min(LONGEST_REST),
                Err(error) => {
                    tracing::warn!(error = causes(&error), "no job could be claimed: this is tried again");
                    LOOK_EVERY
                }
            };
            tokio::select! {
                _ = stop.changed() => {}
                () = self.chance(seen, rest, &free) => {}
            }
        }
        self.finish(&holds, &free).await;
    }

    /// Waits until there may be something to claim, and a place for it.
    async fn chance(&self, seen: Arrivals, rest: Duration, free: &Semaphore) {
        let own_place = u32::try_from(SPARE_PLACES + 1).unwrap_or(u32::MAX);
        if free.try_acquire_many(own_place).is_err() {
            // Jobs may wait for the place that comes free: nothing tells of them again.
            let _ = timeout(LOOK_FOR_OTHERS_EVERY, free.acquire_many(own_place)).await;
            return;
        }
        sleep(rest).await;
        let _ = timeout(LOOK_EVERY, self.queue.wait_for_arrivals(seen)).await;
    }

    /// Claims of the first of `shares` of which there is any.
    async fn claim(&self, shares: Vec<Share>) -> Result<Vec<Receipted>, ServiceError> {
        for share in shares {
            let claimed = self.queue.claim_share(&Hands::own(), share, self.name.clone(), LEASE).await?;
            if !claimed.is_empty() {
                return Ok(claimed);
            }
        }
        Ok(Vec::new())
    }

    fn job_types(&self) -> Vec<JobType> {
        self.handlers.iter().map(|handler| handler.job_type()).collect()
    }

    /// Tells that the worker begins.
    pub(crate) async fn announce(&self) {
        let processor = Processor {
            worker: self.name.clone(),
            poll_interval_ms: u64::try_from(LOOK_EVERY.as_millis()).unwrap_or(u64::MAX),
            max_concurrent: self.at_once,
            job_types: self.job_types(),
        };
        if let Err(error) = self.queue.announce(&Hands::own(), &processor).await {
            tracing::warn!(error = causes(&error), "that this worker has begun is not told");
        }
    }

    /// Waits for what is in hand, for a while, and has the rest handed back.
    async fn finish(&self, holds: &Holds, free: &Arc<Semaphore>) {
        let all = u32::try_from(self.at_once + SPARE_PLACES).unwrap_or(u32::MAX);
        if timeout(DRAIN, free.acquire_many(all)).await.is_err() {
            holds.hand_back_all();
            let _ = free.acquire_many(all).await;
        }
    }
}
