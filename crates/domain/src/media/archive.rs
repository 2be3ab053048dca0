//! The port to archives: ZIP files that hold others.

use async_trait::async_trait;

use super::MediaError;
use crate::file::{BlobReader, FileName};

/// Reads and writes archives.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ArchiveTool: Send + Sync {
    /// Takes an archive in hand until the answer is dropped. `length` is how many bytes it has.
    ///
    /// # Errors
    /// [`MediaError::Unusable`] where it is none, is cut off, encrypted, or holds paths that lead out of it;
    /// [`MediaError::TooMuch`] where it holds more than 10,000 files, or unpacks to more than a bound.
    async fn open(&self, archive: Box<dyn BlobReader>, length: u64) -> Result<Box<dyn OpenArchive>, MediaError>;

    /// Begins a new archive.
    async fn begin(&self) -> Result<Box<dyn ArchiveWriter>, MediaError>;
}

/// An archive in hand.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OpenArchive: Send + Sync {
    /// The files in it, by their own names without folders. What other programs leave in archives for themselves is not
    /// among them.
    fn entries(&self) -> &[ArchiveEntry];

    /// Begins to read one of [`OpenArchive::entries`], by its place among them.
    ///
    /// The reader fails where more comes than the entry said, or something else than its checksum says.
    async fn read(&self, entry: usize) -> Result<Box<dyn BlobReader>, MediaError>;
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// Its name, without folders.
    pub name: FileName,
    /// How many bytes it has, as the archive says.
    pub size: u64,
}

/// An archive on its way. Names within it MUST be given once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ArchiveWriter: Send {
    /// Begins a file. What is written next is in it.
    async fn begin_file(&mut self, name: &str) -> Result<(), MediaError>;

    /// Appends `bytes` to the file that was begun last.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), MediaError>;

    /// Ends the archive and begins to read it.
    async fn finish(self: Box<Self>) -> Result<Box<dyn BlobReader>, MediaError>;
}
