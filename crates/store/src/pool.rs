//! Pools that ask a connection whether it still lives where there is doubt, and not before each use.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;
use r2d2::ManageConnection;

use crate::failure::Failure;

/// How long after its last good use a connection is trusted. Asking costs as much as a small read.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

type Connect<C> = dyn Fn() -> Result<C, Failure> + Send + Sync;

/// Makes connections for a pool.
pub(crate) struct Manager<C> {
    connect: Box<Connect<C>>,
}

impl<C> Manager<C> {
    /// Connects by `connect`.
    pub(crate) fn new(connect: impl Fn() -> Result<C, Failure> + Send + Sync + 'static) -> Self {
        Self { connect: Box::new(connect) }
    }
}

/// A connection of a pool.
pub(crate) struct Pooled<C> {
    conn: C,
    /// When it was last seen to work; `None` once something on it has failed.
    proven: Option<Instant>,
}

impl<C> Pooled<C> {
    /// Has the connection asked whether it lives before it is used again.
    pub(crate) fn doubt(&mut self) {
        self.proven = None;
    }
}

impl<C> Deref for Pooled<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.conn
    }
}

impl<C> DerefMut for Pooled<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.conn
    }
}

impl<C: R2D2Connection + Send + 'static> ManageConnection for Manager<C> {
    type Connection = Pooled<C>;
    type Error = Failure;

    fn connect(&self) -> Result<Pooled<C>, Failure> {
        Ok(Pooled { conn: (self.connect)()?, proven: Some(Instant::now()) })
    }

    /// Asked before each use.
    fn is_valid(&self, pooled: &mut Pooled<C>) -> Result<(), Failure> {
        if pooled.proven.is_some_and(|at| at.elapsed() < TRUSTED_FOR) {
            return Ok(());
        }
        pooled.conn.ping()?;
        pooled.proven = Some(Instant::now());
        Ok(())
    }

    /// Asked after each use.
    fn has_broken(&self, pooled: &mut Pooled<C>) -> bool {
        pooled.proven = pooled.proven.map(|_| Instant::now());
        std::thread::panicking() || pooled.conn.is_broken()
    }
}

impl<C> fmt::Debug for Manager<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").finish_non_exhaustive()
    }
}
