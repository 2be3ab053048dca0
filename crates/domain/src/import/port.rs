//! What an import must know of the store before it writes.

use async_trait::async_trait;

use crate::StoreError;
use crate::episode::{EpisodeNumber, SeasonNumber};
use crate::show::{Show, ShowId, ShowName, Slug};

/// Looks up many records at once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ImportStore: Send + Sync {
    /// Every show that is called like one of `names` ([`fold`](crate::fold)) or has one of `slugs`. Of the shows of one name at
    /// least two MUST be among them where there are several, and those that have one of `slugs`.
    async fn find_shows_called(&self, names: Vec<ShowName>, slugs: Vec<Slug>) -> Result<Vec<Show>, StoreError>;

    /// Which of `numbers` the episodes of a show's season have, deleted ones left aside.
    async fn find_taken_numbers(
        &self,
        show: ShowId,
        season: Option<SeasonNumber>,
        numbers: Vec<EpisodeNumber>,
    ) -> Result<Vec<EpisodeNumber>, StoreError>;
}
