//! What a node reads of presence.

use diesel::prelude::*;
use showrunner_domain::Timestamp;
use showrunner_domain::presence::{Changes, NodeId, Revision};

use super::Conn;
use crate::failure::Failure;
use crate::rows::{ChoiceRow, EndedRow, LeaseRow, PresenceRow, node_id};
use crate::schema::{presence_choices, presence_ended, presence_head, presence_leases, user_presence};

/// How many rows of a kind are read at most; what lies beyond is not shown.
const MOST_ROWS: i64 = 100_000;

/// What was written after `after`, but for `node`'s own entries.
///
/// Each statement sees what was committed before it, and may see more than those before. So the head is read first:
/// what comes after it is read again the next time. And leases are read last: a node that is not among them then has
/// lost whatever was seen of it before.
pub(super) fn changes(
    conn: &mut Conn,
    after: Revision,
    node: NodeId,
    now: Timestamp,
) -> Result<Option<Changes>, Failure> {
    let head: i64 = presence_head::table.select(presence_head::revision).first(conn)?;
    if head <= after.get() {
        return Ok(None);
    }
    let own = node_id(Some(node));
    let ended = presence_ended::table
        .filter(presence_ended::revision.gt(after.get()).and(presence_ended::node_id.ne(own)))
        .order(presence_ended::revision)
        .limit(MOST_ROWS)
        .select(EndedRow::as_select())
        .load(conn)?;
    let entries = user_presence::table
        .filter(user_presence::revision.gt(after.get()).and(user_presence::node_id.ne(own)))
        .order(user_presence::revision)
        .limit(MOST_ROWS)
        .select(PresenceRow::as_select())
        .load(conn)?;
    let choices = presence_choices::table
        .filter(presence_choices::revision.gt(after.get()))
        .order(presence_choices::revision)
        .limit(MOST_ROWS)
        .select(ChoiceRow::as_select())
        .load(conn)?;
    let leases = presence_leases::table.limit(MOST_ROWS).select(LeaseRow::as_select()).load(conn)?;
    Ok(Some(Changes {
        head: Revision::new(head),
        ended: ended.iter().filter_map(EndedRow::spot).collect(),
        entries: entries.into_iter().filter_map(|row| row.read(now)).collect(),
        choices: choices.into_iter().filter_map(ChoiceRow::choice).collect(),
        leases: leases.iter().map(|row| row.read(now)).collect(),
    }))
}
