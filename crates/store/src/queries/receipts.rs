//! Receipts of requests that may be repeated.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use serde::Serialize;
use showrunner_domain::{CommitError, Receipt, ReceiptStore, RecordChange, StoreError, StoredReceipt, Timestamp};

use super::{Conn, Lane, Store, shared_time};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::schema::receipts::dsl;
use crate::types::{DbInstant, Instant};

/// The time of the row is asked again outside: the receipt may have been written anew since it was found.
const REMOVE: &str = "delete from receipts where created_at <= $1 and scope in
  (select scope from receipts where created_at <= $1 order by created_at limit $2)";

#[async_trait]
impl ReceiptStore for Store {
    async fn remove_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let removed = self.engine.write(Lane::Requests, move |conn| {
            let until = DbInstant(Receipt::expired_at(shared_time(conn, now)?));
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let remove = diesel::sql_query(REMOVE).bind::<Instant, _>(until).bind::<BigInt, _>(limit);
            Ok(conn.execute_cached(remove)?)
        });
        Ok(removed.await?)
    }
}

/// The valid receipt of this scope.
pub(super) fn find_receipt(conn: &mut Conn, receipt: &Receipt) -> Result<Option<StoredReceipt>, Failure> {
    let found = dsl::receipts
        .filter(dsl::scope.eq(&receipt.scope))
        .filter(dsl::created_at.gt(DbInstant(receipt.expired_until())))
        .select((dsl::fingerprint, dsl::created, dsl::record))
        .first(conn)
        .optional()?;
    Ok(found.map(|(fingerprint, created, record)| StoredReceipt { fingerprint, created, record }))
}

/// Keeps the receipt with the record that `change` results in, unless a valid one of the same scope is there.
pub(super) fn keep_receipt(conn: &mut Conn, receipt: &Receipt, change: &RecordChange) -> Result<(), Failure> {
    let (expected, record) = match change {
        RecordChange::Show(change) => (change.expected(), text(change.state())?),
        RecordChange::Episode(change) => (change.expected(), text(change.state())?),
        RecordChange::Composition(change) => (change.expected(), text(change.state())?),
        RecordChange::Template(change) => (change.expected(), text(change.state())?),
        RecordChange::Job(change) => (change.expected(), text(change.state())?),
        RecordChange::Schedule(change) => (change.expected(), text(change.state())?),
        RecordChange::User(change) => (change.expected(), text(change.state())?),
        // Nothing that may be repeated changes these first.
        RecordChange::Membership(_)
        | RecordChange::Session(_)
        | RecordChange::Password(_)
        | RecordChange::File(_)
        | RecordChange::CompositionVersion(_)
        | RecordChange::Output(_)
        | RecordChange::Blob(_)
        | RecordChange::Firing(_)
        | RecordChange::Occurrence(_) => return Ok(()),
    };
    let row = (
        dsl::scope.eq(&receipt.scope),
        dsl::fingerprint.eq(&receipt.fingerprint),
        dsl::created.eq(expected.is_none()),
        dsl::record.eq(record),
        dsl::created_at.eq(DbInstant(receipt.asked_at)),
    );
    // On Postgres this waits for another transaction that is writing the same scope, so that the look below sees it.
    let upsert = diesel::insert_into(dsl::receipts).values(row).on_conflict(dsl::scope).do_update().set((
        dsl::fingerprint.eq(excluded(dsl::fingerprint)),
        dsl::created.eq(excluded(dsl::created)),
        dsl::record.eq(excluded(dsl::record)),
        dsl::created_at.eq(excluded(dsl::created_at)),
    ));
    let over_expired = methods::FilterDsl::filter(upsert, dsl::created_at.le(DbInstant(receipt.expired_until())));
    if over_expired.execute(conn)? == 1 {
        return Ok(());
    }
    match find_receipt(conn, receipt)? {
        Some(stored) => Err(CommitError::Received(stored).into()),
        None => Err(CommitError::Stale.into()),
    }
}

fn text(record: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(record).map_err(|error| CommitError::Store(StoreError::new(error)).into())
}
