//! The system's clock and randomness, behind the domain's ports.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use showrunner_domain::{Clock, IdSource, Timestamp};
use uuid::{ContextV7, Uuid};

/// How far the system's clock may be from where it is expected before it is doubted, in microseconds.
const TOLERANCE: i64 = 1_000_000;
/// For how long a clock that was set must stay so before that is believed, in microseconds.
const SETTLES_IN: i64 = 10_000_000;

/// The system's clock, but for what it says for a moment alone: everything that compares a time that it has stored with the
/// present one would be wrong long after the clock is right again.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        static STEADY: LazyLock<(Instant, SteadyClock)> =
            LazyLock::new(|| (Instant::now(), SteadyClock::starting_at(system_time())));
        let (start, clock) = &*STEADY;
        let passed = i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX);
        let now = clock.read(system_time(), passed);
        Timestamp::from_micros(now).unwrap_or_else(|| chrono::DateTime::UNIX_EPOCH.into())
    }
}

/// What the system's clock says, in microseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
fn system_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Follows the system's clock where that moves on as time passes. Where it jumps time goes on as before, until it has stayed
/// where it is now for a while. All times are in microseconds.
struct SteadyClock {
    /// What the system's clock said when this began.
    start: AtomicI64,
    is_doubted: AtomicBool,
    doubt: Mutex<Option<Doubt>>,
}

/// A jump that is not believed yet.
struct Doubt {
    /// When it was noticed.
    since: i64,
    /// How far it went.
    jump: i64,
}

impl SteadyClock {
    fn starting_at(time: i64) -> Self {
        Self { start: AtomicI64::new(time), is_doubted: AtomicBool::new(false), doubt: Mutex::new(None) }
    }

    /// The time, where the system's clock says that it is `told` and so much has `passed`.
    fn read(&self, told: i64, passed: i64) -> i64 {
        let expected = self.start.load(Ordering::Relaxed).saturating_add(passed);
        let jump = told.saturating_sub(expected);
        if jump.saturating_abs() < TOLERANCE {
            self.start.store(told.saturating_sub(passed), Ordering::Relaxed);
            if self.is_doubted.swap(false, Ordering::Relaxed) {
                *self.doubt.lock().unwrap_or_else(PoisonError::into_inner) = None;
                tracing::warn!("the system's clock is right again");
            }
            return told;
        }
        let mut doubt = self.doubt.lock().unwrap_or_else(PoisonError::into_inner);
        match &*doubt {
            Some(known) if known.jump.abs_diff(jump) < TOLERANCE.unsigned_abs() => {
                if passed.saturating_sub(known.since) < SETTLES_IN {
                    return expected;
                }
                tracing::warn!(jump_seconds = jump / 1_000_000, "the system's clock was set: its time is taken now");
                self.start.store(told.saturating_sub(passed), Ordering::Relaxed);
                self.is_doubted.store(false, Ordering::Relaxed);
                *doubt = None;
                told
            }
            _ => {
                tracing::warn!(
                    jump_seconds = jump / 1_000_000,
                    "the system's clock jumped: it is not believed at once"
                );
                self.is_doubted.store(true, Ordering::Relaxed);
                *doubt = Some(Doubt { since: passed, jump });
                expected
            }
        }
    }
}

/// UUIDv7, in increasing order within this process.
pub(crate) struct SystemIds;

impl IdSource for SystemIds {
    fn next(&self) -> Uuid {
        static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());
        let micros = SystemClock.now().micros().unsigned_abs();
        let nanos = u32::try_from(micros % 1_000_000 * 1_000).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(&CONTEXT, micros / 1_000_000, nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;

    #[test]
    fn a_clock_that_moves_on_is_followed_also_where_it_is_a_little_fast() {
        let clock = SteadyClock::starting_at(DAY);
        for second in 1..100 {
            let told = DAY + second * SECOND * 11 / 10;
            assert_eq!(clock.read(told, second * SECOND), told);
        }
    }

    #[test]
    fn a_clock_that_is_wrong_for_a_moment_is_not_believed_however_often_that_happens() {
        let clock = SteadyClock::starting_at(DAY);
        for round in 0..10 {
            let begin = round * 20 * SECOND;
            for jump in [100 * DAY, -DAY / 12] {
                for tenth in 0..20 {
                    let passed = begin + tenth * SECOND / 10;
                    assert_eq!(clock.read(DAY + passed + jump, passed), DAY + passed);
                }
                assert_eq!(clock.read(DAY + begin + 3 * SECOND, begin + 3 * SECOND), DAY + begin + 3 * SECOND);
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_is_believed_when_it_has_stayed_so() {
        for jump in [100 * DAY, -DAY / 12] {
            let clock = SteadyClock::starting_at(DAY);
            for second in 0..10 {
                assert_eq!(clock.read(DAY + second * SECOND + jump, second * SECOND), DAY + second * SECOND);
            }
            for second in 10..20 {
                assert_eq!(clock.read(DAY + second * SECOND + jump, second * SECOND), DAY + second * SECOND + jump);
            }
        }
    }

    #[test]
    fn identifiers_increase() {
        let ids: Vec<Uuid> = (0..1_000).map(|_| SystemIds.next()).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
    }
}
