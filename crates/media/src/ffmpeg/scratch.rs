//! The folder of one video: the video itself, and what is made of it.
//!
//! Each process holds a lock on its folders (`flock(2)`), which ends with it: a folder that nobody holds was left behind.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use showrunner_domain::file::BlobReader;
use showrunner_domain::media::MediaError;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::file::{FileReader, not_made, receive};

/// How the folders' names begin.
const PREFIX: &str = "showrunner-video-";
/// The name of the video.
pub(super) const VIDEO: &str = "video";

/// A folder that only this user may enter, removed with the last clone.
#[derive(Clone)]
pub(super) struct Scratch {
    held: Arc<Held>,
}

/// A folder and the lock on it, which lasts until the folder is gone.
struct Held {
    folder: TempDir,
    _lock: File,
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
        self.held.folder.path()
    }

    /// Reads the file of this name, and its length.
    pub(super) fn read(&self, name: &str) -> io::Result<(Box<dyn BlobReader>, u64)> {
        let file = File::open(self.path().join(name))?;
        let length = file.metadata()?.len();
        Ok((Box::new(FileReader::new(file, self.clone())), length))
    }
}

fn make(parent: &Path) -> io::Result<(Scratch, File)> {
    remove_abandoned(parent)?;
    let held = loop {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // Another process may have taken the folder for one that was left behind before this one held it.
        if let Some(lock) = hold(folder.path())? {
            break Held { folder, _lock: lock };
        }
    };
    let file = File::create_new(held.folder.path().join(VIDEO))?;
    Ok((Scratch { held: Arc::new(held) }, file))
}

/// Locks the folder, unless it is removed meanwhile.
fn hold(folder: &Path) -> io::Result<Option<File>> {
    let lock = match File::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    lock.lock()?;
    Ok(folder.try_exists()?.then_some(lock))
}

/// Removes the folders of processes that have ended.
pub(super) fn remove_abandoned(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)?.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if ours
            && let Ok(folder) = File::open(entry.path())
            && folder.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}
