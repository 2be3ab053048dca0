//! The ledger: one transaction for a change with its events, one for a reader's step with its effects.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::event::Effects;
use showrunner_domain::{
    Advance, Advanced, ChangeSet, CommitError, Committed, Ledger, Receipt, StoreError, StoredReceipt,
};

use super::{Conn, Lane, Store, activity_counts, append_events, receipts};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::{ActivityRow, NotificationRow};
use crate::schema::{activities, notifications, parked_events, reader_cursors};

#[async_trait]
impl Ledger for Store {
    async fn commit(&self, set: ChangeSet) -> Result<Committed, CommitError> {
        self.engine.commit(set).await?;
        Ok(Committed)
    }

    async fn find_receipt(&self, receipt: Receipt) -> Result<Option<StoredReceipt>, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| receipts::find_receipt(conn, &receipt)).await?)
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let advance = Arc::new(advance);
        let moved = self.engine.write(Lane::System, move |conn| {
            if !move_cursor(conn, &advance)? {
                return Ok(Advanced::Lost);
            }
            write_effects(conn, &advance)?;
            Ok(Advanced::Done)
        });
        Ok(moved.await?)
    }
}

/// Compares and sets: whoever comes second finds the cursor elsewhere.
fn move_cursor(conn: &mut Conn, advance: &Advance) -> Result<bool, Failure> {
    use reader_cursors::dsl;
    let cursor =
        dsl::reader_cursors.filter(dsl::reader.eq(advance.reader.as_str())).filter(dsl::seq.eq(advance.from.get()));
    Ok(conn.execute_cached(diesel::update(cursor).set(dsl::seq.eq(advance.to.get())))? == 1)
}

fn write_effects(conn: &mut Conn, advance: &Advance) -> Result<(), Failure> {
    let Effects { activities, notifications, events, parked } = &advance.effects;
    let rows: Vec<ActivityRow> = activities.iter().map(ActivityRow::from).collect();
    insert!(activities::table, &rows, conn)?;
    activity_counts::count(conn, activities)?;
    let rows: Vec<NotificationRow> = notifications.iter().map(NotificationRow::from).collect();
    insert!(notifications::table, &rows, conn)?;
    for event in parked {
        let row = (
            parked_events::reader.eq(advance.reader.as_str()),
            parked_events::seq.eq(event.seq.get()),
            parked_events::reason.eq(&event.reason),
        );
        diesel::insert_into(parked_events::table).values(row).execute(conn)?;
    }
    append_events(conn, &mut events.iter())
}
