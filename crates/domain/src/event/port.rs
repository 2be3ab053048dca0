//! Reading the log, and knowing how far its readers have come.

use async_trait::async_trait;

use super::{LogBounds, LoggedEvent, ReaderName, Seq};
use crate::StoreError;

/// Reads the log.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EventLog: Send + Sync {
    /// What the log holds now, read from the store.
    ///
    /// `head` MUST be at least the place of every event whose change was answered before this call, on any node.
    async fn bounds(&self) -> Result<LogBounds, StoreError>;

    /// The first `limit` events after `after`, in order and without a gap.
    async fn read(&self, after: Seq, limit: usize) -> Result<Vec<LoggedEvent>, StoreError>;

    /// Where the reader's cursor stands.
    async fn cursor(&self, reader: ReaderName) -> Result<Seq, StoreError>;

    /// Waits until the log probably holds an event after `after`. It may answer too early; it MUST NOT miss an event
    /// for longer than a second, whichever process committed it.
    async fn wait_beyond(&self, after: Seq);
}

/// Knows how far the readers have come in this process's view.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ReaderGate: Send + Sync {
    /// Waits until `reader` has passed `target`, at most 500 ms, and not at all for a reader that is known to be
    /// failing. Answers how many events it still has before it; 0 means that it has passed.
    async fn lag(&self, reader: ReaderName, target: Seq) -> u64;
}
