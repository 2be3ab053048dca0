//! Numbering: from `outbox` to `events`, one numberer at a time.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Conn, NUMBERING_LOCK};
use crate::cached::Cached;
use crate::failure::Failure;
use crate::schema::outbox;

/// How many events one statement numbers at most.
const BATCH: i64 = 1_000;

/// Moves a batch and tells every node of it at commit, and whether jobs are among it, in the order of `outbox_id` and nothing else: it was drawn after the row locks were taken, while
/// identifiers and times were made before, on other clocks. All parts of the statement see the same `log_head`.
const NUMBER: &str = "
with taken as (
  delete from outbox where outbox_id in (select outbox_id from outbox order by outbox_id limit 1000) returning *
), numbered as (
  insert into events (seq, id, name, data, created_at, actor_id, actor_name, actor_email, ip, user_agent, request_id,
                      subject_kind, subject_id, audience, show_id, imported, owner_id)
  select (select seq from log_head) + row_number() over (order by outbox_id), id, name, data, created_at, actor_id,
         actor_name, actor_email, ip, user_agent, request_id, subject_kind, subject_id, audience, show_id, imported, owner_id
  from taken
), moved as (
  update log_head set seq = seq + (select count(*) from taken) where exists (select 1 from taken)
)
select count(*) as moved, (select seq from log_head) + count(*) as head,
       case when count(*) > 0 then (
         select count(*)
         from pg_notify('showrunner', case when bool_or(name in ('job_created', 'job_retry')) then 'jobs' else '' end)
       ) end as told
from taken";
/// What is told where jobs have come to the queue.
pub(super) const JOBS: &str = "jobs";

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = BigInt)]
    moved: i64,
    #[diesel(sql_type = BigInt)]
    head: i64,
}

/// Numbers everything that is committed, until nothing is left. Where nothing is, it only looks.
pub(super) fn settle(conn: &mut Conn) -> Result<(), Failure> {
    if diesel::select(exists(outbox::table.select(outbox::outbox_id))).get_result::<bool>(conn)? {
        number(conn)?;
    }
    Ok(())
}

/// Numbers everything that is committed, until nothing is left, and answers how far the log then reaches.
pub(super) fn number(conn: &mut Conn) -> Result<i64, Failure> {
    loop {
        let Moved { moved, head } = number_some(conn)?;
        if moved < BATCH {
            return Ok(head);
        }
    }
}

/// Numbers one batch.
///
/// The lock is taken in a statement of its own: the next one's snapshot is then younger than the commit of whoever
/// held the lock before.
fn number_some(conn: &mut Conn) -> Result<Moved, Failure> {
    conn.build_transaction().read_committed().run(|conn| {
        hold_numbering(conn)?;
        Ok(Cached(diesel::sql_query(NUMBER)).get_result(conn)?)
    })
}

/// Lets nobody else number until this transaction ends.
pub(super) fn hold_numbering(conn: &mut Conn) -> Result<(), Failure> {
    let lock = sql::<BigInt>("(select count(*) from pg_advisory_xact_lock(").bind::<BigInt, _>(NUMBERING_LOCK);
    // It stays prepared because it answers something.
    let _: i64 = Cached(diesel::select(lock.sql("))"))).get_result(conn)?;
    Ok(())
}
