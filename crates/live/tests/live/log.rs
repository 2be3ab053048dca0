//! A log in memory that fails, panics and forgets when it is told to.

use std::sync::Mutex;

use async_trait::async_trait;
use showrunner_domain::event::{
    ActorStamp, Audience, EventId, EventLog, History, LogBounds, LogPage, LoggedEvent, LostRange, Origin, ReadLimit,
    ReaderName, Seq,
};
use showrunner_domain::{ResourceKind, StoreError, Subject, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

/// The log.
#[derive(Default)]
pub(crate) struct MemoryLog {
    state: Mutex<State>,
    grown: Notify,
}

#[derive(Default)]
struct State {
    /// In the order of their places; retention only moves `first`.
    events: Vec<LoggedEvent>,
    head: usize,
    lost: Vec<LostRange>,
    forgotten: usize,
    failing: bool,
    panics_left: usize,
    panics_seen: usize,
}

/// The place `number`.
pub(crate) fn seq(number: usize) -> Seq {
    Seq::new(i64::try_from(number).unwrap()).unwrap()
}

/// The episode `number`.
pub(crate) fn episode(number: u128) -> Subject {
    Subject::new(ResourceKind::Episode, Uuid::from_u128(number))
}

impl MemoryLog {
    /// A log that holds `count` events of episode 1.
    pub(crate) fn holding(count: usize) -> Self {
        let log = Self::default();
        log.grow(count);
        log
    }

    /// Appends an event and answers its place.
    pub(crate) fn append(&self, subject: Subject, audience: Audience, data: &str) -> usize {
        self.append_named("episode_updated", subject, audience, data)
    }

    /// Appends that something became of a user's account, for admins.
    pub(crate) fn tell_of_account(&self, name: &str, user: u128) {
        self.append_named(name, Subject::new(ResourceKind::User, Uuid::from_u128(user)), Audience::Admins, "{}");
    }

    /// Holds `event`, whose place must be the next one.
    pub(crate) fn hold(&self, event: LoggedEvent) {
        let mut state = self.state.lock().unwrap();
        state.head += 1;
        assert_eq!(event.seq, seq(state.head));
        state.events.push(event);
        drop(state);
        self.grown.notify_waiters();
    }

    fn append_named(&self, name: &str, subject: Subject, audience: Audience, data: &str) -> usize {
        let mut state = self.state.lock().unwrap();
        state.head += 1;
        let place = state.head;
        state.events.push(LoggedEvent {
            seq: seq(place),
            id: EventId::new(Uuid::from_u128(place as u128)),
            name: name.to_owned(),
            data: data.to_owned(),
            timestamp: Timestamp::from_micros(1).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            subject,
            show: None,
            owner: None,
            audience,
        });
        drop(state);
        self.grown.notify_waiters();
        place
    }

    /// Appends `count` events of episode 1.
    pub(crate) fn grow(&self, count: usize) {
        for _ in 0..count {
            self.append(episode(1), Audience::Readers, "{}");
        }
    }

    /// Forgets the events up to place `last`, as retention does.
    pub(crate) fn forget(&self, last: usize) {
        self.state.lock().unwrap().forgotten = last;
    }

    /// Moves the head on by so many places that no event will have, as `showrunner restored` does.
    pub(crate) fn move_on(&self, places: usize) {
        let mut state = self.state.lock().unwrap();
        let (first, last) = (seq(state.head + 1), seq(state.head + places));
        state.lost.push(LostRange { first, last });
        state.head += places;
        drop(state);
        self.grown.notify_waiters();
    }

    /// Makes every call fail, or no longer.
    pub(crate) fn fail(&self, failing: bool) {
        self.state.lock().unwrap().failing = failing;
    }

    /// Makes the next `times` reads panic.
    pub(crate) fn panic(&self, times: usize) {
        self.state.lock().unwrap().panics_left = times;
        self.grown.notify_waiters();
    }

    /// How many reads have panicked.
    pub(crate) fn panics_seen(&self) -> usize {
        self.state.lock().unwrap().panics_seen
    }
}

impl State {
    fn bounds(&self) -> LogBounds {
        LogBounds { first: seq(self.forgotten + 1), head: seq(self.head) }
    }

    fn held(&self) -> impl Iterator<Item = &LoggedEvent> {
        self.events.iter().filter(|event| event.seq > seq(self.forgotten))
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failing { Err(StoreError::new("the log is out of order")) } else { Ok(()) }
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn bounds(&self) -> Result<LogBounds, StoreError> {
        let state = self.state.lock().unwrap();
        state.check()?;
        Ok(state.bounds())
    }

    async fn history(&self, place: Seq) -> Result<History, StoreError> {
        let state = self.state.lock().unwrap();
        state.check()?;
        let event = state.held().find(|event| event.seq == place).map(|event| event.id);
        let lost = state.lost.iter().any(|range| (range.first..range.last).contains(&place));
        Ok(History { bounds: state.bounds(), event, lost })
    }

    async fn read(&self, after: Seq, limit: ReadLimit) -> Result<LogPage, StoreError> {
        let mut state = self.state.lock().unwrap();
        if state.panics_left > 0 {
            state.panics_left -= 1;
            state.panics_seen += 1;
            drop(state);
            panic!("the log panics because a test wants it to");
        }
        state.check()?;
        let mut left = limit.bytes;
        let fits = |event: &&LoggedEvent| {
            let fits = left > 0;
            left = left.saturating_sub(event.data.len());
            fits
        };
        let events = state.held().skip_while(|event| event.seq <= after).take(limit.events).take_while(fits);
        let events: Vec<LoggedEvent> = events.cloned().collect();
        let end = state.bounds().head.max(after);
        Ok(LogPage { scanned: events.last().map_or(end, |last| last.seq), events })
    }

    async fn cursor(&self, _: ReaderName) -> Result<Seq, StoreError> {
        Ok(Seq::START)
    }

    async fn wait_beyond(&self, after: Seq) {
        let grown = self.grown.notified();
        let reached = {
            let state = self.state.lock().unwrap();
            state.bounds().head > after || state.panics_left > 0
        };
        if !reached {
            grown.await;
        }
    }
}
