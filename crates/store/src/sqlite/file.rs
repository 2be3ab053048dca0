//! The file of a store: it is made with all its tables or not at all, so an empty one is never taken for a new store.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Conn, connect};
use crate::failure::Failure;

/// What those may do who are neither the owner nor, by that, meant: the group and everybody else.
const OTHERS: u32 = 0o077;

/// Whether there is something in the place of the file. What is there is for its owner alone from now on.
///
/// # Errors
/// What is there cannot be a store, or something of one is left.
pub(super) fn exists(path: &Path) -> Result<bool, Failure> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return absent(path),
        Err(error) => return Err(Failure::file(path, &error)),
    };
    if !found.is_file() {
        return Err(Failure::file(path, &"is no file: name another place for the database"));
    }
    if found.len() == 0 {
        let problem = "is empty, which no store ever is: restore a backup, or remove the file to begin with nothing";
        return Err(Failure::file(path, &problem));
    }
    for (path, found) in beside(path).into_iter().chain([(path.to_owned(), Ok(found))]) {
        close_to_others(&path, found).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(true)
}

/// Nothing is there; but what SQLite keeps beside the file belongs to a store that was.
fn absent(path: &Path) -> Result<bool, Failure> {
    if let Some((left, _)) = beside(path).into_iter().find(|(_, found)| found.is_ok()) {
        let problem = format!("is missing, but {} is there: restore a backup, or remove that too", left.display());
        return Err(Failure::file(path, &problem));
    }
    Ok(false)
}

/// The log and the index that SQLite keeps beside the file, and what is known of them.
fn beside(path: &Path) -> [(PathBuf, io::Result<Metadata>); 2] {
    ["-wal", "-shm"].map(|suffix| {
        let mut name = OsString::from(path);
        name.push(suffix);
        let path = PathBuf::from(name);
        let found = fs::metadata(&path);
        (path, found)
    })
}

fn close_to_others(path: &Path, found: io::Result<Metadata>) -> io::Result<()> {
    match found {
        Ok(found) if found.permissions().mode() & OTHERS != 0 => {
            fs::set_permissions(path, Permissions::from_mode(found.permissions().mode() & !OTHERS))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the file, for its owner alone, with what `fill` puts into it. `None` where another process was first.
pub(super) fn create<T>(path: &Path, fill: impl FnOnce(&mut Conn) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
    let at = |error: io::Error| Failure::file(path, &error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = NamedTempFile::with_prefix_in(".new-", folder).map_err(at)?;
    let filled = fill(&mut connect::plain(draft.path())?)?;
    match draft.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(at(error.error)),
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at)?;
    Ok(Some(filled))
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_file_is_its_owners_alone_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        assert!(!exists(&path).unwrap());
        let fill = |conn: &mut Conn| Ok(conn.batch_execute("create table t (a)")?);
        assert_eq!(create(&path, fill).unwrap(), Some(()));
        assert_eq!(create(&path, fill).unwrap(), None, "another was first");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(exists(&path).unwrap());
    }

    #[test]
    fn a_file_that_others_could_read_is_closed_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let log = folder.path().join("a.db-wal");
        for path in [&path, &log] {
            fs::write(path, "x").unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o664)).unwrap();
        }
        assert!(exists(&path).unwrap());
        assert_eq!((mode(&path), mode(&log)), (0o600, 0o600));
    }

    #[test]
    fn what_cannot_be_a_store_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, lost) = (folder.path().join("empty.db"), folder.path().join("lost.db"));
        fs::write(&empty, "").unwrap();
        fs::write(folder.path().join("lost.db-wal"), "x").unwrap();
        for path in [folder.path(), &empty, &lost] {
            let refused = exists(path).unwrap_err().to_string();
            assert!(refused.contains(path.to_str().unwrap()), "{refused}");
        }
        assert_eq!(fs::metadata(&empty).unwrap().len(), 0);
    }
}
