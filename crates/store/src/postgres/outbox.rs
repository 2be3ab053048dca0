//! Leaving events to the numberer.

use diesel::sql_types::{BigInt, Nullable, Text};
use showrunner_domain::event::DomainEvent;

use super::Conn;
use super::columnwise::columnwise;
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::OutboxRow;
use crate::types::{Id, Instant};

const INSERT: &str = "insert into outbox
  (id, name, data, created_at, actor_id, actor_name, actor_email, ip, user_agent, request_id, subject_kind, subject_id,
   audience, show_id, imported, owner_id)
select id, name, data, created_at, actor_id, actor_name, actor_email, ip, user_agent, request_id, subject_kind, subject_id,
       audience, show_id, imported, owner_id
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) with ordinality as new
  (id, name, data, created_at, actor_id, actor_name, actor_email, ip, user_agent, request_id, subject_kind, subject_id,
   audience, show_id, imported, owner_id, place)
order by place";

/// How many rows one statement inserts at most.
const ROWS_AT_ONCE: usize = 500;

/// Leaves `events` to the numberer. This must come last in its transaction: the row locks that order the changes of
/// one record are taken by the state writes before it.
pub(super) fn append_events(conn: &mut Conn, events: &mut dyn Iterator<Item = &DomainEvent>) -> Result<(), Failure> {
    let rows: Vec<OutboxRow> = events.map(OutboxRow::from).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let insert = columnwise!(INSERT, rows, {
            id: Id,
            name: Text,
            data: Text,
            created_at: Instant,
            actor_id: Nullable<Id>,
            actor_name: Text,
            actor_email: Nullable<Text>,
            ip: Nullable<Text>,
            user_agent: Nullable<Text>,
            request_id: Nullable<Text>,
            subject_kind: Text,
            subject_id: Id,
            audience: Text,
            show_id: Nullable<Id>,
            imported: Nullable<BigInt>,
            owner_id: Nullable<Id>,
        });
        conn.execute_cached(insert)?;
    }
    Ok(())
}
