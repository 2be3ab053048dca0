//! Reading episodes. They are written through the ledger.

use async_trait::async_trait;

use super::{Episode, EpisodeAfter, EpisodeId, EpisodeQuery};
use crate::{Page, StoreError};

/// Reads episodes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EpisodeStore: Send + Sync {
    /// The episode of this identifier, also a deleted one.
    async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, StoreError>;

    /// A page of the episodes that are not deleted.
    ///
    /// Text MUST compare by its folded form's UTF-8 bytes, and empty values come last, on every store alike.
    async fn list_episodes(&self, query: EpisodeQuery) -> Result<Page<Episode, EpisodeAfter>, StoreError>;
}
