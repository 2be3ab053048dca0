//! Sorting records by a column that is only known at run time, and finding the place behind one of them.
//!
//! A place is compared as a row, `(column, id) > (value, id)`: both stores answer that from an index on both columns,
//! however many records share the value. Diesel has no such comparison, so it is an expression of our own; unlike
//! literal SQL it leaves the statement in the cache of prepared ones.

use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Date, Integer, Text};
use showrunner_domain::episode::{EpisodeAfter, EpisodeSort, SortKey, SortValue};
use showrunner_domain::show::{ShowAfter, ShowSort, ShowSortKey, ShowSortValue};

use super::Db;
use crate::schema::{episodes, shows};
use crate::types::{DbId, DbInstant, Id, Instant};

/// The order of a list of a table's records.
pub(super) struct InOrder<Table> {
    column: &'static str,
    id: &'static str,
    descending: bool,
    table: PhantomData<Table>,
}

/// Whether a record comes behind a place in that order. Where the place's value is empty, only those come behind it
/// that are empty too; the caller lists those apart.
pub(super) struct Behind<Table> {
    order: InOrder<Table>,
    value: Value,
    id: DbId,
}

/// The sort key of the place.
enum Value {
    Text(String),
    Number(i32),
    Day(NaiveDate),
    Time(DbInstant),
    Empty,
}

impl InOrder<episodes::table> {
    pub(super) const fn of_episodes(sort: EpisodeSort) -> Self {
        let column = match sort.key {
            SortKey::Title => "episodes.title_folded",
            SortKey::EpisodeNumber => "episodes.episode_number",
            SortKey::AirDate => "episodes.air_date",
            SortKey::CreatedAt => "episodes.created_at",
            SortKey::UpdatedAt => "episodes.updated_at",
            SortKey::Status => "episodes.status",
        };
        Self { column, id: "episodes.id", descending: sort.descending, table: PhantomData }
    }
}

impl InOrder<shows::table> {
    pub(super) const fn of_shows(sort: ShowSort) -> Self {
        let column = match sort.key {
            ShowSortKey::Name => "shows.name_folded",
            ShowSortKey::CreatedAt => "shows.created_at",
            ShowSortKey::UpdatedAt => "shows.updated_at",
        };
        Self { column, id: "shows.id", descending: sort.descending, table: PhantomData }
    }
}

impl Behind<episodes::table> {
    pub(super) fn episode(after: EpisodeAfter) -> Self {
        let value = match after.value {
            SortValue::Text(text) => Value::Text(text),
            SortValue::Number(number) => Value::Number(number),
            SortValue::Day(Some(day)) => Value::Day(day),
            SortValue::Day(None) => Value::Empty,
            SortValue::Time(time) => Value::Time(DbInstant(time)),
        };
        Self { order: InOrder::of_episodes(after.sort), value, id: DbId(after.id.uuid()) }
    }
}

impl Behind<shows::table> {
    pub(super) fn show(after: ShowAfter) -> Self {
        let value = match after.value {
            ShowSortValue::Text(text) => Value::Text(text),
            ShowSortValue::Time(time) => Value::Time(DbInstant(time)),
        };
        Self { order: InOrder::of_shows(after.sort), value, id: DbId(after.id.uuid()) }
    }
}

impl<Table> QueryFragment<Db> for InOrder<Table> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        let direction = if self.descending { " desc" } else { " asc" };
        out.push_sql(self.column);
        out.push_sql(direction);
        out.push_sql(", ");
        out.push_sql(self.id);
        out.push_sql(direction);
        Ok(())
    }
}

impl<Table> QueryFragment<Db> for Behind<Table> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        let comparison = if self.order.descending { " < " } else { " > " };
        if matches!(self.value, Value::Empty) {
            out.push_sql(self.order.id);
            out.push_sql(comparison);
            return out.push_bind_param::<Id, _>(&self.id);
        }
        out.push_sql("(");
        out.push_sql(self.order.column);
        out.push_sql(", ");
        out.push_sql(self.order.id);
        out.push_sql(")");
        out.push_sql(comparison);
        out.push_sql("(");
        match &self.value {
            Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
            Value::Number(number) => out.push_bind_param::<Integer, _>(number)?,
            Value::Day(day) => out.push_bind_param::<Date, _>(day)?,
            Value::Time(time) => out.push_bind_param::<Instant, _>(time)?,
            Value::Empty => {}
        }
        out.push_sql(", ");
        out.push_bind_param::<Id, _>(&self.id)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Table> Expression for InOrder<Table> {
    type SqlType = Bool;
}

impl<Table> Expression for Behind<Table> {
    type SqlType = Bool;
}

impl<Table> QueryId for InOrder<Table> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Table> QueryId for Behind<Table> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Table> ValidGrouping<()> for InOrder<Table> {
    type IsAggregate = is_aggregate::No;
}

impl<Table> ValidGrouping<()> for Behind<Table> {
    type IsAggregate = is_aggregate::No;
}

impl<Table> AppearsOnTable<Table> for InOrder<Table> {}
impl<Table> AppearsOnTable<Table> for Behind<Table> {}
impl<Table> SelectableExpression<Table> for InOrder<Table> {}
impl<Table> SelectableExpression<Table> for Behind<Table> {}
