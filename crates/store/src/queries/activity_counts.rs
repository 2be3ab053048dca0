//! Counting activities while they are written, and adding the counts up.

use chrono::NaiveDate;
use diesel::dsl::{max, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel::upsert::excluded;
use showrunner_domain::activity::{
    ActionCount, Activity, ActivityAction, ActivityStats, ActivityTally, DayCount, Period, ResourceCount, StatsQuery,
    UserCount,
};
use showrunner_domain::event::Audience;
use showrunner_domain::identity::UserId;
use uuid::Uuid;

use super::{Conn, Db};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::schema::activity_tallies::{self, dsl};
use crate::types::DbId;

/// How many users an answer names.
const USERS: i64 = 100;

/// Adds `activities` to the counts.
pub(super) fn count(conn: &mut Conn, activities: &[Activity]) -> Result<(), Failure> {
    for tally in ActivityTally::of(activities) {
        let row = (
            dsl::day.eq(tally.day),
            dsl::audience.eq(tally.audience.to_string()),
            dsl::action.eq(tally.action.as_str()),
            dsl::resource_type.eq(&tally.resource_type),
            dsl::user_id.eq(DbId(tally.user_id.map_or(Uuid::nil(), UserId::uuid))),
            dsl::user_name.eq(&tally.user_name),
            dsl::count.eq(tally.count.cast_signed()),
        );
        let upsert = diesel::insert_into(dsl::activity_tallies)
            .values(row)
            .on_conflict((dsl::day, dsl::audience, dsl::action, dsl::resource_type, dsl::user_id))
            .do_update()
            .set((dsl::count.eq(dsl::count + excluded(dsl::count)), dsl::user_name.eq(excluded(dsl::user_name))));
        conn.execute_cached(upsert)?;
    }
    Ok(())
}

/// Adds up what `query` asks for in `period`.
pub(super) fn stats(conn: &mut Conn, query: &StatsQuery, period: Period) -> Result<ActivityStats, Failure> {
    let by_day = by_day(conn, query, period)?;
    Ok(ActivityStats {
        from: period.from,
        to: period.to,
        total: by_day.iter().map(|day| day.count).sum(),
        by_action: by_action(conn, query, period)?,
        by_resource: by_resource(conn, query, period)?,
        by_user: by_user(conn, query, period)?,
        by_day,
    })
}

type Condition = Box<dyn BoxableExpression<activity_tallies::table, Db, SqlType = Bool>>;

fn wanted(query: &StatsQuery, period: Period) -> Condition {
    let visible: Vec<String> = query.visible.audiences().iter().map(Audience::to_string).collect();
    let mut wanted: Condition = Box::new(dsl::day.between(period.from, period.to).and(dsl::audience.eq_any(visible)));
    if let Some(user) = query.user_id {
        wanted = Box::new(wanted.and(dsl::user_id.eq(DbId(user.uuid()))));
    }
    if let Some(action) = query.action {
        wanted = Box::new(wanted.and(dsl::action.eq(action.as_str())));
    }
    if let Some(kind) = &query.resource_type {
        wanted = Box::new(wanted.and(dsl::resource_type.eq(kind.to_string())));
    }
    wanted
}

/// The sum of the counts. Postgres would widen it to a decimal.
fn total() -> SqlLiteral<BigInt> {
    sql::<BigInt>("cast(sum(count) as bigint)")
}

fn by_day(conn: &mut Conn, query: &StatsQuery, period: Period) -> Result<Vec<DayCount>, Failure> {
    let days = dsl::activity_tallies.filter(wanted(query, period)).group_by(dsl::day);
    let rows: Vec<(NaiveDate, i64)> = days.select((dsl::day, total())).order(dsl::day).load(conn)?;
    Ok(rows.into_iter().map(|(day, count)| DayCount { day, count: count.unsigned_abs() }).collect())
}

fn by_action(conn: &mut Conn, query: &StatsQuery, period: Period) -> Result<Vec<ActionCount>, Failure> {
    let actions = dsl::activity_tallies.filter(wanted(query, period)).group_by(dsl::action);
    let rows: Vec<(String, i64)> =
        actions.select((dsl::action, total())).order((total().desc(), dsl::action)).load(conn)?;
    // A newer release may have counted what this one has no name for.
    let known = |(name, count): (String, i64)| {
        ActivityAction::parse(&name).map(|action| ActionCount { action, count: count.unsigned_abs() })
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

fn by_resource(conn: &mut Conn, query: &StatsQuery, period: Period) -> Result<Vec<ResourceCount>, Failure> {
    let kinds = dsl::activity_tallies.filter(wanted(query, period)).group_by(dsl::resource_type);
    let rows: Vec<(String, i64)> =
        kinds.select((dsl::resource_type, total())).order((total().desc(), dsl::resource_type)).load(conn)?;
    let counted = |(resource_type, count): (_, i64)| ResourceCount { resource_type, count: count.unsigned_abs() };
    Ok(rows.into_iter().map(counted).collect())
}

fn by_user(conn: &mut Conn, query: &StatsQuery, period: Period) -> Result<Vec<UserCount>, Failure> {
    let users = dsl::activity_tallies.filter(wanted(query, period)).group_by(dsl::user_id);
    let rows: Vec<(DbId, Option<String>, i64)> = users
        .select((dsl::user_id, max(dsl::user_name), total()))
        .order((total().desc(), dsl::user_id))
        .limit(USERS)
        .load(conn)?;
    let counted = |(id, name, count): (DbId, Option<String>, i64)| UserCount {
        user_id: Some(UserId::new(id.0)).filter(|_| !id.0.is_nil()),
        user_name: name.unwrap_or_default(),
        count: count.unsigned_abs(),
    };
    Ok(rows.into_iter().map(counted).collect())
}
