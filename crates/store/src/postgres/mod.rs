//! Postgres: many nodes on one database.
//!
//! A number drawn before commit would let readers pass over transactions that commit late, and a lock held to commit
//! would allow one write an fsync. So writers leave their events unnumbered in `outbox`, and whoever holds the
//! numbering lock moves what it sees to `events`.

mod columnwise;
mod committer;
mod connect;
mod engine;
mod finder;
mod gather;
mod jobs;
mod number;
mod numberer;
mod outbox;
mod roots;

use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use showrunner_domain::Timestamp;

use crate::Ports;
use crate::failure::Failure;
use crate::types::{DbInstant, Instant};
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

pub(crate) use queries::refold;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Keys of advisory locks, arbitrary but the same on every node.
const MIGRATION_LOCK: i64 = 0x5348_4f57_0001;
const NUMBERING_LOCK: i64 = 0x5348_4f57_0002;
const ADMINISTRATORS_LOCK: i64 = 0x5348_4f57_0003;

/// How a look holds what it finds: it may be changed, but not removed, until this transaction has ended.
const HOLD: &str = " for key share";

/// How many rows one statement inserts at most: each is a way to the server and back. Postgres takes 65,535 values.
const ROWS_AT_ONCE: usize = 500;

/// Opens the store behind `url`.
pub(crate) fn open(url: &str) -> Result<Ports, Failure> {
    Ok(queries::Store::new(Engine::start(url)?).into_ports())
}

/// Runs `work` under the migration lock, which all nodes share. It ends with the connection.
pub(crate) fn migrate<T>(
    url: &str,
    work: fn(&mut Conn, EmbeddedMigrations) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut conn = connect::plain(url)?;
    diesel::sql_query("select pg_advisory_lock($1)").bind::<BigInt, _>(MIGRATION_LOCK).execute(&mut conn)?;
    work(&mut conn, MIGRATIONS)
}

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

type HavingCategory = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, diesel::dsl::AsExprOf<String, Text>>>;

/// Whether an episode has this category.
fn having_category(category: &str) -> HavingCategory {
    sql::<Bool>("jsonb_exists(episodes.categories, ").bind::<Text, _>(category.to_owned()).sql(")")
}
