//! Connections to a file of SQLite's.

use std::num::NonZeroUsize;
use std::path::Path;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use r2d2::Pool;

use super::{Conn, REQUESTS, SYSTEM, deadline};
use crate::failure::Failure;
use crate::pool::Manager;

/// Every commit is on the disk before it is answered: in WAL mode that takes FULL. Another process's write lock is
/// waited for, at most 5 s. What a savepoint would restore is kept in memory and not in a file,
/// and of pages no more than 8 MB. The log is written back to the file by 16 MB at a time: pages that are written again
/// and again meanwhile are written back once.
const WRITING: &str = "pragma busy_timeout = 5000; pragma synchronous = full; pragma foreign_keys = on; \
                       pragma temp_store = memory; pragma cache_size = -8000; pragma wal_autocheckpoint = 4000;";
const READING: &str = "pragma busy_timeout = 5000; pragma query_only = on;";
const READING_AT_ONCE: &str = "pragma busy_timeout = 0; pragma query_only = on;";

/// At most so many scans run at once: half of the cores are left to everything else.
fn scans() -> usize {
    (available_parallelism().map_or(1, NonZeroUsize::get) / 2).clamp(1, 4)
}

/// How long a file is waited for that others turn to WAL mode.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that writes.
pub(super) fn writing(path: &Path) -> Result<Conn, Failure> {
    let mut conn = set(path, WRITING)?;
    let begun = Instant::now();
    // Of several who turn a new file to WAL mode some are refused at once, whatever `busy_timeout` says.
    while let Err(error) = conn.batch_execute("pragma journal_mode = wal") {
        if begun.elapsed() > PATIENCE || !error.to_string().contains("locked") {
            return Err(Failure::file(path, &error));
        }
        sleep(Duration::from_millis(5));
    }
    Ok(conn)
}

fn set(path: &Path, settings: &str) -> Result<Conn, Failure> {
    let mut conn = plain(path)?;
    conn.batch_execute(settings).map_err(|error| Failure::file(path, &error))?;
    Ok(conn)
}

/// A connection without settings, to a file that exists.
pub(super) fn plain(path: &Path) -> Result<Conn, Failure> {
    let uri = uri(path).ok_or_else(|| Failure::file(path, &"the path is not UTF-8"))?;
    SqliteConnection::establish(&uri).map_err(|error| Failure::file(path, &error))
}

/// The file as SQLite's URI, in the mode that creates none. Another name than the path's would be another store.
fn uri(path: &Path) -> Option<String> {
    let authority = if path.is_absolute() { "//" } else { "" };
    let escaped = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(format!("file:{authority}{escaped}?mode=rw"))
}

/// A connection that only reads.
pub(super) fn reading(path: &Path) -> Result<Conn, Failure> {
    set(path, READING)
}

/// A connection that only reads, and waits for nobody.
pub(super) fn hasty(path: &Path) -> Result<Conn, Failure> {
    set(path, READING_AT_ONCE)
}

/// A pool of connections that only read.
pub(super) fn reading_pool(path: &Path) -> Result<Pool<Manager<Conn>>, Failure> {
    let path = path.to_owned();
    Pool::builder()
        .max_size(u32::try_from(REQUESTS + SYSTEM + scans()).map_err(Failure::connection)?)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(5))
        .build(Manager::new(move || {
            let mut conn = reading(&path)?;
            deadline::register(&mut conn)?;
            Ok(conn)
        }))
        .map_err(Failure::connection)
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::{BigInt, Text};

    use super::super::file;
    use super::*;

    #[derive(QueryableByName)]
    struct Level {
        #[diesel(sql_type = BigInt)]
        synchronous: i64,
    }

    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }

    #[derive(QueryableByName)]
    struct Built {
        #[diesel(sql_type = BigInt)]
        keeps_plans: i64,
    }

    fn new_file(folder: &tempfile::TempDir) -> std::path::PathBuf {
        let path = folder.path().join("with ?, # and %41.db");
        assert_eq!(file::create(&path, |conn| Ok(conn.batch_execute("create table t (a)")?)).unwrap(), Some(()));
        path
    }

    #[test]
    fn a_connection_creates_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let refused = plain(&path).map(drop).unwrap_err().to_string();
        assert!(refused.contains(path.to_str().unwrap()), "{refused}");
        assert!(!path.exists());
    }

    #[test]
    fn a_prepared_statement_stays_prepared_whatever_is_bound_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = plain(&new_file(&folder)).unwrap();
        let asked = diesel::sql_query("select sqlite_compileoption_used('ENABLE_QPSG') as keeps_plans");
        let built: Built = asked.get_result(&mut conn).unwrap();
        assert_eq!(built.keeps_plans, 1, "see .cargo/config.toml");
    }

    #[test]
    fn of_many_who_open_a_new_file_at_once_all_get_a_connection() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let path = new_file(&folder);
            std::thread::scope(|scope| {
                let opened = [(); 4].map(|()| scope.spawn(|| writing(&path).map(drop)));
                for opened in opened {
                    opened.join().unwrap().unwrap();
                }
            });
        }
    }

    #[test]
    fn the_writers_own_connection_syncs_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = writing(&new_file(&folder)).unwrap();
        let level: Level = diesel::sql_query("pragma synchronous").get_result(&mut conn).unwrap();
        assert_eq!(level.synchronous, 2, "2 is FULL");
        let mode: Mode = diesel::sql_query("pragma journal_mode").get_result(&mut conn).unwrap();
        assert_eq!(mode.journal_mode, "wal");
    }
}
