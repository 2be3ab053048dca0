//! Many clients that watch all episodes, and what reaches them.

use std::cell::RefCell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::tally::Tally;
use super::watcher::Watcher;
use crate::BenchError;

/// How long everybody may wait for the last event.
const PATIENCE: Duration = Duration::from_mins(1);

/// Connected clients. Their connections end with this value.
pub(crate) struct Crowd {
    account: Account,
    watchers: JoinSet<Result<Infallible, BenchError>>,
}

/// What was sent to a crowd and what has come, to be shared by those who send.
#[derive(Clone)]
pub(crate) struct Account {
    tally: Rc<RefCell<Tally>>,
    progress: Rc<Notify>,
}

impl Crowd {
    /// Connects `size` clients.
    pub(crate) async fn gather(address: SocketAddr, token: &str, size: u32) -> Result<Self, BenchError> {
        let account = Account { tally: Rc::new(RefCell::new(Tally::new(size))), progress: Rc::new(Notify::new()) };
        let mut watchers = JoinSet::new();
        for _ in 0..size {
            let watcher = Watcher::connect(address, token).await?;
            watchers.spawn_local(watcher.watch(account.tally.clone(), account.progress.clone()));
        }
        Ok(Self { account, watchers })
    }

    /// A new account for a new run.
    pub(crate) fn begin(&self) -> Account {
        self.account.tally.borrow_mut().begin();
        self.account.clone()
    }

    /// Carries out `sending` and then waits until everybody has had everything; a client that fails ends it.
    pub(crate) async fn witness<T>(
        &mut self,
        sending: impl Future<Output = Result<T, BenchError>>,
    ) -> Result<T, BenchError> {
        let account = self.account.clone();
        let all = async {
            let sent = sending.await?;
            let delivered = timeout(PATIENCE, account.until(|tally| tally.whole == tally.sent())).await;
            delivered.map_err(|_| BenchError::Late("every event is delivered".to_owned()))?;
            Ok(sent)
        };
        tokio::select! {
            done = all => done,
            Some(ended) = self.watchers.join_next() => match ended.map_err(std::io::Error::from)?? {},
        }
    }
}

impl Account {
    /// Waits until fewer than `most` events are still on their way to somebody, and answers the title of the next.
    pub(crate) async fn next(&self, most: usize) -> String {
        self.until(|tally| tally.sent() - tally.whole < most).await;
        Tally::title(self.tally.borrow_mut().send())
    }

    /// How many events were sent.
    pub(crate) fn sent(&self) -> usize {
        self.tally.borrow().sent()
    }

    /// How long events took to each who took them, in microseconds.
    pub(crate) fn delays(&self) -> Histogram<u64> {
        self.tally.borrow().delays.clone()
    }

    async fn until(&self, so: impl Fn(&Tally) -> bool) {
        while !so(&self.tally.borrow()) {
            self.progress.notified().await;
        }
    }
}
