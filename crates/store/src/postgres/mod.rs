//! Postgres: many nodes on one database.
//!
//! A number drawn before commit would let readers pass over transactions that commit late, and a lock held to commit
//! would allow one write an fsync. So writers leave their events unnumbered in `outbox`, and whoever holds the
//! numbering lock moves what it sees to `events`.

mod columnwise;
mod committer;
mod connect;
mod connector;
mod engine;
mod finder;
mod gather;
mod jobs;
mod link;
mod number;
mod numberer;
mod outbox;
mod roots;

use std::time::Instant as Moment;

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use showrunner_domain::Timestamp;

use crate::failure::Failure;
use crate::migrations::run_all;
use crate::scans::SCAN;
use crate::types::{DbId, DbInstant, Instant};
use crate::{Location, Ports};
use engine::Engine;
use jobs::{insert_attempts, insert_jobs, lock_ready_jobs, update_jobs};
use number::{hold_numbering, settle};
use outbox::append_events;

pub(crate) type Conn = PgConnection;
pub(crate) type Db = diesel::pg::Pg;
/// Loading rows one by one, and not all of them before the first.
type RowByRow = diesel::pg::PgRowByRowLoadingMode;

#[expect(clippy::duplicate_mod, reason = "one text for two stores: the types differ, the queries do not")]
#[path = "../queries/mod.rs"]
mod queries;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Keys of advisory locks, arbitrary but the same on every node.
const MIGRATION_LOCK: i64 = 0x5348_4f57_0001;
const NUMBERING_LOCK: i64 = 0x5348_4f57_0002;
const ADMINISTRATORS_LOCK: i64 = 0x5348_4f57_0003;

/// How a look holds what it finds: it may be changed, but not removed, until this transaction has ended.
const HOLD: &str = " for key share";

/// How many connections of the pool requests have at most, and how many the system: the rest is for scans.
const REQUESTS: usize = 7;
const SYSTEM: usize = 3;

/// How many rows one statement inserts at most: each is a way to the server and back. Postgres takes 65,535 values.
const ROWS_AT_ONCE: usize = 500;

/// Opens the store behind `url`.
pub(crate) fn open(url: &str) -> Result<Ports, Failure> {
    Ok(queries::Store::new(Engine::start(url)?).into_ports())
}

/// Whether the database behind `url` has our tables.
pub(crate) fn exists(url: &str) -> Result<bool, Failure> {
    has_tables(&mut connect::plain(url)?)
}

/// Runs every migration that the store lacks. A store that is missing is made.
pub(crate) fn migrate_or_create(url: &str) -> Result<Vec<String>, Failure> {
    bring_up(&mut locked(url)?, MIGRATIONS)
}

/// Runs every migration that the store lacks, where there is one.
pub(crate) fn migrate_if_exists(url: &str) -> Result<Option<Vec<String>>, Failure> {
    let mut conn = locked(url)?;
    if has_tables(&mut conn)? { bring_up(&mut conn, MIGRATIONS).map(Some) } else { Ok(None) }
}

/// Runs `work` under the migration lock.
pub(crate) fn migrate<T>(
    url: &str,
    work: fn(&mut Conn, EmbeddedMigrations) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut conn = locked(url)?;
    if !has_tables(&mut conn)? {
        return Err(Failure::Missing(Location::Postgres(url.to_owned()).to_string()));
    }
    work(&mut conn, MIGRATIONS)
}

/// Runs every migration that the store lacks, and folds again what was folded by the rules of an earlier release.
fn bring_up(conn: &mut Conn, migrations: EmbeddedMigrations) -> Result<Vec<String>, Failure> {
    let run = run_all(conn, migrations)?;
    queries::refold(conn)?;
    Ok(run)
}

/// What reverting the last migration would lose.
pub(crate) fn losses(url: &str) -> Result<Vec<String>, Failure> {
    migrate(url, |conn, _| conn.transaction(queries::find_losses))
}

/// A connection that holds the migration lock, which all nodes share, until it is closed.
fn locked(url: &str) -> Result<Conn, Failure> {
    let mut conn = connect::plain(url)?;
    diesel::sql_query("select pg_advisory_lock($1)").bind::<BigInt, _>(MIGRATION_LOCK).execute(&mut conn)?;
    Ok(conn)
}

fn has_tables(conn: &mut Conn) -> Result<bool, Failure> {
    Ok(diesel::select(sql::<Bool>("to_regclass('__diesel_schema_migrations') is not null")).get_result(conn)?)
}

/// Every column of every table, with the table's name.
const COLUMNS: &str = "select cast(table_name as text) as in_table, cast(column_name as text) as name
                       from information_schema.columns where table_schema = current_schema()";

/// The time that leases and looks run by: the database's, for nodes' clocks differ.
fn shared_time(conn: &mut Conn, _now: Timestamp) -> Result<Timestamp, Failure> {
    let DbInstant(time) = diesel::select(sql::<Instant>("clock_timestamp()")).get_result(conn)?;
    Ok(time)
}

/// Waits for other transactions that asked for this, until they have ended: what they did is seen from here on.
fn one_at_a_time(conn: &mut Conn) -> Result<(), Failure> {
    diesel::sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(ADMINISTRATORS_LOCK).execute(conn)?;
    Ok(())
}

/// Runs `work`, a scan, in a snapshot of its own. Each of its statements ends in time, and takes one core.
fn scanning<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, Failure>) -> Result<T, Failure> {
    let begun = Moment::now();
    let result = conn.build_transaction().read_only().run(|conn| {
        let limit = SCAN.as_millis();
        conn.batch_execute(&format!(
            "set local statement_timeout = {limit}; set local max_parallel_workers_per_gather = 0"
        ))?;
        work(conn)
    });
    match result {
        Err(Failure::Query(_)) if begun.elapsed() >= SCAN => Err(Failure::Busy),
        result => result,
    }
}

/// A condition of every scan: here a statement's time is limited by the server.
fn in_time() -> SqlLiteral<Bool> {
    sql("true")
}

/// The episodes whose titles match, if that is to be known beforehand: here the planner finds the index of trigrams.
#[expect(clippy::unnecessary_wraps, reason = "looking beforehand can fail where it is a statement")]
fn titled(_conn: &mut Conn, _pattern: &str) -> Result<Option<Vec<DbId>>, Failure> {
    Ok(None)
}

type HavingCategory = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, diesel::dsl::AsExprOf<String, Text>>>;

/// Whether an episode has this category.
fn having_category(category: &str) -> HavingCategory {
    sql::<Bool>("jsonb_exists(episodes.categories, ").bind::<Text, _>(category.to_owned()).sql(")")
}
