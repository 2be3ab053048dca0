//! Reading the log, and knowing how far its readers have come.

use async_trait::async_trait;

use super::{History, LogBounds, LoggedEvent, ReaderName, Seq};
use crate::StoreError;

/// How much one read of the log answers at most. It answers at least one event where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimit {
    /// How many events.
    pub events: usize,
    /// How many bytes the `data` of all events but the last may have together.
    pub bytes: usize,
}

/// A run of events of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The events, in order. Every place between two of them, and before the first, was lost to a restore or removed by
    /// retention.
    pub events: Vec<LoggedEvent>,
    /// The last place that was looked at: that of the last event, or where there is none, the place up to which the log
    /// holds none.
    pub scanned: Seq,
}

/// Reads the log.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EventLog: Send + Sync {
    /// What the log holds now, read from the store.
    ///
    /// `head` MUST be at least the place of every event whose change was answered before this call, on any node.
    async fn bounds(&self) -> Result<LogBounds, StoreError>;

    /// What the log holds now, read as [`bounds`](Self::bounds) reads it, and what it knows of `place`.
    async fn history(&self, place: Seq) -> Result<History, StoreError>;

    /// The first events after `after`, in order.
    ///
    /// A page without events MUST have scanned up to the head where a restore has moved that on, so that whoever goes on
    /// from `scanned` is not held up by places that no event will ever have.
    async fn read(&self, after: Seq, limit: ReadLimit) -> Result<LogPage, StoreError>;

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
