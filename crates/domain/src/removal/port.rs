//! Finding what refers to a record.

use async_trait::async_trait;

use crate::composition::TemplateId;
use crate::episode::EpisodeId;
use crate::file::FileId;
use crate::show::ShowId;
use crate::{References, StoreError};

/// A record that others may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A file: layers of compositions and templates, outputs, and episodes' thumbnails.
    File(FileId),
    /// A show: its episodes, also those that were deleted softly.
    Show(ShowId),
    /// A template: the compositions that have chosen it.
    Template(TemplateId),
    /// An episode: compositions, files, and jobs that have not ended.
    Episode(EpisodeId),
}

/// Finds what refers to a record.
///
/// The ledger MUST NOT let a record leave that others refer to ([`CommitError::InUse`](crate::CommitError::InUse)), nor a
/// reference come to one that has left ([`CommitError::Dangling`](crate::CommitError::Dangling)), also against changes that other nodes commit
/// at the same time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ReferenceStore: Send + Sync {
    /// What refers to `target`: `limit` records at most, and how many there are, up to [`References::MOST`].
    async fn references(&self, target: Target, limit: usize) -> Result<References, StoreError>;
}
