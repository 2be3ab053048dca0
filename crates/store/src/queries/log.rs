//! Reading the log.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::StoreError;
use showrunner_domain::event::{EventLog, LogBounds, LoggedEvent, ReaderName, Seq};

use super::{Conn, Store, settle};
use crate::failure::Failure;
use crate::rows::EventRow;
use crate::schema::{events, log_head, reader_cursors};

#[async_trait]
impl EventLog for Store {
    async fn bounds(&self) -> Result<LogBounds, StoreError> {
        let bounds = self.engine.read_briefly(bounds).await?;
        self.engine.saw(bounds.head.get());
        Ok(bounds)
    }

    async fn read(&self, after: Seq, limit: usize) -> Result<Vec<LoggedEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = self.engine.readers().run(move |conn| {
            let query = events::table.filter(events::seq.gt(after.get())).order(events::seq).limit(limit);
            let rows = query.select(EventRow::as_select()).load(conn)?;
            rows.into_iter().map(LoggedEvent::try_from).collect()
        });
        Ok(read.await?)
    }

    async fn cursor(&self, reader: ReaderName) -> Result<Seq, StoreError> {
        let cursor = self.engine.read_briefly(move |conn| {
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
