//! Reading files' records. They are written through the ledger.

use async_trait::async_trait;

use super::{Blob, BlobKey, File, FileAfter, FileId, FileQuery, Sha256};
use crate::{Page, StoreError};

/// Reads files' records.
///
/// The ledger keeps which blobs are in use: a file's blob is noted with its first file, MUST be unique by its digest
/// ([`CommitError::AlreadyExists`](crate::CommitError::AlreadyExists) otherwise), and is forgotten with its last file.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait FileStore: Send + Sync {
    /// The file of this identifier.
    async fn find_file(&self, id: FileId) -> Result<Option<File>, StoreError>;

    /// A page of the files, the newest first. Names MUST be searched by their folded form.
    async fn list_files(&self, query: FileQuery) -> Result<Page<File, FileAfter>, StoreError>;

    /// The blob in use that has this digest.
    async fn find_blob(&self, sha256: Sha256) -> Result<Option<Blob>, StoreError>;

    /// Which of these keys are in use.
    async fn blobs_in_use(&self, keys: Vec<BlobKey>) -> Result<Vec<BlobKey>, StoreError>;
}
