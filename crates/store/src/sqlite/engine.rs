//! How this store runs work: reads in a pool, writes in the one writer.

use std::path::Path;

use tokio::sync::watch;

use super::queries::Readers;
use super::writer::Writer;
use super::{Conn, connect, pulse};
use crate::failure::Failure;
use crate::head::Head;

pub(super) struct Engine {
    readers: Readers,
    writer: Writer,
    head: Head,
    /// Keeps the pulse beating while nobody else follows.
    _follower: watch::Receiver<i64>,
}

impl Engine {
    pub(super) fn start(path: &Path) -> Result<Self, Failure> {
        let head = Head::new();
        let follower = head.follow();
        let writer = Writer::start(connect::writing(path)?, head.clone())?;
        pulse::start(path, head.clone())?;
        Ok(Self { readers: Readers::new(connect::reading_pool(path)?), writer, head, _follower: follower })
    }

    pub(super) const fn readers(&self) -> &Readers {
        &self.readers
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.run(work).await
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
