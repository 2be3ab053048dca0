//! Writing an archive. Equal content gives equal bytes.

use std::fs::File;
use std::io::{Seek as _, Write as _};

use async_trait::async_trait;
use showrunner_domain::file::BlobReader;
use showrunner_domain::media::{ArchiveWriter, MediaError};
use tokio::task::spawn_blocking;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::file::FileReader;

/// How much is collected before it is packed, in bytes: packing is a way to another thread and back.
const CHUNK: usize = 256 * 1024;

/// Packs into a file. `archive` is elsewhere while it works; where that was broken off, or has failed, it does not come back.
pub(super) struct Writer {
    archive: Option<ZipWriter<File>>,
    waiting: Vec<u8>,
}

impl Writer {
    pub(super) fn new(file: File) -> Self {
        Self { archive: Some(ZipWriter::new(file)), waiting: Vec::new() }
    }

    /// Packs what waits, and then does `next`.
    async fn work<T: Send + 'static>(
        &mut self,
        next: impl FnOnce(ZipWriter<File>) -> ZipResult<T> + Send + 'static,
    ) -> Result<T, MediaError> {
        let broken = || MediaError::failed("the archive was broken off");
        let (mut archive, bytes) = (self.archive.take().ok_or_else(broken)?, std::mem::take(&mut self.waiting));
        let work = move || {
            archive.write_all(&bytes)?;
            next(archive)
        };
        spawn_blocking(work).await.map_err(MediaError::failed)?.map_err(MediaError::failed)
    }
}

#[async_trait]
impl ArchiveWriter for Writer {
    async fn begin_file(&mut self, name: &str) -> Result<(), MediaError> {
        let (name, options) = (name.to_owned(), options());
        let begun = self.work(move |mut archive| archive.start_file(name, options).map(|()| archive)).await?;
        self.archive = Some(begun);
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.archive = Some(self.work(Ok).await?);
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<Box<dyn BlobReader>, MediaError> {
        let file = self.work(|archive| {
            let mut file = archive.finish()?;
            file.rewind()?;
            Ok(file)
        });
        Ok(Box::new(FileReader::new(file.await?, ())))
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .large_file(true)
}
