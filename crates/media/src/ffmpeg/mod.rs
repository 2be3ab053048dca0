//! Videos by ffmpeg, which runs as a process of its own.
//!
//! What keeps a hostile video in bounds:
//! - only the protocol `file` and the containers of [`FORMATS`], none of which names other files: playlists, lists of
//!   pieces and patterns of pictures are refused for what they are. References to other files in MOV and MP4 are off by
//!   default, and stay so;
//! - a folder of its own as the working folder, nothing in the environment but `PATH`, no standard input;
//! - a process group of its own, which is killed when nobody waits for it any more, and a parent with which it ends;
//! - bounds of time, threads, pixels, length of the result and, on Linux, of memory and processor time. These are set by
//!   `prlimit(2)` from outside as soon as the process is there: limits that a program sets for itself before it
//!   becomes another one would need unsafe code here.

mod child;
mod launch;
mod lines;
mod probe;
mod program;
mod scratch;
mod video;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use showrunner_domain::file::BlobReader;
use showrunner_domain::media::{MediaError, OpenVideo, VideoTool};

pub use launch::{Launcher, exec_tied};
use program::Programs;
use scratch::Scratch;
use video::Video;

/// The containers that are read.
const FORMATS: &str = "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf";

/// Takes videos in hand by the programs `ffmpeg` and `ffprobe`, which are looked for at each use.
pub struct Ffmpeg {
    folder: PathBuf,
    path: OsString,
    launcher: Option<Launcher>,
}

impl Ffmpeg {
    /// Keeps each video that is in hand in a folder of its own within `folder`, which must exist and have room for it and
    /// for what is made of it. Programs are looked for in `path`, which has the form of the variable `PATH`.
    #[must_use]
    pub const fn new(folder: PathBuf, path: OsString) -> Self {
        Self { folder, path, launcher: None }
    }

    /// The same, with programs that `launcher` starts: they end with this process, however that ends.
    #[must_use]
    pub fn launched_by(self, launcher: Launcher) -> Self {
        Self { launcher: Some(launcher), ..self }
    }

    /// Removes the folders of videos that were in the hands of processes which have ended.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn remove_abandoned(&self) -> io::Result<()> {
        scratch::remove_abandoned(&self.folder)
    }
}

#[async_trait]
impl VideoTool for Ffmpeg {
    async fn open(&self, video: Box<dyn BlobReader>, length: u64) -> Result<Box<dyn OpenVideo>, MediaError> {
        let programs = Programs::find(&self.path, self.launcher.clone())?;
        let scratch = Scratch::receive(&self.folder, video, length).await?;
        Ok(Box::new(Video { programs, scratch }))
    }
}
