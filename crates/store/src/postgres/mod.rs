//! Postgres: many nodes on one database.
//!
//! A number drawn before commit would let readers pass over transactions that commit late, and a lock held to commit
//! would allow one write an fsync. So writers leave their events unnumbered in `outbox`, and whoever holds the
//! numbering lock moves what it sees to `events`.

mod committer;
mod connect;
mod engine;
mod finder;
mod gather;
mod number;
mod numberer;
mod roots;

use diesel::dsl::sql;
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use showrunner_domain::Timestamp;
use showrunner_domain::event::DomainEvent;
use showrunner_domain::job::JobType;

use crate::Ports;
use crate::failure::Failure;
use crate::rows::{JobRow, OutboxRow};
use crate::schema::{jobs, outbox};
use crate::types::{DbId, DbInstant, Id, Instant};
use engine::Engine;
use number::settle;

pub(crate) type Conn = PgConnection;
pub(crate) type Db = diesel::pg::Pg;

#[expect(clippy::duplicate_mod, reason = "one text for two stores: the types differ, the queries do not")]
#[path = "../queries/mod.rs"]
mod queries;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Keys of advisory locks, arbitrary but the same on every node.
const MIGRATION_LOCK: i64 = 0x5348_4f57_0001;
const NUMBERING_LOCK: i64 = 0x5348_4f57_0002;
const ADMINISTRATORS_LOCK: i64 = 0x5348_4f57_0003;

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

/// Leaves `events` to the numberer. This must come last in its transaction: the row locks that order the changes of
/// one record are taken by the state writes before it.
fn append_events(conn: &mut Conn, events: &mut dyn Iterator<Item = &DomainEvent>) -> Result<(), Failure> {
    let events: Vec<&DomainEvent> = events.collect();
    for some in events.chunks(ROWS_AT_ONCE) {
        match some {
            // A statement for one row is prepared once and kept.
            [event] => diesel::insert_into(outbox::table).values(OutboxRow::from(*event)).execute(conn)?,
            many => {
                let rows: Vec<OutboxRow> = many.iter().map(|event| OutboxRow::from(*event)).collect();
                diesel::insert_into(outbox::table).values(rows).execute(conn)?
            }
        };
    }
    Ok(())
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

/// Jobs that are due at `now`, of each type the most urgent, and then the longest due: they are nobody else's until this
/// transaction ends. What another transaction has in hand is passed over.
fn lock_ready_jobs(conn: &mut Conn, types: &[JobType], limit: i64, now: Timestamp) -> Result<Vec<JobRow>, Failure> {
    const READY: &str = "update jobs set ready = true where id in
      (select id from jobs where not ready and due_at <= $1 order by due_at limit 1000 for update skip locked)";
    const LOCK: &str = "select locked.id from unnest($1) as wanted (job_type) cross join lateral
      (select id from jobs where ready and jobs.job_type = wanted.job_type order by priority desc, due_at, id limit $2
       for update skip locked) as locked";
    diesel::sql_query(READY).bind::<Instant, _>(DbInstant(now)).execute(conn)?;
    let types: Vec<&str> = types.iter().map(JobType::as_str).collect();
    let lock = diesel::sql_query(LOCK).bind::<Array<Text>, _>(types).bind::<BigInt, _>(limit);
    let locked: Vec<LockedJob> = lock.load(conn)?;
    if locked.is_empty() {
        return Ok(Vec::new());
    }
    let ids = locked.into_iter().map(|job| job.id);
    Ok(jobs::table.filter(jobs::id.eq_any(ids)).select(JobRow::as_select()).load(conn)?)
}

#[derive(QueryableByName)]
struct LockedJob {
    #[diesel(sql_type = Id)]
    id: DbId,
}

type HavingCategory = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, diesel::dsl::AsExprOf<String, Text>>>;

/// Whether an episode has this category.
fn having_category(category: &str) -> HavingCategory {
    sql::<Bool>("jsonb_exists(episodes.categories, ").bind::<Text, _>(category.to_owned()).sql(")")
}
