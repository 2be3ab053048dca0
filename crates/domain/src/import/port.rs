//! What an import must know of the store before it writes.

use async_trait::async_trait;

use crate::StoreError;
use crate::episode::{EpisodeNumber, SeasonNumber};
use crate::show::{Show, ShowId, ShowName};

/// Looks up many records at once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ImportStore: Send + Sync {
    /// The shows that are called like one of `names`, whatever its case, or have one of them as their slug.
    async fn find_shows_called(&self, names: Vec<ShowName>) -> Result<Vec<Show>, StoreError>;

    /// Which of `numbers` the episodes of a show's season have, deleted ones left aside.
    async fn find_taken_numbers(
        &self,
        show: ShowId,
        season: Option<SeasonNumber>,
        numbers: Vec<EpisodeNumber>,
    ) -> Result<Vec<EpisodeNumber>, StoreError>;
}
