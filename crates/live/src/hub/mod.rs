//! The hub: follows the log for all connections of this process.

mod accounts;
mod backoff;
mod batch;
mod follow;
mod pages;
mod ring;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use showrunner_domain::StoreError;
use showrunner_domain::event::{EventLog, Seq};
use showrunner_domain::identity::UserId;
use tokio::sync::watch;

use accounts::Accounts;
pub(crate) use accounts::Mark;
pub(crate) use backoff::Backoff;
pub(crate) use batch::Batch;
pub(crate) use pages::Page;
use pages::Pages;
pub(crate) use ring::{Recent, Ring};

/// What connections wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pulse {
    /// How far the hub has read; `None` until it has found the head.
    pub(crate) position: Option<Seq>,
    /// Which changes of accounts it has seen.
    pub(crate) accounts: Mark,
    /// Whether connections are to resume elsewhere.
    pub(crate) draining: bool,
}

/// Follows the log and holds its latest events for the connections of this process.
pub struct Hub {
    log: Arc<dyn EventLog>,
    /// Locked only to append a batch or to clone the `Arc` of one.
    ring: RwLock<Ring>,
    pages: Pages,
    accounts: RwLock<Accounts>,
    /// A watch, because a connection that was busy needs to know the latest position only.
    pulse: watch::Sender<Pulse>,
    connections: AtomicUsize,
}

impl Hub {
    /// A hub that will follow `log` once [`run`](Self::run) is polled.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>) -> Self {
        Self {
            log,
            ring: RwLock::default(),
            pages: Pages::default(),
            accounts: RwLock::default(),
            pulse: watch::Sender::new(Pulse { position: None, accounts: Mark::default(), draining: false }),
            connections: AtomicUsize::new(0),
        }
    }

    /// Asks every connection to resume elsewhere: each WebSocket is closed with
    /// [`RESUME`](crate::close_code::RESUME), each stream of events ends, and so does each that opens later.
    pub fn drain(&self) {
        self.pulse.send_modify(|pulse| pulse.draining = true);
    }

    /// Has every connection look whether its token was revoked.
    pub fn revoke(&self) {
        self.accounts.write().unwrap_or_else(PoisonError::into_inner).note_revocation();
        self.pulse.send_modify(|pulse| pulse.accounts = self.accounts_mark());
    }

    /// How many connections are open. A connection counts until its socket is closed, or cut.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Counts a connection for as long as the answer lives.
    pub(crate) fn join(self: Arc<Self>) -> Membership {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Membership(self)
    }

    pub(crate) fn log(&self) -> &dyn EventLog {
        self.log.as_ref()
    }

    pub(crate) fn pulse(&self) -> watch::Receiver<Pulse> {
        self.pulse.subscribe()
    }

    /// Which changes of accounts the hub has seen.
    pub(crate) fn mark(&self) -> Mark {
        self.pulse.borrow().accounts
    }

    /// Which changes it has noted by now. Asked while the pulse is written, so that no later mark is overwritten.
    fn accounts_mark(&self) -> Mark {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).mark()
    }

    /// Whether the account of `user` may have changed since `mark`.
    pub(crate) fn concerns(&self, user: UserId, mark: Mark) -> bool {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).concern(user, mark)
    }

    /// What the store holds after `position`.
    pub(crate) async fn page(&self, position: Seq) -> Result<Page, StoreError> {
        self.pages.after(self.log(), position).await
    }

    /// What the ring knows of the events after `position`.
    pub(crate) fn after(&self, position: Seq) -> Recent {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).after(position)
    }
}

/// A connection's place in the count.
pub(crate) struct Membership(Arc<Hub>);

impl std::ops::Deref for Membership {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.0
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
