//! Where the programs are.

use std::env::split_paths;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use showrunner_domain::media::MediaError;
use tokio::process::Command;

use super::Launcher;

/// Both programs, and the path that they are given.
pub(super) struct Programs {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    path: OsString,
    launcher: Option<Launcher>,
}

impl Programs {
    /// Looks for both in `path`: they come together.
    pub(super) fn find(path: &OsStr, launcher: Option<Launcher>) -> Result<Self, MediaError> {
        let found = |name: &str| split_paths(path).map(|folder| folder.join(name)).find(|place| is_program(place));
        match found("ffmpeg").zip(found("ffprobe")) {
            Some((ffmpeg, ffprobe)) => Ok(Self { ffmpeg, ffprobe, path: path.to_owned(), launcher }),
            None => Err(MediaError::Missing { tool: "ffmpeg" }),
        }
    }

    /// What reads and writes videos, as it works in `folder`.
    pub(super) fn ffmpeg(&self, folder: &Path) -> Command {
        self.command(&self.ffmpeg, folder)
    }

    /// What tells of videos, as it works in `folder`.
    pub(super) fn ffprobe(&self, folder: &Path) -> Command {
        self.command(&self.ffprobe, folder)
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let launched = |launcher: &Launcher| launcher.command(program.as_os_str());
        let mut command = self.launcher.as_ref().map_or_else(|| Command::new(program), launched);
        command.env_clear().env("PATH", &self.path).current_dir(folder);
        command
    }
}

fn is_program(place: &Path) -> bool {
    place.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
