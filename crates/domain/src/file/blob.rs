//! Where bytes lie, and what is found out about them on the way.

use std::ops::Range;

use async_trait::async_trait;
use thiserror::Error;

use super::{ContentType, Sha256};
use crate::Timestamp;
use crate::id::id;

id! {
    /// Names a blob, and says nothing of it.
    BlobKey
}

/// Bytes from one place up to another, which is not among them.
pub type ByteRange = Range<u64>;

/// The blob store was out of reach, full, or does not hold what it should.
///
/// The cause is for the log, never for the caller.
#[derive(Debug, Error)]
#[error("the blob store failed: {0}")]
pub struct BlobError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl BlobError {
    /// Wraps the adapter's own error.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// What was wrapped.
    #[must_use]
    pub fn cause(&self) -> &(dyn std::error::Error + Send + Sync) {
        self.0.as_ref()
    }
}

/// Keeps bytes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Begins to write a new blob. Nothing is there under `key` until the writer has finished.
    async fn begin(&self, key: BlobKey) -> Result<Box<dyn BlobWriter>, BlobError>;

    /// Begins to read these bytes of a blob.
    async fn open(&self, key: BlobKey, range: ByteRange) -> Result<Box<dyn BlobReader>, BlobError>;

    /// Removes a blob. One that is not there is removed already; who is reading it reads on where that is possible.
    async fn remove(&self, key: BlobKey) -> Result<(), BlobError>;

    /// Removes what was begun and not finished and has not grown since `before`, and answers the keys of blobs that were
    /// finished before that.
    async fn sweep(&self, before: Timestamp) -> Result<Vec<BlobKey>, BlobError>;
}

/// Writes one blob. A writer that is dropped before it has finished MUST leave nothing behind, in the end.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait BlobWriter: Send {
    /// Appends `bytes`. MUST hold no more than a bounded number of bytes in memory.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError>;

    /// Answers when all of it is durable.
    async fn finish(self: Box<Self>) -> Result<(), BlobError>;
}

/// Reads one blob.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait BlobReader: Send {
    /// The next bytes; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError>;
}

/// Finds out what bytes are.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Inspector: Send + Sync {
    /// Begins to look at bytes that come one after the other.
    fn begin(&self) -> Box<dyn Inspection>;

    /// The media type of content that begins with `head`, whatever its name.
    fn content_type(&self, head: &[u8]) -> ContentType;
}

/// Looks at bytes that come one after the other.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Inspection: Send {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]);

    /// The digest of all that were taken.
    fn digest(self: Box<Self>) -> Sha256;
}
