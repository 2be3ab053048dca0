//! Sharing presence between nodes.

use async_trait::async_trait;

use super::{Changes, Flush, Flushed, NodeId, Revision};
use crate::{StoreError, Timestamp};

/// Keeps who is where, for all nodes.
///
/// Time is the store's own where nodes share it: `now`, the caller's clock, counts only in a store for one machine.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PresenceStore: Send + Sync {
    /// Writes `flush` under the next revision in one transaction. In the same one it MUST take every lease that has
    /// run out from its node, with all entries of that node, and forget looks that are over.
    async fn flush(&self, flush: Flush, now: Timestamp) -> Result<Flushed, StoreError>;

    /// What was written after `after`, but for `node`'s own entries; `None` where nothing was. Who has gone is
    /// remembered for a minute only: whoever has not read for longer must begin at revision 0.
    async fn changes(&self, after: Revision, node: NodeId, now: Timestamp) -> Result<Option<Changes>, StoreError>;

    /// Removes `node`'s lease and entries: it ends.
    async fn leave(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError>;
}
