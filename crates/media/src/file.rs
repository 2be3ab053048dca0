//! Bytes on their way into a file and out of one.

use std::io;

use async_trait::async_trait;
use showrunner_domain::file::{BlobError, BlobReader};
use showrunner_domain::media::MediaError;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// How many bytes are read at once: each read is a way to another thread and back.
const CHUNK: usize = 256 * 1024;

/// Writes to `file` all that `reader` gives, which must be `length` bytes.
pub(crate) async fn receive(
    mut reader: Box<dyn BlobReader>,
    length: u64,
    file: std::fs::File,
) -> Result<std::fs::File, MediaError> {
    let (mut file, mut left) = (File::from_std(file), length);
    while let Some(bytes) = reader.next().await.map_err(MediaError::failed)? {
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| MediaError::failed("more came than was said"))?;
        file.write_all(&bytes).await.map_err(MediaError::failed)?;
    }
    if left > 0 {
        return Err(MediaError::failed(format!("{left} bytes less came than was said")));
    }
    file.flush().await.map_err(MediaError::failed)?;
    Ok(file.into_std().await)
}

/// That a file or folder could not be made, without its path: jobs tell their errors to people who need not know it.
pub(crate) fn not_made(error: &io::Error) -> MediaError {
    MediaError::failed(io::Error::from(error.kind()))
}

/// Reads a file to its end, and holds on to `home` meanwhile: what the file needs to be there.
pub(crate) struct FileReader<H> {
    file: File,
    _home: H,
}

impl<H> FileReader<H> {
    /// Reads from where `file` stands.
    pub(crate) fn new(file: std::fs::File, home: H) -> Self {
        Self { file: File::from_std(file), _home: home }
    }

    async fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::with_capacity(CHUNK);
        self.file.read_buf(&mut bytes).await?;
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

#[async_trait]
impl<H: Send + Sync> BlobReader for FileReader<H> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        self.chunk().await.map_err(BlobError::new)
    }
}
