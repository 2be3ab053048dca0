//! Reading compositions, their versions and outputs. They are written through the ledger.

use async_trait::async_trait;

use super::{Composition, CompositionAfter, CompositionId, CompositionQuery, CompositionVersion, Output};
use crate::episode::EpisodeId;
use crate::file::{File, Sha256};
use crate::{Limit, Page, StoreError, Version};

/// Reads compositions.
///
/// The ledger keeps the [`CompositionVersion`] of every change, and MUST let no more than one composition of an episode be
/// its primary ([`CommitError::AlreadyExists`](crate::CommitError::AlreadyExists) otherwise).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait CompositionStore: Send + Sync {
    /// The composition of this identifier.
    async fn find_composition(&self, id: CompositionId) -> Result<Option<Composition>, StoreError>;

    /// The composition that stands for this episode.
    async fn find_primary(&self, episode: EpisodeId) -> Result<Option<Composition>, StoreError>;

    /// A page of the compositions, the newest first. Names MUST be searched by their folded form.
    async fn list_compositions(
        &self,
        query: CompositionQuery,
    ) -> Result<Page<Composition, CompositionAfter>, StoreError>;

    /// A page of a composition's versions, the latest first: those `before` this one.
    async fn list_versions(
        &self,
        id: CompositionId,
        before: Option<Version>,
        limit: Limit,
    ) -> Result<Page<CompositionVersion, Version>, StoreError>;

    /// What a composition was in this version.
    async fn find_version(&self, id: CompositionId, version: Version)
    -> Result<Option<CompositionVersion>, StoreError>;

    /// All outputs of a composition, by format and encoding.
    async fn list_outputs(&self, id: CompositionId) -> Result<Vec<Output>, StoreError>;

    /// A file that holds what was rendered of this key.
    async fn find_rendering(&self, key: Sha256) -> Result<Option<File>, StoreError>;
}
