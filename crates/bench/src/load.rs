//! Requests one after the other over some connections: how many a second, how long each takes, and what they cost.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::BenchError;
use crate::catch_up::caught_up;
use crate::http::{Connection, Kind, Requests};
use crate::process::Cpu;
use crate::server::Server;

/// The longest time that is told apart from longer ones, in microseconds.
const LONGEST: u64 = 600_000_000;
/// How long the last answers may take after a run's end.
const PATIENCE: Duration = Duration::from_mins(1);

/// What one run has shown.
#[derive(Debug)]
pub(crate) struct Sample {
    /// How many requests were answered.
    pub(crate) requests: u64,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// How long each took, in microseconds.
    pub(crate) delays: Histogram<u64>,
    /// From the last answer until activities and notifications were written.
    pub(crate) effects_after: Duration,
    /// Processor time from the first request until then.
    pub(crate) cpu: Cpu,
}

impl Sample {
    /// Answered requests a second.
    #[expect(clippy::cast_precision_loss, reason = "requests of a benchmark are few enough")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

/// An empty histogram of microseconds, in steps of a thousandth.
pub(crate) fn microseconds() -> Histogram<u64> {
    Histogram::new_with_max(LONGEST, 3).unwrap_or_else(|error| unreachable!("the bounds are fixed: {error}"))
}

/// Notes a duration.
pub(crate) fn note(delays: &mut Histogram<u64>, delay: Duration) {
    delays.saturating_record(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX));
}

/// The time, in milliseconds, within which this part of all was done.
#[expect(clippy::cast_precision_loss, reason = "the longest time is ten minutes")]
pub(crate) fn milliseconds(delays: &Histogram<u64>, part: f64) -> f64 {
    delays.value_at_quantile(part) as f64 / 1_000.0
}

/// Sends requests of this kind for the time of a run, after a quarter of it to warm up. Each connection sends the next
/// one when the last is answered. Any unexpected answer is an error.
pub(crate) async fn run(
    server: &Server,
    requests: &Rc<Requests>,
    kind: Kind,
    connections: usize,
    time: Duration,
) -> Result<Sample, BenchError> {
    let mut lines = Vec::new();
    for _ in 0..connections {
        lines.push(Line { connection: Connection::open(server.address).await?, delays: microseconds() });
    }
    let mut lines = send(lines, requests, kind, time / 4).await?;
    caught_up(server, requests).await?;
    for line in &mut lines {
        line.delays.reset();
    }

    let (before, start) = (Cpu::now(server.pid())?, Instant::now());
    let lines = send(lines, requests, kind, time).await?;
    let elapsed = start.elapsed();
    caught_up(server, requests).await?;
    let effects_after = start.elapsed().saturating_sub(elapsed);
    let cpu = Cpu::now(server.pid())?.since(before);
    let mut delays = microseconds();
    for line in &lines {
        delays += &line.delays;
    }
    Ok(Sample { requests: delays.len(), elapsed, delays, effects_after, cpu })
}

/// The results of all tasks; the first error ends the others.
pub(crate) async fn joined<T: 'static>(mut tasks: JoinSet<Result<T, BenchError>>) -> Result<Vec<T>, BenchError> {
    let mut results = Vec::with_capacity(tasks.len());
    while let Some(ended) = tasks.join_next().await {
        results.push(ended.map_err(std::io::Error::from)??);
    }
    Ok(results)
}

struct Line {
    connection: Connection,
    delays: Histogram<u64>,
}

async fn send(lines: Vec<Line>, requests: &Rc<Requests>, kind: Kind, time: Duration) -> Result<Vec<Line>, BenchError> {
    let (end, mut tasks) = (Instant::now() + time, JoinSet::new());
    for line in lines {
        tasks.spawn_local(line.send(requests.clone(), kind, end));
    }
    let ended = timeout(time + PATIENCE, joined(tasks)).await;
    ended.unwrap_or_else(|_| Err(BenchError::Late("every request is answered".to_owned())))
}

impl Line {
    async fn send(mut self, requests: Rc<Requests>, kind: Kind, end: Instant) -> Result<Self, BenchError> {
        let (mut request, mut sent) = (Vec::new(), Instant::now());
        while sent < end {
            requests.write(kind, &mut request);
            self.connection.exchange(&request).await?.expect(kind.status(), kind.as_str())?;
            let now = Instant::now();
            note(&mut self.delays, now - sent);
            sent = now;
        }
        Ok(self)
    }
}
