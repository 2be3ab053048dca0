//! The latest events, as far as a bound on number and memory allows.

use std::collections::VecDeque;
use std::sync::Arc;

use showrunner_domain::event::Seq;

use super::Batch;

/// How many events the ring holds at most.
const EVENTS: usize = 4096;
/// How many bytes the ring's events take at most, roughly.
const BYTES: usize = 8 * 1024 * 1024;

/// What the ring knows of the events after a position.
#[derive(Debug)]
pub(crate) enum Recent {
    /// The hub has read none after it yet.
    Reached,
    /// Holds the event after it, then its neighbours in order; the beginning may lie before it.
    Batch(Arc<Batch>),
    /// The ring no longer holds the next one: the store must be asked.
    Earlier,
}

/// A run of neighbouring events that ends where the hub stands, in the batches in which they were read.
#[derive(Debug)]
pub(crate) struct Ring {
    /// Shared batches, so that the lock is held for one clone and never while anything is sent.
    batches: VecDeque<Arc<Batch>>,
    events: usize,
    bytes: usize,
    end: Seq,
}

impl Default for Ring {
    fn default() -> Self {
        Self { batches: VecDeque::new(), events: 0, bytes: 0, end: Seq::START }
    }
}

impl Ring {
    /// Forgets everything and goes on after `end`.
    pub(crate) fn restart(&mut self, end: Seq) {
        *self = Self { end, ..Self::default() };
    }

    /// Appends a batch of neighbouring events. Where it does not follow on what the ring holds, it replaces that.
    pub(crate) fn push(&mut self, batch: Arc<Batch>) {
        let (Some(first), Some(last)) = (batch.events().first(), batch.events().last()) else { return };
        if first.event.seq != self.end.next() {
            self.restart(self.end);
        }
        self.end = last.event.seq;
        self.events += batch.events().len();
        self.bytes += batch.weight();
        self.batches.push_back(batch);
        while self.events > EVENTS || self.bytes > BYTES {
            let Some(oldest) = self.batches.pop_front() else { return };
            self.events -= oldest.events().len();
            self.bytes -= oldest.weight();
        }
    }

    pub(crate) fn after(&self, position: Seq) -> Recent {
        if position >= self.end {
            return Recent::Reached;
        }
        let ends_before = |batch: &Arc<Batch>| batch.events().last().is_none_or(|last| last.event.seq <= position);
        match self.batches.get(self.batches.partition_point(ends_before)) {
            Some(batch) if batch.events().first().is_some_and(|first| first.event.seq <= position.next()) => {
                Recent::Batch(Arc::clone(batch))
            }
            _ => Recent::Earlier,
        }
    }
}

#[cfg(test)]
mod tests {
    use showrunner_domain::event::{ActorStamp, Audience, EventId, LoggedEvent, Origin};
    use showrunner_domain::{ResourceKind, Subject, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn seq(number: i64) -> Seq {
        Seq::new(number).unwrap()
    }

    fn batch(places: std::ops::RangeInclusive<i64>, data: &str) -> Arc<Batch> {
        let event = |place| LoggedEvent {
            seq: seq(place),
            id: EventId::new(Uuid::nil()),
            name: "episode_updated".to_owned(),
            data: data.to_owned(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            subject: Subject::new(ResourceKind::Episode, Uuid::nil()),
            show: None,
            owner: None,
            audience: Audience::Readers,
        };
        Arc::new(places.map(event).collect())
    }

    /// The places of the batch that holds what comes after `position`, or what the ring says instead.
    fn after(ring: &Ring, position: i64) -> Result<(i64, i64), &'static str> {
        match ring.after(seq(position)) {
            Recent::Reached => Err("reached"),
            Recent::Earlier => Err("earlier"),
            Recent::Batch(batch) => {
                let places = batch.events();
                Ok((places[0].event.seq.get(), places[places.len() - 1].event.seq.get()))
            }
        }
    }

    #[test]
    fn every_position_finds_the_batch_that_goes_on_after_it() {
        let mut ring = Ring::default();
        ring.restart(seq(4));
        ring.push(batch(5..=7, "{}"));
        ring.push(batch(8..=8, "{}"));
        let found: Vec<_> = (3..=9).map(|position| after(&ring, position)).collect();
        let (early, late) = (Ok((5, 7)), Ok((8, 8)));
        assert_eq!(found, [Err("earlier"), early, early, early, late, Err("reached"), Err("reached")]);
    }

    #[test]
    fn a_batch_that_does_not_follow_replaces_what_was_there() {
        let mut ring = Ring::default();
        ring.push(batch(1..=3, "{}"));
        ring.push(batch(9..=9, "{}"));
        assert_eq!([after(&ring, 2), after(&ring, 3), after(&ring, 7)], [Err("earlier"); 3]);
        assert_eq!(after(&ring, 8), Ok((9, 9)));
    }

    #[test]
    fn the_oldest_batches_go_when_there_are_too_many_events_or_bytes() {
        let mut ring = Ring::default();
        for n in 0..9 {
            ring.push(batch(n * 512 + 1..=n * 512 + 512, "{}"));
        }
        assert_eq!(ring.events, EVENTS);
        assert_eq!(after(&ring, 511), Err("earlier"));
        assert_eq!(after(&ring, 512), Ok((513, 1024)));

        ring.push(batch(9 * 512 + 1..=9 * 512 + 1, &"x".repeat(BYTES)));
        assert_eq!((ring.events, ring.bytes), (0, 0));
        assert_eq!(after(&ring, 9 * 512), Err("earlier"));
        assert_eq!(after(&ring, 9 * 512 + 1), Err("reached"));
    }
}
