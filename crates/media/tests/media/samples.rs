//! Videos and archives to try things with, and what is needed to look at what comes of them.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use showrunner_domain::file::{BlobError, BlobReader};
use showrunner_domain::job::{Progress, ProgressMessage, Reporter};
use showrunner_domain::media::{MediaError, OpenVideo, VideoTool as _};
use showrunner_media::Ffmpeg;
use tempfile::TempDir;
use tokio::time::sleep;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Bytes that come in pieces.
pub(crate) struct Pieces(VecDeque<Vec<u8>>);

impl Pieces {
    pub(crate) fn of(bytes: &[u8]) -> Box<dyn BlobReader> {
        Box::new(Self(bytes.chunks(100_003).map(<[u8]>::to_vec).collect()))
    }
}

#[async_trait]
impl BlobReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(self.0.pop_front())
    }
}

pub(crate) async fn all(mut reader: Box<dyn BlobReader>) -> Result<Vec<u8>, BlobError> {
    let mut bytes = Vec::new();
    while let Some(more) = reader.next().await? {
        bytes.extend(more);
    }
    Ok(bytes)
}

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<i32>>);

impl Told {
    pub(crate) fn so_far(&self) -> Vec<i32> {
        self.0.lock().unwrap().clone()
    }
}

impl Reporter for Told {
    fn report(&self, progress: Progress, _message: Option<ProgressMessage>) {
        self.0.lock().unwrap().push(progress.get());
    }
}

#[expect(clippy::disallowed_methods, reason = "tests run the programs of whoever runs them")]
pub(crate) fn path() -> OsString {
    std::env::var_os("PATH").unwrap()
}

/// Ffmpeg, and the folder that it works in.
pub(crate) fn ffmpeg() -> (TempDir, Ffmpeg) {
    let folder = tempfile::tempdir().unwrap();
    let ffmpeg = Ffmpeg::new(folder.path().to_owned(), path());
    (folder, ffmpeg)
}

pub(crate) async fn open(ffmpeg: &Ffmpeg, video: &[u8]) -> Box<dyn OpenVideo> {
    ffmpeg.open(Pieces::of(video), video.len() as u64).await.unwrap()
}

/// What ffmpeg makes of `arguments` in a file with this name's ending.
pub(crate) fn made(name: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    let status = Command::new("ffmpeg").args(["-loglevel", "error"]).args(arguments).arg(&file).status().unwrap();
    assert!(status.success(), "{arguments:?}");
    fs::read(file).unwrap()
}

/// Two seconds of moving pictures with a tone.
pub(crate) fn video(name: &str) -> Vec<u8> {
    let (pictures, tone) = ("testsrc2=size=642x362:rate=25:duration=2", "sine=duration=2");
    made(name, &["-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", tone, "-pix_fmt", "yuv420p"])
}

/// How many things are in a folder.
pub(crate) fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// The processes that work in this folder or below it.
pub(crate) fn processes_in(folder: &Path) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let works_there = |process: &PathBuf| fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
    processes.filter(works_there).collect()
}

pub(crate) async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        sleep(Duration::from_millis(5)).await;
    }
}

/// The reason why something is refused for good.
pub(crate) fn refusal<T>(answer: Result<T, MediaError>) -> String {
    match answer {
        Err(MediaError::Unusable { reason } | MediaError::TooMuch { reason }) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// An archive of these files, packed.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
