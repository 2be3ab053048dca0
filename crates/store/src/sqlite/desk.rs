//! Short reads, on the thread that asks.
//!
//! Handing a read to another thread and back costs several times what reading a record by its key costs. So reads
//! that an index bounds to a page at most run where they are asked for, each on a connection of its own for that time.
//! Nothing here waits: where no connection is free, or the file is locked, the answer is `None`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use diesel::result::Error as QueryError;

use super::{Conn, connect};
use crate::failure::Failure;

/// How many connections there are at most.
const MOST: usize = 8;

/// Connections that never wait.
pub(super) struct Desk {
    path: PathBuf,
    /// A stack, so that the one with the warmest cache is taken first. Held to push and to pop only.
    free: Mutex<Vec<Conn>>,
}

impl Desk {
    /// As many connections as threads can read at the same time: the cores', and the one that runs the readers.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let threads = available_parallelism().map_or(MOST, |cores| cores.get() + 1);
        let free: Result<Vec<_>, _> = (0..threads.min(MOST)).map(|_| connect::hasty(path)).collect();
        Ok(Self { path: path.to_owned(), free: Mutex::new(free?) })
    }

    /// Runs `work` here and now; `None` where it would have to wait.
    pub(super) fn run<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Failure>) -> Option<Result<T, Failure>> {
        let mut conn = self.free().pop()?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut conn)));
        let Ok(result) = result else {
            // Nobody knows in what state the panic has left the connection.
            self.free().extend(connect::hasty(&self.path));
            return Some(Err(Failure::Panicked));
        };
        self.free().push(conn);
        match result {
            // A lock, for one.
            Err(Failure::Query(QueryError::DatabaseError(..))) => None,
            result => Some(result),
        }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
