//! Looking for what nobody needs any more.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use showrunner_domain::Timestamp;
use showrunner_domain::file::BlobKey;

/// Stands between the name of a blob that is still being written and a number.
const UNFINISHED: char = '#';

/// Removes what was begun, not finished and not written to since `before`, and answers the blobs that were finished before.
pub(crate) fn sweep(root: &Path, before: Timestamp) -> io::Result<Vec<BlobKey>> {
    let mut keys = Vec::new();
    for folder in fs::read_dir(root)? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        // What is gone by now was finished, or swept by another.
        keys.extend(fs::read_dir(folder.path())?.flatten().filter_map(|entry| look(&entry, before)));
    }
    Ok(keys)
}

fn look(entry: &DirEntry, before: Timestamp) -> Option<BlobKey> {
    let written = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
    let micros = i64::try_from(written.duration_since(UNIX_EPOCH).ok()?.as_micros()).ok()?;
    if micros >= before.micros() {
        return None;
    }
    let name = entry.file_name().into_string().ok()?;
    let (key, is_unfinished) = name.split_once(UNFINISHED).map_or((name.as_str(), false), |(key, _)| (key, true));
    let key: Option<BlobKey> = key.parse().ok();
    // The machine's clock may have been wrong when the file was written: the key holds the time of the caller's clock.
    if key.and_then(begun_at).is_some_and(|begun| begun >= before.micros()) {
        return None;
    }
    if is_unfinished {
        let _ = fs::remove_file(entry.path());
        return None;
    }
    key
}

/// When the blob of this key was begun, in microseconds since 1970, if its key holds a time (RFC 9562, section 5.7).
fn begun_at(key: BlobKey) -> Option<i64> {
    let (seconds, nanos) = key.uuid().get_timestamp()?.to_unix();
    i64::try_from(seconds * 1_000_000 + u64::from(nanos / 1_000)).ok()
}
