//! Sorting episodes by a column that is only known at run time, and finding the place behind one of them.
//!
//! A place is compared as a row, `(column, id) > (value, id)`: both stores answer that from an index on both columns,
//! however many episodes share the value. Diesel has no such comparison, so it is an expression of our own; unlike
//! literal SQL it leaves the statement in the cache of prepared ones.

use chrono::NaiveDate;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Date, Integer, Text};
use showrunner_domain::episode::{EpisodeAfter, EpisodeSort, SortKey, SortValue};

use super::Db;
use crate::schema::episodes;
use crate::types::{DbId, DbInstant, Id, Instant};

/// The order of a list of episodes.
#[derive(Clone, Copy)]
pub(super) struct InOrder(pub(super) EpisodeSort);

/// Whether an episode comes behind a place in that order. Where the place's value is empty, only those come behind it
/// that are empty too; the caller lists those apart.
pub(super) struct Behind {
    sort: EpisodeSort,
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

impl Behind {
    pub(super) fn new(after: EpisodeAfter) -> Self {
        let value = match after.value {
            SortValue::Text(text) => Value::Text(text),
            SortValue::Number(number) => Value::Number(number),
            SortValue::Day(Some(day)) => Value::Day(day),
            SortValue::Day(None) => Value::Empty,
            SortValue::Time(time) => Value::Time(DbInstant(time)),
        };
        Self { sort: after.sort, value, id: DbId(after.id.uuid()) }
    }
}

const fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::Title => "episodes.title_folded",
        SortKey::EpisodeNumber => "episodes.episode_number",
        SortKey::AirDate => "episodes.air_date",
        SortKey::CreatedAt => "episodes.created_at",
        SortKey::UpdatedAt => "episodes.updated_at",
        SortKey::Status => "episodes.status",
    }
}

impl QueryFragment<Db> for InOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        let direction = if self.0.descending { " desc" } else { " asc" };
        out.push_sql(column(self.0.key));
        out.push_sql(direction);
        out.push_sql(", episodes.id");
        out.push_sql(direction);
        Ok(())
    }
}

impl QueryFragment<Db> for Behind {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        let comparison = if self.sort.descending { " < " } else { " > " };
        if matches!(self.value, Value::Empty) {
            out.push_sql("episodes.id");
            out.push_sql(comparison);
            return out.push_bind_param::<Id, _>(&self.id);
        }
        out.push_sql("(");
        out.push_sql(column(self.sort.key));
        out.push_sql(", episodes.id)");
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

impl Expression for InOrder {
    type SqlType = Bool;
}

impl Expression for Behind {
    type SqlType = Bool;
}

impl QueryId for InOrder {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for Behind {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl ValidGrouping<()> for InOrder {
    type IsAggregate = is_aggregate::No;
}

impl ValidGrouping<()> for Behind {
    type IsAggregate = is_aggregate::No;
}

impl AppearsOnTable<episodes::table> for InOrder {}
impl AppearsOnTable<episodes::table> for Behind {}
impl SelectableExpression<episodes::table> for InOrder {}
impl SelectableExpression<episodes::table> for Behind {}
