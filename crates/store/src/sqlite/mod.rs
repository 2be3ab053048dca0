//! SQLite: one writer that batches, many readers.
//!
//! `seq` is drawn in the writer's own transaction, so what is committed is numbered.

mod connect;
mod deadline;
mod desk;
mod engine;
mod file;
mod jobs;
mod pulse;
mod titles;
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
use crate::migrations::run_all;
use crate::rows::EventRow;
use crate::schema::{events, log_head};
use deadline::{in_time, scanning};
use engine::Engine;
use jobs::{insert_attempts, insert_jobs, lock_ready_jobs, update_jobs};
use titles::titled;

pub(crate) type Conn = SqliteConnection;
pub(crate) type Db = diesel::sqlite::Sqlite;
/// Loading rows one by one.
type RowByRow = diesel::connection::DefaultLoadingMode;

#[expect(clippy::duplicate_mod, reason = "one text for two stores: the types differ, the queries do not")]
#[path = "../queries/mod.rs"]
mod queries;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// How a look holds what it finds: nobody else writes while this store does.
const HOLD: &str = "";

/// How many connections of the pool requests have at most, and how many the system: the rest is for scans.
const REQUESTS: usize = 4;
const SYSTEM: usize = 2;

/// How many rows one statement inserts at most. A statement for one row stays prepared, and running it again costs less
/// than preparing one for many.
const ROWS_AT_ONCE: usize = 1;

/// Opens the store in the file `path`.
pub(crate) fn open(path: &Path) -> Result<Ports, Failure> {
    Ok(queries::Store::new(Engine::start(path)?).into_ports())
}

/// Whether there is a store in the file `path`.
pub(crate) fn exists(path: &Path) -> Result<bool, Failure> {
    if !file::exists(path)? {
        return Ok(false);
    }
    look(path)?;
    Ok(true)
}

/// Runs every migration that the store lacks. A store that is missing is made.
pub(crate) fn migrate_or_create(path: &Path) -> Result<Vec<String>, Failure> {
    if !file::exists(path)? {
        let made = file::create(path, |conn| conn.immediate_transaction(|conn| bring_up(conn, MIGRATIONS)))?;
        if let Some(versions) = made {
            return Ok(versions);
        }
    }
    migrate(path, bring_up)
}

/// Runs every migration that the store lacks, where there is one.
pub(crate) fn migrate_if_exists(path: &Path) -> Result<Option<Vec<String>>, Failure> {
    if file::exists(path)? { migrate(path, bring_up).map(Some) } else { Ok(None) }
}

/// Runs `work` under the migration lock: SQLite's own lock for writers, taken before looking.
pub(crate) fn migrate<T>(
    path: &Path,
    work: fn(&mut Conn, EmbeddedMigrations) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if !file::exists(path)? {
        return Err(Failure::Missing(path.display().to_string()));
    }
    // Open until another connection is, since SQLite writes its log back when the last one closes.
    let _looking = look(path)?;
    let worked = connect::writing(path)?.immediate_transaction(|conn| work(conn, MIGRATIONS));
    worked.map_err(|failure| at(path, failure))
}

/// A connection that has seen that this is a store: to migrate another database would be to write into somebody's.
fn look(path: &Path) -> Result<Conn, Failure> {
    let mut conn = connect::reading(path)?;
    let ours = "exists (select 1 from sqlite_master where name = '__diesel_schema_migrations')";
    let ours: QueryResult<bool> = diesel::select(sql::<Bool>(ours)).get_result(&mut conn);
    match ours {
        Ok(true) => Ok(conn),
        Ok(false) => Err(at(path, Failure::NotOurs)),
        Err(error) => Err(at(path, error.into())),
    }
}

/// Runs every migration that the store lacks, and folds again what was folded by the rules of an earlier release.
fn bring_up(conn: &mut Conn, migrations: EmbeddedMigrations) -> Result<Vec<String>, Failure> {
    let run = run_all(conn, migrations)?;
    queries::refold(conn)?;
    Ok(run)
}

/// What reverting the last migration would lose.
pub(crate) fn losses(path: &Path) -> Result<Vec<String>, Failure> {
    migrate(path, |conn, _| queries::find_losses(conn))
}

/// `failure`, with the name of the file that it is about.
fn at(path: &Path, failure: Failure) -> Failure {
    match &failure {
        Failure::Query(_) | Failure::Migration(_) | Failure::NotOurs => Failure::file(path, &failure),
        _ => failure,
    }
}

/// Every column of every table, with the table's name.
const COLUMNS: &str = "select tables.name as in_table, columns.name as name
                       from sqlite_master as tables join pragma_table_info(tables.name) as columns
                       where tables.type = 'table' and tables.name not like 'sqlite!_%' escape '!'";

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
