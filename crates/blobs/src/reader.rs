//! Reading a blob.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::file::{BlobError, BlobReader, ByteRange};
use tokio::task::spawn_blocking;

/// How many bytes are read at once: each read is a way to another thread and back.
const CHUNK: u64 = 256 * 1024;

/// Reads a file piece by piece. A blob that is removed meanwhile is read to its end.
pub(crate) struct FileReader {
    file: Arc<File>,
    left: ByteRange,
}

impl FileReader {
    pub(crate) fn new(file: File, range: ByteRange) -> Self {
        Self { file: Arc::new(file), left: range }
    }
}

#[async_trait]
impl BlobReader for FileReader {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let (file, from) = (Arc::clone(&self.file), self.left.start);
        let length = CHUNK.min(self.left.end - from);
        let bytes = spawn_blocking(move || read(&file, from, length)).await.map_err(BlobError::new)?;
        self.left.start += length;
        bytes.map(Some).map_err(BlobError::new)
    }
}

fn read(file: &File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}

/// Reads no bytes at all.
pub(crate) struct Nothing;

#[async_trait]
impl BlobReader for Nothing {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(None)
    }
}
