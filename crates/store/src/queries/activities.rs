//! Reading the activity feed.

use std::cmp::Reverse;

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::activity::{
    Activity, ActivityAfter, ActivityQuery, ActivityStats, ActivityStore, Period, StatsQuery,
};
use showrunner_domain::{Page, StoreError, fold};

use super::page::{Filled, fill};
use super::{Conn, Db, Store, activity_counts, anywhere, in_time};
use crate::failure::Failure;
use crate::rows::ActivityRow;
use crate::schema::activities::{self, dsl};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl ActivityStore for Store {
    async fn list_activities(&self, query: ActivityQuery) -> Result<Page<Activity, ActivityAfter>, StoreError> {
        if is_scan(&query) {
            return Ok(self.engine.scan(query.asker, move |conn| list(conn, &query)).await?);
        }
        Ok(self.engine.read(move |conn| list(conn, &query)).await?)
    }

    async fn count_activities(&self, query: StatsQuery, period: Period) -> Result<ActivityStats, StoreError> {
        Ok(self.engine.scan(query.asker, move |conn| activity_counts::stats(conn, &query, period)).await?)
    }
}

/// Whether finding a page may take passing over any number of activities: an index holds those of one user, of one action and
/// of one record, each in the order of the feed.
fn is_scan(query: &ActivityQuery) -> bool {
    let indexed = [query.user_id.is_some(), query.action.is_some(), query.resource_id.is_some()];
    let others = query.resource_type.is_some() || query.q.is_some() || query.total;
    others || indexed.into_iter().filter(|is_given| *is_given).count() > 1
}

type Activities = activities::BoxedQuery<'static, Db>;

/// A page of what each audience may see, put together: each has an index that holds nothing else, so that to take a page is to
/// pass over nothing.
fn list(conn: &mut Conn, query: &ActivityQuery) -> Result<Page<Activity, ActivityAfter>, Failure> {
    let (mut rows, mut total) = (Vec::new(), query.total.then_some(0));
    for audience in query.visible.audiences() {
        let visible = || matching(query).filter(dsl::audience.eq(audience.to_string()));
        if let Some(total) = &mut total {
            *total += visible().count().get_result::<i64>(conn)?.unsigned_abs();
        }
        rows.append(&mut take(conn, query, visible())?);
    }
    let items: Result<Vec<_>, _> = rows.into_iter().map(Activity::try_from).collect();
    let mut items = items?;
    items.sort_unstable_by_key(|activity| Reverse((activity.created_at, activity.seq)));
    let Filled { rows, more } = fill(items.into_iter().map(Ok), query.limit)?;
    let after = |last: &Activity| ActivityAfter { created_at: last.created_at, seq: last.seq };
    Ok(Page::of(rows, more, total, after))
}

fn take(conn: &mut Conn, query: &ActivityQuery, mut rows: Activities) -> Result<Vec<ActivityRow>, Failure> {
    if let Some(after) = query.after {
        let (at, seq) = (DbInstant(after.created_at), after.seq.get());
        rows = rows.filter(dsl::created_at.le(at).and(dsl::created_at.lt(at).or(dsl::seq.lt(seq))));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order((dsl::created_at.desc(), dsl::seq.desc())).limit(wanted);
    Ok(rows.select(ActivityRow::as_select()).load(conn)?)
}

fn matching(wanted: &ActivityQuery) -> Activities {
    let mut query = dsl::activities.into_boxed();
    if is_scan(wanted) {
        query = query.filter(in_time());
    }
    if let Some(user) = wanted.user_id {
        query = query.filter(dsl::user_id.eq(DbId(user.uuid())));
    }
    if let Some(action) = wanted.action {
        query = query.filter(dsl::action.eq(action.as_str()));
    }
    if let Some(kind) = &wanted.resource_type {
        query = query.filter(dsl::resource_type.eq(kind.to_string()));
    }
    if let Some(id) = wanted.resource_id {
        query = query.filter(dsl::resource_id.eq(DbId(id)));
    }
    if let Some(from) = wanted.from {
        query = query.filter(dsl::created_at.ge(DbInstant(from)));
    }
    if let Some(to) = wanted.to {
        query = query.filter(dsl::created_at.le(DbInstant(to)));
    }
    if let Some(text) = &wanted.q {
        query = query.filter(dsl::resource_name_folded.like(anywhere(&fold(text.as_str()))).escape('\\'));
    }
    query
}
