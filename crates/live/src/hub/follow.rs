//! Following the log for ever, whatever the store does.

use std::sync::{Arc, PoisonError, RwLockWriteGuard};
use std::time::Duration;

use showrunner_domain::StoreError;
use showrunner_domain::event::{LogPage, LoggedEvent, ReadLimit, Seq};
use showrunner_web::causes;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Backoff, Batch, Hub, Ring};

/// How much one read of the store takes.
const BATCH: ReadLimit = ReadLimit { events: 512, bytes: 1024 * 1024 };
/// How long a missed wake-up can delay an event.
const POLL: Duration = Duration::from_secs(1);

impl Hub {
    /// Follows the log until this future is dropped.
    ///
    /// A store that fails is tried again for ever, from where the hub stands. A panic is caught and logged, and the
    /// hub goes on from its last position, so that one faulty read does not end live delivery for good.
    pub async fn run(self: Arc<Self>) {
        let mut backoff = Backoff::default();
        loop {
            let before = self.position();
            // A set, because it takes its task along when this future is dropped.
            let mut task = JoinSet::new();
            task.spawn(Arc::clone(&self).follow());
            let ended = task.join_next().await;
            if self.position() != before {
                backoff.reset();
            }
            if let Some(Err(error)) = ended {
                tracing::error!(%error, position = ?self.position(), "the hub stopped: it starts again");
            }
            sleep(backoff.after_failure()).await;
        }
    }

    async fn follow(self: Arc<Self>) {
        let mut backoff = Backoff::default();
        loop {
            match self.step().await {
                Ok(()) => {
                    if backoff.reset() {
                        tracing::info!("the hub reads the log again");
                    }
                }
                Err(error) => {
                    if !backoff.is_failing() {
                        tracing::error!(
                            error = causes(&error),
                            "the hub cannot read the log: it keeps its position and tries again"
                        );
                    }
                    sleep(backoff.after_failure()).await;
                }
            }
        }
    }

    async fn step(&self) -> Result<(), StoreError> {
        let Some(position) = self.position() else {
            let head = self.log.bounds().await?.head;
            self.stand_at(head);
            return Ok(());
        };
        let LogPage { events, scanned } = self.log.read(position, BATCH).await?;
        if events.is_empty() && scanned > position {
            self.stand_at(scanned);
        } else if events.is_empty() {
            // Too early or too late are both fine: the log is read again.
            let _ = timeout(POLL, self.log.wait_beyond(position)).await;
        } else {
            self.publish(events);
        }
        Ok(())
    }

    fn publish(&self, events: Vec<LoggedEvent>) {
        let batch: Arc<Batch> = Arc::new(events.into_iter().collect());
        let Some(last) = batch.events().last().map(|last| last.event.seq) else { return };
        self.note_accounts(&batch);
        self.ring_mut().push(batch);
        self.pulse.send_modify(|pulse| {
            pulse.position = Some(last);
            pulse.accounts = self.accounts_mark();
        });
    }

    fn note_accounts(&self, batch: &Batch) {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        for live in batch.events() {
            accounts.note(&live.event);
        }
    }

    fn position(&self) -> Option<Seq> {
        self.pulse.borrow().position
    }

    /// Goes on after `position`, with nothing in the ring.
    fn stand_at(&self, position: Seq) {
        self.ring_mut().restart(position);
        self.pulse.send_modify(|pulse| pulse.position = Some(position));
    }

    fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }
}
