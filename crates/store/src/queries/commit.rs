//! Writing a change set: states first, events last.

use diesel::prelude::*;
use serde::Serialize;
use showrunner_domain::episode::Episode;
use showrunner_domain::identity::User;
use showrunner_domain::{Change, ChangeSet, CommitError, Receipt, RecordChange, StoreError, StoredReceipt};

use super::{Conn, append_events};
use crate::failure::Failure;
use crate::rows::{EpisodeRow, UserRow};
use crate::schema::{episodes, receipts, users};
use crate::types::{DbId, DbInstant};

pub(super) fn commit(conn: &mut Conn, set: &ChangeSet) -> Result<(), Failure> {
    if let Some(receipt) = set.receipt() {
        keep_receipt(conn, receipt, set)?;
    }
    for change in set.changes() {
        match change {
            RecordChange::Episode(change) => write_episode(conn, change)?,
            RecordChange::User(change) => write_user(conn, change)?,
        }
    }
    append_events(conn, &mut set.events())
}

fn write_episode(conn: &mut Conn, change: &Change<Episode>) -> Result<(), Failure> {
    use episodes::dsl;
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::episodes).values(EpisodeRow::from(change.state())).execute(conn)?;
        return Ok(());
    };
    let seen = dsl::episodes.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    let written = if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        diesel::update(seen).set(EpisodeRow::from(change.state())).execute(conn)?
    };
    won(written)
}

fn write_user(conn: &mut Conn, change: &Change<User>) -> Result<(), Failure> {
    use users::dsl;
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::users).values(UserRow::from(change.state())).execute(conn)?;
        return Ok(());
    };
    let seen = dsl::users.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    let written = if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        diesel::update(seen).set(UserRow::from(change.state())).execute(conn)?
    };
    won(written)
}

/// Compare-and-set: no row means that another writer was first.
fn won(written: usize) -> Result<(), Failure> {
    if written == 1 { Ok(()) } else { Err(CommitError::Stale.into()) }
}

fn keep_receipt(conn: &mut Conn, receipt: &Receipt, set: &ChangeSet) -> Result<(), Failure> {
    use receipts::dsl;
    let Some((change, event)) = set.changes().first().zip(set.events().next()) else { return Ok(()) };
    let (expected, record) = match change {
        RecordChange::Episode(change) => (change.expected(), text(change.state())?),
        RecordChange::User(change) => (change.expected(), text(change.state())?),
    };
    let row = (
        dsl::scope.eq(&receipt.scope),
        dsl::fingerprint.eq(&receipt.fingerprint),
        dsl::created.eq(expected.is_none()),
        dsl::record.eq(record),
        dsl::created_at.eq(DbInstant(event.timestamp)),
    );
    // On Postgres this waits for another transaction that is writing the same scope, so that the look below sees it.
    if diesel::insert_into(dsl::receipts).values(row).on_conflict_do_nothing().execute(conn)? == 1 {
        return Ok(());
    }
    let (fingerprint, created, record) = dsl::receipts
        .filter(dsl::scope.eq(&receipt.scope))
        .select((dsl::fingerprint, dsl::created, dsl::record))
        .first(conn)?;
    Err(CommitError::Received(StoredReceipt { fingerprint, created, record }).into())
}

fn text(record: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(record).map_err(|error| CommitError::Store(StoreError::new(error)).into())
}
