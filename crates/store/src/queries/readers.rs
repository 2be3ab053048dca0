//! Reading through a pool, off the async threads.

use std::sync::Arc;

use diesel::result::Error as QueryError;
use r2d2::Pool;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::Conn;
use crate::failure::Failure;
use crate::pool::Manager;

/// A pool of connections, and as many permits: nobody occupies a thread only to wait for a connection.
#[derive(Clone)]
pub(crate) struct Readers {
    pool: Pool<Manager<Conn>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(pool: Pool<Manager<Conn>>) -> Self {
        let permits = Arc::new(Semaphore::new(pool.max_size() as usize));
        Self { pool, permits }
    }

    /// Runs `work` on a connection of the pool.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Failure::Closed)?;
        let pool = self.pool.clone();
        let task = spawn_blocking(move || {
            let _permit = permit;
            let mut conn = pool.get().map_err(Failure::connection)?;
            let result = work(&mut conn);
            if let Err(Failure::Query(QueryError::DatabaseError(..))) = result {
                conn.doubt();
            }
            result
        });
        task.await.map_err(|error| if error.is_panic() { Failure::Panicked } else { Failure::Closed })?
    }
}
