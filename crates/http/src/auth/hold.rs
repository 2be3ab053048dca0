//! Holding back who has to wait: a short delay passes before the answer, and only a longer one is refused.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::rt::time::{Instant, sleep};
use showrunner_domain::ServiceError;

/// How long a request is held back at most.
const LONGEST: Duration = Duration::from_secs(10);
/// How many requests are held back at once; others are refused, whatever their delay.
const MOST: usize = 256;

static HELD: AtomicUsize = AtomicUsize::new(0);

/// A request that is held back.
struct Held;

impl Held {
    fn begin() -> Option<Self> {
        let more = |held| (held < MOST).then_some(held + 1);
        HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What `attempt` answers, which is made again after its delay where that is short.
pub(crate) async fn patiently<T>(attempt: impl AsyncFn() -> Result<T, ServiceError>) -> Result<T, ServiceError> {
    let until = Instant::now() + LONGEST;
    loop {
        let refused = match attempt().await {
            Err(ServiceError::Locked { retry_after }) => retry_after,
            answer => return answer,
        };
        let delay = Duration::from_secs(refused);
        let Some(_held) = Held::begin().filter(|_| Instant::now() + delay <= until) else {
            return Err(ServiceError::Locked { retry_after: refused });
        };
        sleep(delay).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[actix_web::test]
    async fn a_short_delay_is_sat_out_and_a_long_one_is_refused() {
        for (delays, tries, succeeds) in [(vec![1], 2, true), (vec![11], 1, false), (vec![1, 10], 2, false)] {
            let made = Cell::new(0);
            let answer = patiently(async || {
                made.set(made.get() + 1);
                match delays.get(made.get() - 1) {
                    Some(retry_after) => Err(ServiceError::Locked { retry_after: *retry_after }),
                    None => Ok(()),
                }
            });
            assert_eq!((answer.await.is_ok(), made.get()), (succeeds, tries), "{delays:?}");
        }
        assert_eq!(HELD.load(Ordering::Relaxed), 0);
    }
}
