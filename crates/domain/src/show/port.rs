//! Reading shows. They are written through the ledger.

use async_trait::async_trait;

use super::{Show, ShowAfter, ShowId, ShowQuery, Slug};
use crate::{Page, StoreError};

/// Reads shows.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ShowStore: Send + Sync {
    /// The show of this identifier.
    async fn find_show(&self, id: ShowId) -> Result<Option<Show>, StoreError>;

    /// The shows that have one of `slugs`.
    async fn find_shows_by_slug(&self, slugs: Vec<Slug>) -> Result<Vec<Show>, StoreError>;

    /// A page of the shows. Names MUST compare by their folded form's UTF-8 bytes, on every store alike.
    async fn list_shows(&self, query: ShowQuery) -> Result<Page<Show, ShowAfter>, StoreError>;
}
