//! Blobs in a folder.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{Error, GetResultPayload, ObjectStoreExt as _, WriteMultipart};
use showrunner_domain::Timestamp;
use showrunner_domain::file::{BlobError, BlobKey, BlobReader, BlobStore, BlobWriter, ByteRange};
use tokio::task::spawn_blocking;

use crate::reader::{FileReader, Nothing};
use crate::sweep::sweep;
use crate::writer::Writer;

/// Keeps blobs in a folder, each in a file of its own.
pub struct Folder {
    root: PathBuf,
    store: LocalFileSystem,
}

impl Folder {
    /// Keeps blobs in `root`, which must exist.
    ///
    /// # Errors
    /// Where it does not.
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        let store = LocalFileSystem::new_with_prefix(root).map_err(BlobError::new)?.with_fsync(true);
        Ok(Self { root: root.to_owned(), store })
    }
}

/// Where a blob lies: in one of 256 folders, after the last byte of its key, which is random.
fn place(key: BlobKey) -> Place {
    let uuid = key.uuid();
    Place::from(format!("{:02x}/{uuid}", uuid.as_bytes()[15]))
}

#[async_trait]
impl BlobStore for Folder {
    async fn begin(&self, key: BlobKey) -> Result<Box<dyn BlobWriter>, BlobError> {
        let upload = self.store.put_multipart(&place(key)).await.map_err(BlobError::new)?;
        Ok(Box::new(Writer::new(WriteMultipart::new(upload))))
    }

    async fn open(&self, key: BlobKey, range: ByteRange) -> Result<Box<dyn BlobReader>, BlobError> {
        if range.is_empty() {
            return Ok(Box::new(Nothing));
        }
        let found = self.store.get(&place(key)).await.map_err(BlobError::new)?;
        if found.meta.size < range.end {
            return Err(BlobError::new(format!("blob {key} has {} bytes and not {}", found.meta.size, range.end)));
        }
        match found.payload {
            GetResultPayload::File(file, _) => Ok(Box::new(FileReader::new(file, range))),
            GetResultPayload::Stream(_) => Err(BlobError::new("a folder answers files")),
        }
    }

    async fn remove(&self, key: BlobKey) -> Result<(), BlobError> {
        match self.store.delete(&place(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BlobError::new(error)),
        }
    }

    async fn sweep(&self, before: Timestamp) -> Result<Vec<BlobKey>, BlobError> {
        let root = self.root.clone();
        spawn_blocking(move || sweep(&root, before)).await.map_err(BlobError::new)?.map_err(BlobError::new)
    }
}
