//! SQLite: one writer that batches, many readers.
//!
//! `seq` is drawn in the writer's own transaction, so what is committed is numbered.

mod connect;
mod desk;
mod engine;
mod jobs;
mod pulse;
mod writer;

use std::path::Path;

use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use showrunner_domain::Timestamp;
use showrunner_domain::event::DomainEvent;

use crate::Ports;
use crate::cached::Cached;
use crate::failure::Failure;
use crate::rows::EventRow;
use crate::schema::{events, log_head};
use engine::Engine;
use jobs::{insert_attempts, insert_jobs, lock_ready_jobs, update_jobs};

pub(crate) type Conn = SqliteConnection;
pub(crate) type Db = diesel::sqlite::Sqlite;
/// Loading rows one by one.
type RowByRow = diesel::connection::DefaultLoadingMode;

#[expect(clippy::duplicate_mod, reason = "one text for two stores: the types differ, the queries do not")]
#[path = "../queries/mod.rs"]
mod queries;

pub(crate) use queries::refold;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// How a look holds what it finds: nobody else writes while this store does.
const HOLD: &str = "";

/// How many rows one statement inserts at most. A statement for one row stays prepared, and running it again costs less
/// than preparing one for many.
const ROWS_AT_ONCE: usize = 1;

/// Opens the store in the file `path`.
pub(crate) fn open(path: &Path) -> Result<Ports, Failure> {
    Ok(queries::Store::new(Engine::start(path)?).into_ports())
}

/// Runs `work` under the migration lock: SQLite's own lock for writers, taken before looking.
pub(crate) fn migrate<T>(
    path: &Path,
    work: fn(&mut Conn, EmbeddedMigrations) -> Result<T, Failure>,
) -> Result<T, Failure> {
    connect::writing(path)?.immediate_transaction(|conn| work(conn, MIGRATIONS))
}

/// Gives `events` the next places of the log.
fn append_events(conn: &mut Conn, events: &mut dyn Iterator<Item = &DomainEvent>) -> Result<(), Failure> {
    let added: Vec<_> = events.collect();
    if added.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(added.len()).unwrap_or(i64::MAX);
    let head = diesel::update(log_head::table).set(log_head::seq.eq(log_head::seq + count)).returning(log_head::seq);
    let last: i64 = Cached(head).get_result(conn)?;
    for (seq, event) in (last - count + 1..).zip(added) {
        diesel::insert_into(events::table).values(EventRow::numbered(seq, event)).execute(conn)?;
    }
    Ok(())
}

/// What is committed is numbered already.
#[expect(clippy::unnecessary_wraps, reason = "numbering can fail where it is work")]
fn settle(_conn: &mut Conn) -> Result<(), Failure> {
    Ok(())
}

/// The one writer holds the write lock, and so numbers.
#[expect(clippy::unnecessary_wraps, reason = "waiting can fail where others number")]
fn hold_numbering(_conn: &mut Conn) -> Result<(), Failure> {
    Ok(())
}

/// The time that leases and looks run by. All processes on one file share one machine's clock.
#[expect(clippy::unnecessary_wraps, reason = "asking the store for the time can fail where it has one of its own")]
fn shared_time(_conn: &mut Conn, now: Timestamp) -> Result<Timestamp, Failure> {
    Ok(now)
}

/// The one writer holds the write lock.
#[expect(clippy::unnecessary_wraps, reason = "waiting can fail where there are many writers")]
fn one_at_a_time(_conn: &mut Conn) -> Result<(), Failure> {
    Ok(())
}

type HavingCategory = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, diesel::dsl::AsExprOf<String, Text>>>;

/// Whether an episode has this category.
fn having_category(category: &str) -> HavingCategory {
    sql::<Bool>("exists (select 1 from json_each(episodes.categories) where value = ")
        .bind::<Text, _>(category.to_owned())
        .sql(")")
}
