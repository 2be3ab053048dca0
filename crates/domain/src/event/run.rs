//! When a projection goes on, when it tries again and when it gives an event up.
//!
//! An outage of the store is never the event's fault: the projection holds its place for ever. An event is given up, and
//! parked, in two cases only, each after [`TRIES`] tries of that event alone: it cannot be projected, or the store is well
//! and refuses what follows from it. Neither holds up what comes after it: projecting is pure, so it is tried again at once, and
//! a step that the store refuses is bisected without a pause.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::{Effects, LoggedEvent, ParkedEvent, Reader, Seq, Undigestible};
use crate::StoreError;
use crate::notification::Interest;

/// How often an event is tried before it is parked.
const TRIES: u32 = 5;
/// How many events one step takes at most.
const BATCH: usize = 256;
const FIRST_DELAY: Duration = Duration::from_millis(50);
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// What is written next: these effects, and the cursor at this place.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The new place.
    pub to: Seq,
    /// What is written with it.
    pub effects: Effects,
}

/// The state of one projection's run.
#[derive(Debug, Default)]
pub struct ReaderRun {
    store_failures: u32,
    suspicion: Option<Suspicion>,
}

/// What the store has refused.
#[derive(Debug)]
struct Suspicion {
    /// Among so many events from the cursor on is one that the store refuses.
    events: NonZeroUsize,
    /// How often it was refused alone.
    tries: u32,
    /// What the store said last.
    reason: String,
}

impl ReaderRun {
    /// Whether the projection is known to be failing, so that nobody should wait for it.
    #[must_use]
    pub const fn is_failing(&self) -> bool {
        self.store_failures > 0
    }

    /// How many events the next step should take, at least 1.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.suspicion.as_ref().map_or(BATCH, |suspicion| suspicion.events.get().div_ceil(2))
    }

    /// Projects a batch, with what the projection asked to know; `None` where `events` is empty. An event that cannot be
    /// projected is parked, and so is a single one that the store has refused too often.
    #[must_use]
    pub fn project(&self, reader: &dyn Reader, events: &[LoggedEvent], interest: &Interest) -> Option<Step> {
        let to = events.last()?.seq;
        let mut effects = Effects::default();
        match (events, &self.suspicion) {
            ([event], Some(Suspicion { tries: TRIES.., reason, .. })) => {
                effects.parked.push(ParkedEvent { seq: event.seq, reason: reason.clone() });
            }
            _ => {
                for event in events {
                    match project_one(reader, event, interest) {
                        Ok(more) => effects.append(more),
                        Err(Undigestible(reason)) => effects.parked.push(ParkedEvent { seq: event.seq, reason }),
                    }
                }
            }
        }
        Some(Step { to, effects })
    }

    /// The store failed to read or to write; answers how long to wait.
    pub fn store_failed(&mut self) -> Duration {
        self.store_failures = self.store_failures.saturating_add(1);
        delay(self.store_failures)
    }

    /// The store is well and refuses a step of so many events; answers how long to wait. The next step takes half of them.
    pub fn refused(&mut self, events: usize, error: &StoreError) -> Duration {
        let before = self.suspicion.take().map_or(0, |suspicion| suspicion.tries);
        let tries = if events == 1 { before.saturating_add(1) } else { 0 };
        let Some(events) = NonZeroUsize::new(events).filter(|_| tries <= TRIES) else {
            // Not even parking it is possible: that is an outage.
            return self.store_failed();
        };
        self.store_failures = 0;
        self.suspicion = Some(Suspicion { events, tries, reason: error.to_string() });
        Duration::ZERO
    }

    /// The cursor has moved past so many events, through this process; 0 where another one was first.
    pub fn moved(&mut self, events: usize) {
        self.store_failures = 0;
        let rest = self.suspicion.take().filter(|_| events > 0).and_then(|suspicion| {
            let events = NonZeroUsize::new(suspicion.events.get().saturating_sub(events))?;
            Some(Suspicion { events, tries: 0, ..suspicion })
        });
        self.suspicion = rest;
    }

    /// The store answered, and there was nothing to do.
    pub fn idle(&mut self) {
        *self = Self::default();
    }
}

/// Tries as often as [`TRIES`] says: projecting is pure, and what may pass at all, such as a lack of memory, costs no more
/// than another try.
fn project_one(reader: &dyn Reader, event: &LoggedEvent, interest: &Interest) -> Result<Effects, Undigestible> {
    let project = || {
        catch_unwind(AssertUnwindSafe(|| reader.digest(event, interest)))
            .unwrap_or_else(|_| Err(Undigestible("the projection panicked on this event".to_owned())))
    };
    (1..TRIES).fold(project(), |result, _| result.or_else(|_| project()))
}

/// 50 ms, doubled with each failure in a row, up to 5 s.
fn delay(failures: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << (failures.clamp(1, 8) - 1)).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::reader::MockReader;
    use super::super::{ActorStamp, Audience, EventId, Origin};
    use super::*;
    use crate::{ResourceKind, Subject, Timestamp};

    fn event(seq: usize) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::new(i64::try_from(seq).unwrap()).unwrap(),
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

    fn parked(step: &Step) -> Vec<i64> {
        step.effects.parked.iter().map(|event| event.seq.get()).collect()
    }

    #[test]
    fn an_event_that_cannot_be_projected_is_parked_at_its_fifth_try_and_holds_nothing_up() {
        let mut reader = MockReader::new();
        reader
            .expect_digest()
            .withf(|event, _| event.seq.get() == 3)
            .times(5)
            .returning(|_, _| Err(Undigestible("no".into())));
        reader.expect_digest().times(3).returning(|_, _| Ok(Effects::default()));
        let run = ReaderRun::default();
        let step = run.project(&reader, &[event(1), event(2), event(3), event(4)], &Interest::default()).unwrap();
        assert_eq!((step.to.get(), parked(&step)), (4, vec![3]));
        assert!(!run.is_failing());
    }

    #[test]
    fn what_passes_at_a_later_try_is_not_parked() {
        let mut reader = MockReader::new();
        let mut tries = 0;
        reader.expect_digest().times(5).returning(move |_, _| {
            tries += 1;
            if tries < 5 { Err(Undigestible("not yet".into())) } else { Ok(Effects::default()) }
        });
        let step = ReaderRun::default().project(&reader, &[event(1)], &Interest::default()).unwrap();
        assert_eq!(parked(&step), [0_i64; 0]);
    }

    #[test]
    fn a_panic_counts_as_a_failed_try() {
        let mut reader = MockReader::new();
        reader.expect_digest().times(5).returning(|_, _| panic!("on purpose"));
        let step = ReaderRun::default().project(&reader, &[event(1)], &Interest::default()).unwrap();
        assert_eq!(parked(&step), [1]);
    }

    /// Runs until the log is read to its end: a store that refuses every step with effects of an event in `refused`.
    /// Answers what was parked, what was written, and how many steps were refused.
    fn run_to_the_end(length: usize, refused: &BTreeSet<usize>) -> (Vec<i64>, Vec<usize>, usize) {
        let mut reader = MockReader::new();
        reader.expect_digest().returning(|_, _| Ok(Effects::default()));
        let (mut run, mut cursor) = (ReaderRun::default(), 0);
        let (mut given_up, mut written, mut refusals) = (Vec::new(), Vec::new(), 0);
        while cursor < length {
            let events: Vec<_> = (cursor + 1..=length).take(run.batch()).collect();
            let logged: Vec<_> = events.iter().map(|seq| event(*seq)).collect();
            let step = run.project(&reader, &logged, &Interest::default()).unwrap();
            let parks = parked(&step);
            if parks.is_empty() && events.iter().any(|seq| refused.contains(seq)) {
                refusals += 1;
                assert_eq!(run.refused(events.len(), &StoreError::refusal("no")), Duration::ZERO);
                assert!(!run.is_failing());
                continue;
            }
            if parks.is_empty() {
                written.extend(&events);
            }
            given_up.extend(parks);
            cursor += events.len();
            run.moved(events.len());
        }
        (given_up, written, refusals)
    }

    proptest! {
        #[test]
        fn of_a_refused_step_exactly_the_events_that_are_refused_are_parked(
            length in 1_usize..700, refused in prop::collection::btree_set(1_usize..700, 0..4),
        ) {
            let refused: BTreeSet<usize> = refused.into_iter().filter(|seq| *seq <= length).collect();
            let (given_up, written, refusals) = run_to_the_end(length, &refused);
            prop_assert_eq!(given_up, refused.iter().map(|seq| i64::try_from(*seq).unwrap()).collect::<Vec<_>>());
            prop_assert_eq!(written, (1..=length).filter(|seq| !refused.contains(seq)).collect::<Vec<_>>());
            prop_assert!(refusals <= refused.len() * 20, "{} refusals", refusals);
        }
    }

    #[test]
    fn an_event_that_the_store_refuses_is_parked_after_five_tries_alone() {
        let (given_up, written, refusals) = run_to_the_end(1, &BTreeSet::from([1]));
        assert_eq!((given_up, written.len(), refusals), (vec![1], 0, 5));
    }

    #[test]
    fn where_not_even_parking_is_possible_the_projection_waits() {
        let mut run = ReaderRun::default();
        for _ in 0..5 {
            assert_eq!(run.refused(1, &StoreError::refusal("no")), Duration::ZERO);
        }
        assert_eq!(run.refused(1, &StoreError::refusal("no")), FIRST_DELAY);
        assert!(run.is_failing());
    }

    #[test]
    fn an_outage_counts_against_no_event() {
        let mut run = ReaderRun::default();
        run.refused(2, &StoreError::refusal("no"));
        for _ in 0..20 {
            run.store_failed();
        }
        let mut reader = MockReader::new();
        reader.expect_digest().returning(|_, _| Ok(Effects::default()));
        let step = run.project(&reader, &[event(1)], &Interest::default()).unwrap();
        assert_eq!(parked(&step), [0_i64; 0]);
    }

    #[test]
    fn waiting_grows_from_50_ms_to_5_s_and_no_further() {
        let mut run = ReaderRun::default();
        let waits: Vec<u128> = (0..10).map(|_| run.store_failed().as_millis()).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
    }
}
