//! Finding schedules, and writing them.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::schedule::{Firing, Schedule, ScheduleAfter, ScheduleId, ScheduleQuery, ScheduleStore};
use showrunner_domain::{Change, Page, StoreError, Timestamp};

use super::commit::won;
use super::page::{Filled, fill};
use super::{Conn, Lane, RowByRow, Store};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::ScheduleRow;
use crate::schema::schedules::dsl;
use crate::types::{DbId, DbInstant};

#[async_trait]
impl ScheduleStore for Store {
    async fn find_schedule(&self, id: ScheduleId) -> Result<Option<Schedule>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::schedules.filter(dsl::id.eq(DbId(id.uuid()))).select(ScheduleRow::as_select());
            query.first(conn).optional()?.map(Schedule::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn list_schedules(&self, query: ScheduleQuery) -> Result<Page<Schedule, ScheduleAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, &query)).await?)
    }

    async fn first_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let first = self.engine.read_briefly(Lane::Requests, |conn| {
            let first = dsl::schedules.filter(dsl::next_run_at.is_not_null()).order(dsl::next_run_at).limit(1);
            let first: Option<DbInstant> = first.select(dsl::next_run_at.assume_not_null()).first(conn).optional()?;
            Ok(first.map(|time| time.0))
        });
        Ok(first.await?)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Schedule>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let due = self.engine.read(move |conn| {
            let due = dsl::schedules.filter(dsl::next_run_at.le(DbInstant(now))).order(dsl::next_run_at).limit(limit);
            let rows: Vec<ScheduleRow> = due.select(ScheduleRow::as_select()).load(conn)?;
            rows.into_iter().map(Schedule::try_from).collect::<Result<Vec<_>, _>>()
        });
        Ok(due.await?)
    }
}

fn list(conn: &mut Conn, query: &ScheduleQuery) -> Result<Page<Schedule, ScheduleAfter>, Failure> {
    let total = if query.total {
        let count: i64 = dsl::schedules.count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = dsl::schedules.into_boxed();
    if let Some(after) = query.after {
        let (time, id) = (DbInstant(after.created_at), DbId(after.id.uuid()));
        rows = rows.filter(dsl::created_at.le(time)).filter(dsl::created_at.lt(time).or(dsl::id.lt(id)));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order((dsl::created_at.desc(), dsl::id.desc())).limit(wanted);
    let rows = rows.select(ScheduleRow::as_select()).load_iter::<ScheduleRow, RowByRow>(conn)?;
    let Filled { rows, more } = fill(rows, query.limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Schedule::try_from).collect();
    Ok(Page::of(items?, more, total, ScheduleAfter::of))
}

/// Writes a schedule, unless it was fired since it was read: what is written would have it come due once more.
pub(super) fn write_schedule(conn: &mut Conn, change: &Change<Schedule>) -> Result<(), Failure> {
    let row = ScheduleRow::from(change.state());
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::schedules).values(row).execute(conn)?;
        return Ok(());
    };
    let seen =
        dsl::schedules.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    if change.is_erased() {
        return won(diesel::delete(seen).execute(conn)?);
    }
    let written = match change.before().and_then(|before| before.next_run_at) {
        Some(due) => conn.execute_cached(diesel::update(seen.filter(dsl::next_run_at.eq(DbInstant(due)))).set(row))?,
        None => conn.execute_cached(diesel::update(seen.filter(dsl::next_run_at.is_null())).set(row))?,
    };
    won(written)
}

/// Moves a schedule on. Whoever comes second finds that it is not due any more.
pub(super) fn write_firing(conn: &mut Conn, firing: &Firing) -> Result<(), Failure> {
    let due = dsl::schedules
        .filter(dsl::id.eq(DbId(firing.schedule_id.uuid())))
        .filter(dsl::version.eq(firing.version.get()))
        .filter(dsl::next_run_at.eq(DbInstant(firing.due)));
    let next = dsl::next_run_at.eq(firing.next_run_at.map(DbInstant));
    won(match firing.fired_at {
        Some(at) => conn.execute_cached(diesel::update(due).set((next, dsl::last_run_at.eq(DbInstant(at)))))?,
        None => conn.execute_cached(diesel::update(due).set(next))?,
    })
}
