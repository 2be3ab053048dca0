//! Folders for their owner alone.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::process::umask;
use thiserror::Error;

/// What the group and everybody else may do.
const OTHERS: u32 = 0o077;

/// A folder cannot be used.
#[derive(Debug, Error)]
pub(crate) enum FolderError {
    #[error("the folder {} cannot be used: {source}", path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("others can read the data folder {}: chmod 700 {}", .0.display(), in_shell(.0))]
    Open(PathBuf),
}

/// Whatever this process makes from here on is for its owner alone: files are 0600 and folders 0700, whatever the mode of
/// the folder that they are in.
pub(super) fn close_to_others() {
    umask(Mode::from_raw_mode(OTHERS));
}

/// Makes a folder unless it is there.
pub(super) fn make(path: &Path) -> Result<(), FolderError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable(path))
}

/// Makes a folder that others cannot read, or refuses one that they can.
pub(super) fn make_private(path: &Path) -> Result<(), FolderError> {
    make(path)?;
    require_private_if_there(path)
}

/// Refuses a folder that others can read.
pub(super) fn require_private_if_there(path: &Path) -> Result<(), FolderError> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & OTHERS != 0 => Err(FolderError::Open(path.to_owned())),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unusable(path)(error)),
    }
}

/// Whether a folder of folders has files in it.
pub(super) fn holds_files(path: &Path) -> Result<bool, FolderError> {
    let folders = match fs::read_dir(path) {
        Ok(folders) => folders,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unusable(path)(error)),
    };
    let mut within = folders.flatten().filter_map(|folder| fs::read_dir(folder.path()).ok());
    Ok(within.any(|mut files| files.next().is_some()))
}

fn unusable(path: &Path) -> impl Fn(io::Error) -> FolderError {
    move |source| FolderError::Unusable { path: path.to_owned(), source }
}

/// The path as a word of a shell.
fn in_shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's data");
        make_private(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        let refused = make_private(&path).unwrap_err().to_string();
        let command = &refused[refused.find("chmod").unwrap()..];
        assert!(command.ends_with("/it'\\''s data'"), "{refused}");
        assert!(std::process::Command::new("sh").args(["-c", command]).status().unwrap().success());
        make_private(&path).unwrap();
    }

    #[test]
    fn files_are_found_in_folders_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blobs");
        assert!(!holds_files(&path).unwrap());
        make(&path.join("00")).unwrap();
        assert!(!holds_files(&path).unwrap());
        fs::write(path.join("00/blob"), "x").unwrap();
        assert!(holds_files(&path).unwrap());
    }
}
