//! Pages of the log that several connections need at the same time: each is read once, and held once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as SyncMutex, PoisonError, Weak};

use showrunner_domain::StoreError;
use showrunner_domain::event::{EventLog, LogPage, ReadLimit, Seq};
use tokio::sync::{Mutex, Semaphore};

use super::Batch;
use super::batch::Content;

/// How much one read of the store takes: small, as every connection that is behind may hold a page of its own.
const PAGE: ReadLimit = ReadLimit { events: 256, bytes: 512 * 1024 };

/// A page that somebody reads, or whose bytes still wait for a client. It goes with the last of them.
type Slot = Arc<Mutex<Weak<Content>>>;

/// What the store holds after a place.
pub(crate) enum Page {
    /// These events, and maybe more.
    Events(Batch),
    /// No event up to this place.
    Empty(Seq),
}

/// The pages that connections are reading.
pub(super) struct Pages {
    slots: SyncMutex<BTreeMap<Seq, Slot>>,
    /// However many connections catch up, they leave room in the store for those who sign in, and for projections.
    reading: Semaphore,
}

impl Default for Pages {
    fn default() -> Self {
        Self { slots: SyncMutex::default(), reading: Semaphore::new(1) }
    }
}

impl Pages {
    /// The page of `log` after `position`. Who asks for the same one meanwhile waits for it.
    pub(super) async fn after(&self, log: &dyn EventLog, position: Seq) -> Result<Page, StoreError> {
        let slot = self.slot(position);
        let mut held = slot.lock().await;
        if let Some(content) = held.upgrade() {
            return Ok(Page::Events(Batch::from(content)));
        }
        let turn = self.reading.acquire().await;
        let LogPage { events, scanned } = log.read(position, PAGE).await?;
        drop(turn);
        if events.is_empty() {
            return Ok(Page::Empty(scanned));
        }
        let content: Arc<Content> = Arc::new(events.into_iter().collect());
        *held = Arc::downgrade(&content);
        Ok(Page::Events(Batch::from(content)))
    }

    fn slot(&self, position: Seq) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&position) {
            return Arc::clone(slot);
        }
        // A slot that is locked, or that somebody is about to lock, is in use.
        slots.retain(|_, slot| {
            Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|content| content.strong_count() > 0)
        });
        let slot = Slot::default();
        slots.insert(position, Arc::clone(&slot));
        slot
    }
}
