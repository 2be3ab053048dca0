//! How this store runs work: reads and writes in one pool, each write a transaction.

use std::sync::mpsc::{SyncSender, sync_channel};

use diesel::Connection;
use tokio::sync::watch;

use super::queries::Readers;
use super::{Conn, connect, numberer};
use crate::failure::Failure;
use crate::head::Head;

pub(super) struct Engine {
    pool: Readers,
    nudge: SyncSender<()>,
    head: Head,
}

impl Engine {
    pub(super) fn start(url: &str) -> Result<Self, Failure> {
        let head = Head::new();
        // One waiting nudge is enough: it is answered by numbering everything.
        let (nudge, nudges) = sync_channel(1);
        let pool = Readers::new(connect::pool(url)?);
        numberer::start(url.to_owned(), nudges, head.clone())?;
        Ok(Self { pool, nudge, head })
    }

    pub(super) const fn readers(&self) -> &Readers {
        &self.pool
    }

    /// Runs `work`. However short it is, it waits for the server: never on the thread that asks.
    pub(super) async fn read_briefly<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.pool.run(work).await
    }

    pub(super) async fn write<T, F>(&self, mut work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let result = self.pool.run(move |conn| conn.transaction(|conn| work(conn))).await;
        let _ = self.nudge.try_send(());
        result
    }

    /// Follows the head of the log, as far as this process has seen it.
    pub(super) fn head(&self) -> watch::Receiver<i64> {
        self.head.follow()
    }

    /// Notes that the log was seen to reach `head`.
    pub(super) fn saw(&self, head: i64) {
        self.head.publish(head);
    }
}
