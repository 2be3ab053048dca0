//! What an archive says it holds, and whether that can be believed.

use std::fs::File;
use std::sync::Arc;

use showrunner_domain::file::FileName;
use showrunner_domain::media::{ArchiveEntry, MediaError};
use zip::CompressionMethod;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::open::Packed;
use super::place::Place;

/// How many entries an archive may have.
const MOST: usize = 10_000;
/// How much its files may have when they are unpacked, in bytes.
const UNPACKED: u64 = 10 * 1024 * 1024 * 1024;
/// How much of an archive is read to find out what it holds, in bytes: names and comments stay in memory.
const CONTENTS: u64 = 64 * 1024 * 1024;

/// A file of an archive: what is told of it, and what is needed to unpack it.
pub(super) type Listed = (ArchiveEntry, Packed);

/// The files in an archive of `length` bytes, in its order. Where two have the same name, each is there.
pub(super) fn list(file: Arc<File>, length: u64) -> Result<Vec<Listed>, MediaError> {
    let mut archive = ZipIterable::try_new(Place::new(file, length, CONTENTS), Config::default())
        .map_err(|error| no_archive(&error))?;
    if archive.len() > MOST {
        let reason = format!("the archive has {} entries, and may have {MOST}: use several", archive.len());
        return Err(MediaError::TooMuch { reason });
    }
    let (mut listed, mut unpacked) = (Vec::new(), 0_u64);
    for entry in archive.files().map_err(|error| no_archive(&error))? {
        let packed = Packed::from(entry.map_err(|error| no_archive(&error))?);
        let Some(name) = name(&packed)? else { continue };
        unpacked = unpacked.saturating_add(packed.size());
        if unpacked > UNPACKED {
            return Err(MediaError::TooMuch { reason: "the archive unpacks to more than 10 GiB".to_owned() });
        }
        listed.push((ArchiveEntry { name, size: packed.size() }, packed));
    }
    Ok(listed)
}

/// What an entry is called without its folders; `None` for folders, and for what other programs leave for themselves.
fn name(packed: &Packed) -> Result<Option<FileName>, MediaError> {
    let path = packed.name().map_err(|error| no_archive(&error))?;
    let refused = |reason: &str| {
        let shown: String = path.chars().take(100).collect();
        MediaError::unusable(format!("the archive is refused: its entry {shown:?} {reason}"))
    };
    let absolute = path.starts_with('/') || path.get(1..).is_some_and(|rest| rest.starts_with(":/"));
    if absolute || path.contains('\\') || path.split('/').any(|part| part == "..") {
        return Err(refused("has a path that leads out of it"));
    }
    if packed.is_symlink() {
        return Err(refused("is a link"));
    }
    if packed.encrypted() {
        return Err(refused("is encrypted"));
    }
    let (folders, last) = path.rsplit_once('/').unwrap_or(("", &path));
    if packed.is_dir() || folders.split('/').any(|folder| folder == "__MACOSX") || last == ".DS_Store" {
        return Ok(None);
    }
    if !matches!(packed.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(refused("is packed in another way than by Deflate"));
    }
    FileName::parse(last).map(Some).map_err(|reason| refused(&format!("has a name that {reason}")))
}

fn no_archive(error: &ZipError) -> MediaError {
    MediaError::unusable(format!("this is no ZIP archive, or a damaged one: {error}"))
}
