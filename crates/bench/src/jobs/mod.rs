//! Jobs that have nothing to do: how many are queued, claimed and completed a second, each durably, and how soon one that
//! is queued begins.
//!
//! Measured in two ways, by the same loops. In this process, through the very engine that workers have in theirs: that is
//! what libraries are measured by which speak to their database directly. And over HTTP, as workers outside meet it.

mod engine;
mod line;
mod outside;
mod pace;
mod throughput;

pub use engine::Engine;
pub(crate) use engine::EngineLine;
pub(crate) use line::{Line, TYPE};
pub(crate) use outside::OutsideLine;
pub(crate) use throughput::Throughput;

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::BenchError;

/// How many queue jobs at the same time, and how many work on them.
const AT_ONCE: usize = 10;
/// How many jobs a worker claims at a time, at most.
const CLAIM: usize = 10;

/// What one run has shown.
#[derive(Debug)]
pub(crate) struct Sample {
    /// What was done while many queue and many work.
    pub(crate) throughput: Throughput,
    /// How long after it was begun to queue a job its worker had it, in microseconds, where a job comes now and then.
    pub(crate) starts: Histogram<u64>,
}

/// Queues and does jobs for the time of a run, after a quarter of it to warm up, and then lets them come one by one for as
/// long. `open` makes the lines, of which each carries one thing at a time.
pub(crate) async fn run<L: Line>(
    mut open: impl AsyncFnMut() -> Result<L, BenchError>,
    time: Duration,
) -> Result<Sample, BenchError> {
    let (mut producers, mut workers) = (Vec::new(), Vec::new());
    for _ in 0..AT_ONCE {
        producers.push(open().await?);
        workers.push(open().await?);
    }
    let (producers, workers, _) = throughput::measure(producers, workers, time / 4).await?;
    let (mut producers, mut workers, throughput) = throughput::measure(producers, workers, time).await?;
    let (Some(producer), Some(worker)) = (producers.pop(), workers.pop()) else {
        return Err(BenchError::Late("there is a line".to_owned()));
    };
    Ok(Sample { throughput, starts: pace::starts(producer, worker, time).await? })
}
