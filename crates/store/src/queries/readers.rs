//! Work on a pool of connections, off the async threads.

use std::sync::Arc;

use diesel::result::Error as QueryError;
use r2d2::Pool;
use showrunner_domain::identity::UserId;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::super::{REQUESTS, SYSTEM, scanning};
use super::Conn;
use crate::failure::Failure;
use crate::pool::Manager;
use crate::scans::Scans;

/// For whom work is done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lane {
    /// Somebody's request.
    Requests,
    /// What must go on however many requests there are: delivery, projections, sign-in, health.
    System,
}

/// A pool of connections, and as many permits, so that nobody occupies a thread only to wait for a connection. Each lane has
/// permits of its own, and scans have theirs: none waits for another's.
pub(crate) struct Readers {
    pool: Pool<Manager<Conn>>,
    requests: Arc<Semaphore>,
    system: Arc<Semaphore>,
    scans: Scans,
}

impl Readers {
    /// Lanes on `pool`, which has a connection for each of their permits.
    pub(crate) fn new(pool: Pool<Manager<Conn>>) -> Self {
        let scans = (pool.max_size() as usize).saturating_sub(REQUESTS + SYSTEM);
        let (requests, system) = (Arc::new(Semaphore::new(REQUESTS)), Arc::new(Semaphore::new(SYSTEM)));
        Self { pool, requests, system, scans: Scans::new(scans) }
    }

    /// Runs `work` on a connection of the pool.
    pub(crate) async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let permits = match lane {
            Lane::Requests => &self.requests,
            Lane::System => &self.system,
        };
        let permit = permits.clone().acquire_owned().await.map_err(|_| Failure::Closed)?;
        self.run_with(permit, work).await
    }

    /// Runs `work` when it is the turn of `asker`, who has one scan at a time, and ends it where it takes too long.
    pub(crate) async fn scan<T, F>(&self, asker: Option<UserId>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let turn = self.scans.turn(asker).await?;
        self.run_with(turn, move |conn| scanning(conn, work)).await
    }

    /// Runs `work`, and holds on to `permit` for as long.
    async fn run_with<P, T, F>(&self, permit: P, work: F) -> Result<T, Failure>
    where
        P: Send + 'static,
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
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
