//! Connections to a Postgres server.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};

use super::Conn;
use super::roots::with_system_roots;
use crate::failure::Failure;

/// A statement that takes longer is given up, and so is a transaction that its owner has left open.
const SETTINGS: &str = "set statement_timeout = '10s'; set idle_in_transaction_session_timeout = '30s'; \
                        set default_transaction_isolation = 'read committed'";

/// How many connections one node uses at most, beside the numberer's own.
const POOL: u32 = 16;

/// A connection without settings.
pub(super) fn plain(url: &str) -> Result<Conn, Failure> {
    PgConnection::establish(&with_system_roots(url)).map_err(Failure::connection)
}

/// A connection as the pool has them.
pub(super) fn working(url: &str) -> Result<Conn, Failure> {
    let mut conn = plain(url)?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}

/// A pool of connections. Each is asked whether it still lives before it is used: the server may have restarted.
pub(super) fn pool(url: &str) -> Result<Pool<ConnectionManager<Conn>>, Failure> {
    Pool::builder()
        .max_size(POOL)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(5))
        .test_on_check_out(true)
        .connection_customizer(Box::new(WithSettings))
        .build(ConnectionManager::new(with_system_roots(url)))
        .map_err(Failure::connection)
}

#[derive(Debug)]
struct WithSettings;

impl CustomizeConnection<Conn, PoolError> for WithSettings {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), PoolError> {
        conn.batch_execute(SETTINGS).map_err(PoolError::QueryError)
    }
}
