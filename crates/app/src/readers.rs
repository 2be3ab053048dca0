//! The loop that runs a projection: read, project, advance. When to wait and what to park is the domain's to say.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use showrunner_domain::event::{Effects, EventLog, LogPage, ReadLimit, Reader, ReaderGate, ReaderName, ReaderRun, Seq};
use showrunner_domain::notification::{Interest, PreferenceStore};
use showrunner_domain::{Advance, Advanced, Ledger, StoreError};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// How many bytes of events one step takes, and one event more.
const BYTES: usize = 1024 * 1024;
/// How long to wait for news before looking by oneself.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A reader that has caught up rests as long as its step took, and at most this long.
const LONGEST_REST: Duration = Duration::from_millis(10);
/// How long somebody who reads waits for a reader.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far a reader has come, as this process sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// Where its cursor stands.
    pub(crate) cursor: Seq,
    /// Whether it is known to be failing.
    pub(crate) failing: bool,
    /// When it last moved on, or had nothing to do.
    pub(crate) active_at: Instant,
}

/// How far all readers have come.
pub(crate) struct Board {
    activity: watch::Sender<Progress>,
    notification: watch::Sender<Progress>,
}

impl Board {
    /// A board on which no reader has begun.
    pub(crate) fn new() -> Self {
        let start = Progress { cursor: Seq::START, failing: false, active_at: Instant::now() };
        Self { activity: watch::Sender::new(start), notification: watch::Sender::new(start) }
    }

    /// How far each reader has come.
    pub(crate) fn progress(&self) -> impl Iterator<Item = (ReaderName, Progress)> {
        ReaderName::ALL.into_iter().map(|reader| (reader, *self.of(reader).borrow()))
    }

    fn of(&self, reader: ReaderName) -> &watch::Sender<Progress> {
        match reader {
            ReaderName::Activity => &self.activity,
            ReaderName::Notification => &self.notification,
        }
    }
}

#[async_trait]
impl ReaderGate for Board {
    async fn lag(&self, reader: ReaderName, target: Seq) -> u64 {
        let mut progress = self.of(reader).subscribe();
        let arrived = progress.wait_for(|progress| progress.cursor >= target || progress.failing);
        let _ = timeout(PATIENCE, arrived).await;
        target.since(self.of(reader).borrow().cursor)
    }
}

/// What a reader's loop works with.
pub(crate) struct ReaderLoop {
    /// Who reads.
    pub(crate) reader: Arc<dyn Reader>,
    /// What it reads.
    pub(crate) log: Arc<dyn EventLog>,
    /// Knows the people whom events concern.
    pub(crate) preferences: Arc<dyn PreferenceStore>,
    /// Where its effects go.
    pub(crate) ledger: Arc<dyn Ledger>,
    /// Where it tells how far it has come.
    pub(crate) board: Arc<Board>,
}

impl ReaderLoop {
    /// Runs for ever.
    pub(crate) async fn run(self) {
        let mut run = ReaderRun::default();
        loop {
            let pause = match self.step(&mut run).await {
                Ok(pause) => pause,
                Err(error) => {
                    let reader = self.reader.name();
                    if !run.is_failing() {
                        tracing::error!(%reader, %error, "a reader of the log is held up");
                    }
                    Some(run.store_failed())
                }
            };
            self.tell(|progress| progress.failing = run.is_failing());
            if let Some(pause) = pause {
                sleep(pause).await;
            }
        }
    }

    /// One step; answers how long to wait before the next one.
    async fn step(&self, run: &mut ReaderRun) -> Result<Option<Duration>, StoreError> {
        let reader = self.reader.name();
        let from = self.log.cursor(reader).await?;
        self.reached(from);
        let begun = Instant::now();
        let batch = run.batch();
        let LogPage { events, scanned } = self.log.read(from, ReadLimit { events: batch, bytes: BYTES }).await?;
        if events.is_empty() && scanned > from {
            return self.pass_over(run, from, scanned).await;
        }
        let interest = match self.reader.concern(&events) {
            concern if concern.is_empty() => Interest::default(),
            concern => self.preferences.find_interest(concern).await?,
        };
        let Some(step) = run.project(self.reader.as_ref(), &events, &interest) else {
            run.idle();
            self.tell(|progress| (progress.failing, progress.active_at) = (run.is_failing(), Instant::now()));
            let _ = timeout(LOOK_EVERY, self.log.wait_beyond(from)).await;
            return Ok(None);
        };
        let (to, parked) = (step.to, step.effects.parked.clone());
        match self.ledger.advance(Advance { reader, from, to, effects: step.effects }).await {
            Ok(Advanced::Done) => {
                run.moved(events.len());
                self.reached(to);
                for event in parked {
                    tracing::error!(%reader, seq = %event.seq, reason = event.reason, "an event was parked");
                }
            }
            Ok(Advanced::Lost) => run.moved(0),
            Err(error) if error.is_refusal() => {
                tracing::warn!(%reader, %from, %to, %error, "the store refuses a step: the event at fault is looked for");
                return Ok(Some(run.refused(events.len(), &error)));
            }
            Err(error) => return Err(error),
        }
        // What comes while it rests shares one step: a step costs much, and another event little.
        Ok((events.len() < batch).then(|| begun.elapsed().min(LONGEST_REST)))
    }

    /// Moves the cursor over places that no event will ever have.
    async fn pass_over(&self, run: &mut ReaderRun, from: Seq, to: Seq) -> Result<Option<Duration>, StoreError> {
        let reader = self.reader.name();
        if self.ledger.advance(Advance { reader, from, to, effects: Effects::default() }).await? == Advanced::Done {
            self.reached(to);
        }
        run.moved(0);
        Ok(None)
    }

    fn reached(&self, cursor: Seq) {
        self.tell(|progress| {
            if cursor != progress.cursor {
                (progress.cursor, progress.active_at) = (cursor, Instant::now());
            }
        });
    }

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
        self.board.of(self.reader.name()).send_modify(change);
    }
}
