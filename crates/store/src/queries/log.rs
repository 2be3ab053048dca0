//! Reading the log.

use async_trait::async_trait;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use showrunner_domain::event::{
    EventId, EventLog, History, LogBounds, LogHead, LogPage, LoggedEvent, LostRange, ReadLimit, ReaderName, Seq,
};
use showrunner_domain::{StoreError, Timestamp};

use super::{Conn, Lane, Store, hold_numbering, settle};
use crate::cached::Cached;
use crate::failure::Failure;
use crate::rows::EventRow;
use crate::schema::{events, log_head, lost_ranges, reader_cursors};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl EventLog for Store {
    async fn bounds(&self) -> Result<LogBounds, StoreError> {
        let bounds = self.engine.read_briefly(Lane::System, bounds).await?;
        self.engine.saw(bounds.head.get());
        Ok(bounds)
    }

    async fn history(&self, place: Seq) -> Result<History, StoreError> {
        let history = self.engine.read_briefly(Lane::System, move |conn| history(conn, place)).await?;
        self.engine.saw(history.bounds.head.get());
        Ok(history)
    }

    async fn read(&self, after: Seq, limit: ReadLimit) -> Result<LogPage, StoreError> {
        let reached = *self.engine.head().borrow();
        Ok(self.engine.attend(move |conn| page(conn, after, limit, reached)).await?)
    }

    async fn cursor(&self, reader: ReaderName) -> Result<Seq, StoreError> {
        let cursor = self.engine.read_briefly(Lane::System, move |conn| {
            let query = reader_cursors::table.filter(reader_cursors::reader.eq(reader.as_str()));
            place("reader_cursors", query.select(reader_cursors::seq).first(conn)?)
        });
        Ok(cursor.await?)
    }

    async fn wait_beyond(&self, after: Seq) {
        let mut head = self.engine.head();
        // An error means that the store is going away: then there is nothing left to wait for.
        let _ = head.wait_for(|head| *head > after.get()).await;
    }
}

#[async_trait]
impl LogHead for Store {
    async fn move_on(&self, places: u32, now: Timestamp) -> Result<LostRange, StoreError> {
        let range = self.engine.write(Lane::System, move |conn| {
            hold_numbering(conn)?;
            let head = diesel::update(log_head::table).set(log_head::seq.eq(log_head::seq + i64::from(places)));
            let last: i64 = head.returning(log_head::seq).get_result(conn)?;
            let first = last - i64::from(places) + 1;
            let row =
                (lost_ranges::first.eq(first), lost_ranges::last.eq(last), lost_ranges::created_at.eq(DbInstant(now)));
            diesel::insert_into(lost_ranges::table).values(row).execute(conn)?;
            Ok(LostRange { first: place("lost_ranges", first)?, last: place("lost_ranges", last)? })
        });
        Ok(range.await?)
    }
}

/// The events after `after`. The log was seen to reach `reached`; where it holds none before that, the head is looked at.
fn page(conn: &mut Conn, after: Seq, limit: ReadLimit, reached: i64) -> Result<LogPage, Failure> {
    let mut events = events_after(conn, after, limit)?;
    let mut scanned = after;
    if events.is_empty() && reached > after.get() {
        // The head first: events that come after this are found by the second look.
        scanned = place("log_head", log_head::table.select(log_head::seq).first(conn)?)?.max(after);
        events = events_after(conn, after, limit)?;
    }
    Ok(LogPage { scanned: events.last().map_or(scanned, |last| last.seq), events })
}

/// The first events after `after`, within `limit`. How large they are is found out before any of them is loaded.
fn events_after(conn: &mut Conn, after: Seq, limit: ReadLimit) -> Result<Vec<LoggedEvent>, Failure> {
    let [count, bytes] = [limit.events, limit.bytes].map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    let last = sql::<BigInt>(
        "(select max(seq) from (select seq, sum(size) over (order by seq) - size as before from
          (select seq, octet_length(data) as size from events where seq > ",
    )
    .bind::<BigInt, _>(after.get())
    .sql(" order by seq limit ")
    .bind::<BigInt, _>(count)
    .sql(") as next) as sized where before < ")
    .bind::<BigInt, _>(bytes)
    .sql(")");
    let run = events::table.filter(events::seq.gt(after.get())).filter(events::seq.le(last)).order(events::seq);
    let rows: Vec<EventRow> = Cached(run.select(EventRow::as_select())).load(conn)?;
    rows.into_iter().map(LoggedEvent::try_from).collect()
}

fn history(conn: &mut Conn, place: Seq) -> Result<History, Failure> {
    let bounds = bounds(conn)?;
    let event = events::table.find(place.get()).select(events::id).first::<DbId>(conn).optional()?;
    let lost = lost_ranges::table.filter(lost_ranges::first.le(place.get())).filter(lost_ranges::last.gt(place.get()));
    let lost = diesel::select(exists(lost)).get_result(conn)?;
    Ok(History { bounds, event: event.map(|id| EventId::new(id.0)), lost })
}

fn bounds(conn: &mut Conn) -> Result<LogBounds, Failure> {
    settle(conn)?;
    let (first, head) = log_head::table.select((log_head::first, log_head::seq)).first(conn)?;
    Ok(LogBounds { first: place("log_head", first)?, head: place("log_head", head)? })
}

fn place(table: &'static str, number: i64) -> Result<Seq, Failure> {
    Seq::new(number).ok_or_else(|| Failure::Unreadable {
        table,
        row: number.to_string(),
        column: "seq",
        problem: "below 0".to_owned(),
    })
}
