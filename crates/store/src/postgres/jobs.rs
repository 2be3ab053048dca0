//! Jobs, many in one statement: finding those to hand out, and writing what became of them.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Job, JobType, Whose};
use showrunner_domain::{Change, Timestamp, Version};
use uuid::Uuid;

use super::Conn;
use super::columnwise::columnwise;
use crate::cached::{Cached, ExecuteCached as _};
use crate::current_show::{show_of, show_or_nil_of};
use crate::failure::Failure;
use crate::rows::{AttemptRow, JobRow, JobUpdate};
use crate::types::{DbId, DbInstant, Id, Instant};

/// Marks jobs whose time has come. Those of other transactions are passed over.
const READY: &str = "update jobs set ready = true where id in
  (select id from jobs where not ready and due_at <= (select clock_timestamp()) order by due_at limit 1000
   for update skip locked)";

/// What is read of a locked job, with its show as it is now, and when that was.
macro_rules! columns_of_locked {
    () => {
        concat!(
            "id, locked.job_type, status, payload, results, progress, progress_message, progress_revision, priority,
  retry_count, max_retries, error_message, episode_id, ",
            show_of!("locked"),
            " as show_id, created_by, granted, unique_key, run_at, started_at, completed_at, next_retry_at, attempt, worker,
  receipt_handle, lease_expires_at, due_at, ready, created_at, updated_at, version, clock_timestamp() as looked_at"
        )
    };
}

/// Of each type the most urgent jobs, and then the longest due.
const LOCK: &str = concat!(
    "select ",
    columns_of_locked!(),
    "
from unnest($1::text[]) as wanted (job_type) cross join lateral
  (select * from jobs where ready and jobs.job_type = wanted.job_type order by priority desc, due_at, id limit $2
   for update skip locked) as locked"
);

/// Of each type the most urgent jobs of the users next to this one in the index, and of the system.
const LOCK_OF_OTHERS: &str = concat!(
    "select ",
    columns_of_locked!(),
    "
from unnest($1::text[]) as wanted (job_type) cross join lateral
  (select * from (select * from jobs where ready and jobs.job_type = wanted.job_type and created_by > $3
     order by created_by, priority desc, due_at, id limit $2 for update skip locked) as after
   union all
   select * from (select * from jobs where ready and jobs.job_type = wanted.job_type and created_by < $3
     order by created_by, priority desc, due_at, id limit $2 for update skip locked) as before
   union all
   select * from (select * from jobs where ready and jobs.job_type = wanted.job_type and created_by is null and $4
     order by priority desc, due_at, id limit $2 for update skip locked) as systems) as locked"
);

/// What a job that was never claimed has none of is left out.
const INSERT: &str = "insert into jobs
  (id, job_type, payload, priority, max_retries, episode_id, show_id, created_by, granted, unique_key, created_at,
   status, progress, retry_count, run_at, attempt, due_at, ready, updated_at, version)
select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

const INSERT_ATTEMPTS: &str = "insert into job_attempts
  (job_id, attempt, worker, outcome, error, started_at, ended_at)
select * from unnest($1, $2, $3, $4, $5, $6, $7)";

const UPDATE: &str = "update jobs
set status = new.status, results = new.results, progress = new.progress, progress_message = new.progress_message,
    progress_revision = new.progress_revision, retry_count = new.retry_count, error_message = new.error_message,
    run_at = new.run_at, started_at = new.started_at, completed_at = new.completed_at,
    next_retry_at = new.next_retry_at, attempt = new.attempt, worker = new.worker,
    receipt_handle = new.receipt_handle, lease_expires_at = new.lease_expires_at, due_at = new.due_at,
    ready = new.ready, updated_at = new.updated_at, version = new.version
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) as new
  (id, expected, status, results, progress, progress_message, progress_revision, retry_count, error_message, run_at,
   started_at, completed_at, next_retry_at, attempt, worker, receipt_handle, lease_expires_at, due_at, ready,
   updated_at, version)
where jobs.id = new.id and jobs.version = new.expected";

#[derive(QueryableByName)]
struct Locked {
    #[diesel(embed)]
    job: JobRow,
    #[diesel(sql_type = Instant)]
    looked_at: DbInstant,
}

/// Jobs that are due by the database's clock, and what it says: of each type the most urgent, and then the longest due. They
/// are nobody else's until this transaction ends. What another transaction has in hand is passed over.
pub(super) fn lock_ready_jobs(
    conn: &mut Conn,
    types: &[JobType],
    whose: Whose,
    limit: i64,
    now: Timestamp,
) -> Result<(Timestamp, Vec<JobRow>), Failure> {
    conn.execute_cached(diesel::sql_query(READY))?;
    let types: Vec<&str> = types.iter().map(JobType::as_str).collect();
    let locked: Vec<Locked> = match whose {
        Whose::Anybodys => {
            let lock = diesel::sql_query(LOCK).bind::<Array<Text>, _>(types).bind::<BigInt, _>(limit);
            Cached(lock).load(conn)?
        }
        Whose::AnybodysBut(user) => {
            let lock = diesel::sql_query(LOCK_OF_OTHERS).bind::<Array<Text>, _>(types).bind::<BigInt, _>(limit);
            // Every user comes behind the least identifier there is.
            let lock = lock.bind::<Id, _>(DbId(user.map_or_else(Uuid::nil, UserId::uuid)));
            Cached(lock.bind::<Bool, _>(user.is_some())).load(conn)?
        }
    };
    let looked_at = locked.last().map_or(now, |last| last.looked_at.0);
    Ok((looked_at, locked.into_iter().map(|locked| locked.job).collect()))
}

/// Writes new jobs.
pub(super) fn insert_jobs(conn: &mut Conn, rows: &[JobRow]) -> Result<(), Failure> {
    let insert = columnwise!(INSERT, rows, {
        id: Id,
        job_type: Text,
        payload: Text,
        priority: Integer,
        max_retries: Integer,
        episode_id: Nullable<Id>,
        show_id: Nullable<Id>,
        created_by: Nullable<Id>,
        granted: Nullable<Text>,
        unique_key: Nullable<Text>,
        created_at: Instant,
        state.status: Text,
        state.progress: Integer,
        state.retry_count: BigInt,
        state.run_at: Instant,
        state.attempt: BigInt,
        state.due_at: Nullable<Instant>,
        state.ready: Bool,
        state.updated_at: Instant,
        state.version: BigInt,
    });
    conn.execute_cached(insert)?;
    Ok(())
}

/// Writes the new state of jobs, each of which is in it once, and answers how many were in the version that was expected.
pub(super) fn update_jobs(conn: &mut Conn, changes: &[&Change<Job>]) -> Result<usize, Failure> {
    let rows: Vec<Update> = changes.iter().map(|change| Update::from(*change)).collect();
    let update = columnwise!(UPDATE, rows, {
        id: Id,
        expected: Nullable<BigInt>,
        state.status: Text,
        state.results: Nullable<Text>,
        state.progress: Integer,
        state.progress_message: Nullable<Text>,
        state.progress_revision: Nullable<BigInt>,
        state.retry_count: BigInt,
        state.error_message: Nullable<Text>,
        state.run_at: Instant,
        state.started_at: Nullable<Instant>,
        state.completed_at: Nullable<Instant>,
        state.next_retry_at: Nullable<Instant>,
        state.attempt: BigInt,
        state.worker: Nullable<Text>,
        state.receipt_handle: Nullable<Id>,
        state.lease_expires_at: Nullable<Instant>,
        state.due_at: Nullable<Instant>,
        state.ready: Bool,
        state.updated_at: Instant,
        state.version: BigInt,
    });
    Ok(conn.execute_cached(update)?)
}

/// What one change makes of a job.
struct Update {
    id: DbId,
    expected: Option<i64>,
    state: JobUpdate,
}

impl From<&Change<Job>> for Update {
    fn from(change: &Change<Job>) -> Self {
        let state = change.state();
        Self { id: DbId(state.id.uuid()), expected: change.expected().map(Version::get), state: JobUpdate::from(state) }
    }
}

/// Writes attempts that have ended.
pub(super) fn insert_attempts(conn: &mut Conn, rows: &[AttemptRow]) -> Result<(), Failure> {
    let insert = columnwise!(INSERT_ATTEMPTS, rows, {
        job_id: Id,
        attempt: BigInt,
        worker: Nullable<Text>,
        outcome: Text,
        error: Nullable<Text>,
        started_at: Instant,
        ended_at: Instant,
    });
    conn.execute_cached(insert)?;
    Ok(())
}
