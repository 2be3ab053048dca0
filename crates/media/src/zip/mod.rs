//! ZIP archives, read and written in files that no folder names: they go when nobody holds them any more, whatever
//! becomes of this program.

mod entries;
mod open;
mod place;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::file::BlobReader;
use showrunner_domain::media::{ArchiveTool, ArchiveWriter, MediaError, OpenArchive};
use tokio::task::spawn_blocking;

use crate::file::{not_made, receive};
use entries::list;
use open::Opened;
use writer::Writer;

/// Reads and writes ZIP archives (APPNOTE 6.3), also large ones (ZIP64). Entries are stored or packed by Deflate.
pub struct Zip {
    folder: PathBuf,
}

impl Zip {
    /// Keeps archives that are in hand in `folder`, which must exist and have room for them.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A file without a name.
    async fn file(&self) -> Result<std::fs::File, MediaError> {
        let folder = self.folder.clone();
        let made = spawn_blocking(move || tempfile::tempfile_in(folder)).await.map_err(MediaError::failed)?;
        made.map_err(|error| not_made(&error))
    }
}

#[async_trait]
impl ArchiveTool for Zip {
    async fn open(&self, archive: Box<dyn BlobReader>, length: u64) -> Result<Box<dyn OpenArchive>, MediaError> {
        let file = Arc::new(receive(archive, length, self.file().await?).await?);
        let listing = file.clone();
        let entries = spawn_blocking(move || list(listing, length)).await.map_err(MediaError::failed)??;
        Ok(Box::new(Opened::new(file, length, entries)))
    }

    async fn begin(&self) -> Result<Box<dyn ArchiveWriter>, MediaError> {
        Ok(Box::new(Writer::new(self.file().await?)))
    }
}
