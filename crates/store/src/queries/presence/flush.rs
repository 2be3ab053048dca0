//! What a node writes of presence, all in one transaction.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use showrunner_domain::Timestamp;
use showrunner_domain::identity::UserId;
use showrunner_domain::presence::{Choice, Entry, Flush, Flushed, NodeId, Place, Revision, Spot};

use super::{Conn, shared_time};
use crate::failure::Failure;
use crate::rows::{ChoiceRow, EndedRow, LeaseRow, PresenceRow, node_id};
use crate::schema::{presence_choices, presence_ended, presence_head, presence_leases, user_presence};
use crate::types::{DbId, DbInstant};

/// How many rows one statement writes at most: what it binds is limited.
const CHUNK: usize = 500;
/// For how long it is remembered who has gone, in seconds.
const ENDED_FOR: i64 = 60;

/// Writes `flush`, takes leases away that have run out, and forgets what is over.
///
/// The revision is drawn first: its row is locked until this transaction ends, so that whoever sees a revision sees
/// all lower ones.
pub(super) fn flush(conn: &mut Conn, flush: Flush, now: Timestamp) -> Result<Flushed, Failure> {
    let revision = next_revision(conn)?;
    let now = shared_time(conn, now)?;
    let lease_is_new = match flush.lease {
        Some(lasts) => take_lease(conn, &LeaseRow::written(flush.node, lasts, now))?,
        None => false,
    };
    write_entries(conn, flush.entries, now, revision)?;
    write_ended(conn, &flush.ended, now, revision)?;
    write_choices(conn, flush.choices, revision)?;
    sweep(conn, now)?;
    Ok(Flushed { lease_is_new })
}

/// Draws the next revision.
pub(super) fn next_revision(conn: &mut Conn) -> Result<Revision, Failure> {
    let next = presence_head::revision.eq(presence_head::revision + 1);
    let drawn = diesel::update(presence_head::table).set(next).returning(presence_head::revision).get_result(conn)?;
    Ok(Revision::new(drawn))
}

/// Removes what a node's connections held, and its lease. That the lease is gone tells the others.
pub(super) fn remove_node(conn: &mut Conn, node: NodeId) -> Result<(), Failure> {
    let held = user_presence::table.filter(user_presence::node_id.eq(node_id(Some(node))));
    diesel::delete(held).execute(conn)?;
    diesel::delete(presence_leases::table.find(node_id(Some(node)))).execute(conn)?;
    Ok(())
}

/// Takes or renews a lease; answers whether it was taken.
fn take_lease(conn: &mut Conn, lease: &LeaseRow) -> Result<bool, Failure> {
    let upsert = diesel::update(presence_leases::table.find(lease.node_id))
        .set(presence_leases::expires_at.eq(lease.expires_at));
    if upsert.execute(conn)? > 0 {
        return Ok(false);
    }
    diesel::insert_into(presence_leases::table).values(lease).execute(conn)?;
    Ok(true)
}

fn write_entries(conn: &mut Conn, entries: Vec<Entry>, now: Timestamp, revision: Revision) -> Result<(), Failure> {
    use user_presence::dsl;
    let rows: Vec<_> = entries.into_iter().map(|entry| PresenceRow::written(entry, now, revision)).collect();
    for rows in rows.chunks(CHUNK) {
        diesel::insert_into(dsl::user_presence)
            .values(rows)
            .on_conflict((dsl::subject_kind, dsl::subject_id, dsl::user_id, dsl::node_id))
            .do_update()
            .set((
                dsl::user_name.eq(excluded(dsl::user_name)),
                dsl::since.eq(excluded(dsl::since)),
                dsl::idle.eq(excluded(dsl::idle)),
                dsl::expires_at.eq(excluded(dsl::expires_at)),
                dsl::revision.eq(excluded(dsl::revision)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn write_ended(conn: &mut Conn, ended: &[Spot], now: Timestamp, revision: Revision) -> Result<(), Failure> {
    use presence_ended::dsl;
    let mut gone: HashMap<(Place, Option<NodeId>), Vec<DbId>> = HashMap::new();
    for spot in ended {
        gone.entry((spot.place, spot.node)).or_default().push(DbId(spot.user_id.uuid()));
    }
    for ((place, node), users) in gone {
        for users in users.chunks(CHUNK) {
            let rows = user_presence::table
                .filter(user_presence::subject_kind.eq(place.kind()))
                .filter(user_presence::subject_id.eq(DbId(place.id())))
                .filter(user_presence::user_id.eq_any(users))
                .filter(user_presence::node_id.eq(node_id(node)));
            diesel::delete(rows).execute(conn)?;
        }
    }
    let rows: Vec<_> = ended.iter().map(|spot| EndedRow::written(*spot, now, revision)).collect();
    for rows in rows.chunks(CHUNK) {
        diesel::insert_into(dsl::presence_ended)
            .values(rows)
            .on_conflict((dsl::subject_kind, dsl::subject_id, dsl::user_id, dsl::node_id))
            .do_update()
            .set((dsl::ended_at.eq(excluded(dsl::ended_at)), dsl::revision.eq(excluded(dsl::revision))))
            .execute(conn)?;
    }
    Ok(())
}

fn write_choices(conn: &mut Conn, choices: Vec<(UserId, Choice)>, revision: Revision) -> Result<(), Failure> {
    use presence_choices::dsl;
    let rows: Vec<_> = choices.into_iter().map(|(user, choice)| ChoiceRow::written(user, choice, revision)).collect();
    for rows in rows.chunks(CHUNK) {
        diesel::insert_into(dsl::presence_choices)
            .values(rows)
            .on_conflict(dsl::user_id)
            .do_update()
            .set((
                dsl::state.eq(excluded(dsl::state)),
                dsl::status_message.eq(excluded(dsl::status_message)),
                dsl::revision.eq(excluded(dsl::revision)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn sweep(conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
    let over = presence_leases::table.filter(presence_leases::expires_at.le(DbInstant(now)));
    for dead in over.select(presence_leases::node_id).limit(1_000).load::<DbId>(conn)? {
        remove_node(conn, NodeId::new(dead.0))?;
    }
    diesel::delete(user_presence::table.filter(user_presence::expires_at.le(DbInstant(now)))).execute(conn)?;
    let forgotten = presence_ended::ended_at.le(DbInstant(now.plus_seconds(-ENDED_FOR)));
    diesel::delete(presence_ended::table.filter(forgotten)).execute(conn)?;
    Ok(())
}
