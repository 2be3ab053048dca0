//! As many jobs as can be queued and done.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{CLAIM, Line};
use crate::BenchError;
use crate::load::joined;

/// How long a worker waits at a time for jobs that are queued.
const WAIT: Duration = Duration::from_secs(1);
/// How long what was queued may take to be done after the run.
const PATIENCE: Duration = Duration::from_mins(2);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Throughput {
    /// How many jobs were queued, claimed and completed.
    pub(crate) jobs: u64,
    /// From the first that was queued to the last that was completed.
    pub(crate) elapsed: Duration,
}

impl Throughput {
    /// Jobs a second.
    #[expect(clippy::cast_precision_loss, reason = "jobs of a benchmark are few enough")]
    pub(crate) fn rate(self) -> f64 {
        self.jobs as f64 / self.elapsed.as_secs_f64()
    }
}

/// What producers and workers know of each other.
#[derive(Default)]
struct Tally {
    queued: Cell<u64>,
    done: Cell<u64>,
    /// Whether no more will be queued.
    over: Cell<bool>,
    last: Cell<Option<Instant>>,
}

impl Tally {
    fn all_done(&self) -> bool {
        self.over.get() && self.done.get() >= self.queued.get()
    }
}

/// Has `producers` queue jobs for this time, one after the other each, while `workers` do them, and waits until all are done.
pub(crate) async fn measure<L: Line>(
    producers: Vec<L>,
    workers: Vec<L>,
    time: Duration,
) -> Result<(Vec<L>, Vec<L>, Throughput), BenchError> {
    let (tally, start) = (Rc::new(Tally::default()), Instant::now());
    let (mut producing, mut working) = (JoinSet::new(), JoinSet::new());
    for producer in producers {
        producing.spawn_local(produce(producer, tally.clone(), start + time));
    }
    for worker in workers {
        working.spawn_local(work(worker, tally.clone()));
    }
    let producers = joined(producing).await?;
    tally.over.set(true);
    let workers = timeout(PATIENCE, joined(working)).await;
    let workers = workers.unwrap_or_else(|_| Err(BenchError::Late("every job is done".to_owned())))?;
    let elapsed = tally.last.get().map_or(time, |last| last - start);
    Ok((producers, workers, Throughput { jobs: tally.done.get(), elapsed }))
}

async fn produce<L: Line>(mut line: L, tally: Rc<Tally>, end: Instant) -> Result<L, BenchError> {
    while Instant::now() < end {
        line.enqueue().await?;
        tally.queued.set(tally.queued.get() + 1);
    }
    Ok(line)
}

async fn work<L: Line>(mut line: L, tally: Rc<Tally>) -> Result<L, BenchError> {
    while !tally.all_done() {
        let claimed = line.claim(CLAIM, WAIT).await?;
        let count = claimed.len() as u64;
        if count > 0 {
            line.complete(claimed).await?;
            tally.done.set(tally.done.get() + count);
            tally.last.set(Some(Instant::now()));
        }
    }
    Ok(line)
}
