//! When a reader goes on, when it tries again and when it gives an event up.
//!
//! A failure of the store is never the event's fault: the reader holds its place for ever. An event that cannot be
//! digested is tried alone, and parked after [`TRIES`] of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::{Effects, LoggedEvent, ParkedEvent, Reader, Seq, Undigestible};
use crate::notification::Interest;

/// How often an event is tried before it is parked.
const TRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(50);
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// What a reader does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Write these effects and move the cursor to this place.
    Advance {
        /// The new place.
        to: Seq,
        /// What is written with it.
        effects: Effects,
    },
    /// Wait this long, then read again.
    Retry(Duration),
}

/// The state of one reader's run.
#[derive(Debug, Default)]
pub struct ReaderRun {
    store_failures: u32,
    suspect: Option<(Seq, u32)>,
}

impl ReaderRun {
    /// Whether the reader is known to be failing, so that nobody should wait for it.
    #[must_use]
    pub const fn is_failing(&self) -> bool {
        self.store_failures > 0 || self.suspect.is_some()
    }

    /// Digests a batch as far as it goes, with what the reader asked to know. `events` must not be empty.
    pub fn digest(&mut self, reader: &dyn Reader, events: &[LoggedEvent], interest: &Interest) -> Step {
        let mut effects = Effects::default();
        let mut reached = None;
        for event in events {
            match digest_one(reader, event, interest) {
                Ok(more) => effects.append(more),
                Err(reason) if reached.is_none() => return self.digest_failed(event.seq, reason),
                Err(_) => break,
            }
            reached = Some(event.seq);
        }
        reached.map_or(Step::Retry(FIRST_DELAY), |to| Step::Advance { to, effects })
    }

    fn digest_failed(&mut self, seq: Seq, reason: Undigestible) -> Step {
        let tries = match self.suspect {
            Some((suspect, tries)) if suspect == seq => tries + 1,
            _ => 1,
        };
        self.suspect = Some((seq, tries));
        if tries < TRIES {
            return Step::Retry(delay(tries));
        }
        let parked = vec![ParkedEvent { seq, reason: reason.0 }];
        Step::Advance { to: seq, effects: Effects { parked, ..Effects::default() } }
    }

    /// The store failed to read or to write; answers how long to wait.
    pub fn store_failed(&mut self) -> Duration {
        self.store_failures = self.store_failures.saturating_add(1);
        delay(self.store_failures)
    }

    /// The cursor has moved, through this process or another.
    pub fn moved(&mut self) {
        *self = Self::default();
    }

    /// The store answered, and there was nothing to do.
    pub fn idle(&mut self) {
        self.store_failures = 0;
    }
}

fn digest_one(reader: &dyn Reader, event: &LoggedEvent, interest: &Interest) -> Result<Effects, Undigestible> {
    catch_unwind(AssertUnwindSafe(|| reader.digest(event, interest)))
        .unwrap_or_else(|_| Err(Undigestible("the reader panicked on this event".to_owned())))
}

/// 50 ms, doubled with each failure in a row, up to 5 s.
fn delay(failures: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << (failures.clamp(1, 8) - 1)).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::super::reader::MockReader;
    use super::super::{ActorStamp, Audience, EventId, Origin};
    use super::*;
    use crate::{ResourceKind, Subject, Timestamp};

    fn event(seq: i64) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::new(seq).unwrap(),
            id: EventId::new(uuid::Uuid::from_u128(1)),
            name: "episode_created".into(),
            data: "{}".into(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            subject: Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(2)),
            show: None,
            owner: None,
            audience: Audience::Readers,
        }
    }

    fn reader_that_refuses(seq: i64) -> MockReader {
        let mut reader = MockReader::new();
        reader.expect_digest().returning(move |event, _| {
            if event.seq.get() == seq { Err(Undigestible("no".into())) } else { Ok(Effects::default()) }
        });
        reader
    }

    fn reached(step: &Step) -> Option<(i64, usize)> {
        match step {
            Step::Advance { to, effects } => Some((to.get(), effects.parked.len())),
            Step::Retry(_) => None,
        }
    }

    #[test]
    fn what_comes_before_an_undigestible_event_is_not_held_up() {
        let step = ReaderRun::default().digest(
            &reader_that_refuses(3),
            &[event(1), event(2), event(3), event(4)],
            &Interest::default(),
        );
        assert_eq!(reached(&step), Some((2, 0)));
    }

    #[test]
    fn an_undigestible_event_is_parked_at_the_fifth_try_and_only_itself() {
        let reader = reader_that_refuses(3);
        let mut run = ReaderRun::default();
        for _ in 0..4 {
            assert!(matches!(run.digest(&reader, &[event(3), event(4)], &Interest::default()), Step::Retry(_)));
            assert!(run.is_failing());
        }
        assert_eq!(reached(&run.digest(&reader, &[event(3), event(4)], &Interest::default())), Some((3, 1)));
        run.moved();
        assert!(!run.is_failing());
        assert_eq!(reached(&run.digest(&reader, &[event(4)], &Interest::default())), Some((4, 0)));
    }

    #[test]
    fn failures_of_the_store_do_not_count_against_an_event() {
        let reader = reader_that_refuses(3);
        let mut run = ReaderRun::default();
        for _ in 0..20 {
            run.store_failed();
        }
        for _ in 0..4 {
            assert!(matches!(run.digest(&reader, &[event(3)], &Interest::default()), Step::Retry(_)));
        }
    }

    #[test]
    fn a_panic_counts_as_a_failed_try() {
        let mut reader = MockReader::new();
        reader.expect_digest().returning(|_, _| panic!("on purpose"));
        assert!(matches!(ReaderRun::default().digest(&reader, &[event(1)], &Interest::default()), Step::Retry(_)));
    }

    #[test]
    fn waiting_grows_from_50_ms_to_5_s_and_no_further() {
        let mut run = ReaderRun::default();
        let waits: Vec<u128> = (0..10).map(|_| run.store_failed().as_millis()).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
    }
}
