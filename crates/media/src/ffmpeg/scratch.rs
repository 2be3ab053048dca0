//! The folder of one video: the video itself, and what is made of it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::file::BlobReader;
use showrunner_domain::media::MediaError;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::file::{FileReader, not_made, receive};

/// How the folders' names begin.
const PREFIX: &str = "showrunner-video-";
/// The name of the video.
pub(super) const VIDEO: &str = "video";
/// A folder of this age belonged to a program that was killed: no work on a video takes so long.
const STALE: Duration = Duration::from_hours(24);

/// A folder that only this user may enter, removed with the last clone.
#[derive(Clone)]
pub(super) struct Scratch {
    folder: Arc<TempDir>,
}

impl Scratch {
    /// Makes a folder in `parent` and puts a video there. Folders that were left behind there go.
    pub(super) async fn receive(parent: &Path, video: Box<dyn BlobReader>, length: u64) -> Result<Self, MediaError> {
        let parent = parent.to_owned();
        let made = spawn_blocking(move || make(&parent)).await.map_err(MediaError::failed)?;
        let (scratch, file) = made.map_err(|error| not_made(&error))?;
        receive(video, length, file).await?;
        Ok(scratch)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Reads the file of this name, and its length.
    pub(super) fn read(&self, name: &str) -> io::Result<(Box<dyn BlobReader>, u64)> {
        let file = File::open(self.path().join(name))?;
        let length = file.metadata()?.len();
        Ok((Box::new(FileReader::new(file, self.clone())), length))
    }
}

fn make(parent: &Path) -> io::Result<(Scratch, File)> {
    remove_stale(parent)?;
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
    let file = File::create_new(folder.path().join(VIDEO))?;
    Ok((Scratch { folder: Arc::new(folder) }, file))
}

fn remove_stale(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)?.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let written = entry.metadata().and_then(|found| found.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok()).unwrap_or_default();
        if ours && age > STALE {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}
