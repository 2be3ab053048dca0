//! A job now and then: how soon each begins.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval};

use super::{CLAIM, Line};
use crate::BenchError;
use crate::load::{microseconds, note};

/// How far apart jobs come.
const EVERY: Duration = Duration::from_millis(20);
/// How long the worker waits at a time.
const WAIT: Duration = Duration::from_secs(1);

/// Has `producer` queue a job every 20 ms for this time, while `worker` waits for them; answers how long after it was begun
/// to queue each the worker had it.
pub(super) async fn starts<L: Line>(
    mut producer: L,
    mut worker: L,
    time: Duration,
) -> Result<Histogram<u64>, BenchError> {
    let count = usize::try_from(time.as_millis() / EVERY.as_millis()).unwrap_or(usize::MAX).max(1);
    let working = spawn_local(async move {
        let mut begun: HashMap<String, Instant> = HashMap::with_capacity(count);
        while begun.len() < count {
            let claimed = worker.claim(CLAIM, WAIT).await?;
            let now = Instant::now();
            begun.extend(claimed.iter().map(|claimed| (L::id(claimed), now)));
            worker.complete(claimed).await?;
        }
        Ok::<_, BenchError>(begun)
    });
    let (mut queued, mut ticks) = (Vec::with_capacity(count), interval(EVERY));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..count {
        ticks.tick().await;
        let at = Instant::now();
        queued.push((producer.enqueue().await?, at));
    }
    let (begun, mut starts) = (working.await.map_err(std::io::Error::from)??, microseconds());
    for (id, at) in queued {
        let start = begun.get(&id).ok_or_else(|| BenchError::Answer(format!("job {id} was not the one claimed")))?;
        note(&mut starts, start.duration_since(at));
    }
    Ok(starts)
}
