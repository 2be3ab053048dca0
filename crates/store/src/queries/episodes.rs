//! Reading episodes.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::episode::{
    Episode, EpisodeAfter, EpisodeFilter, EpisodeId, EpisodeQuery, EpisodeStore, SortKey, SortValue,
};
use showrunner_domain::{Page, StoreError, fold};

use super::page::{Filled, fill};
use super::sorted::{Behind, InOrder};
use super::{Conn, Db, Lane, Store, anywhere, having_category, in_time, titled};
use crate::failure::Failure;
use crate::rows::EpisodeRow;
use crate::schema::episodes::{self, dsl};
use crate::types::DbId;

type Episodes = episodes::BoxedQuery<'static, Db>;

#[async_trait]
impl EpisodeStore for Store {
    async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, StoreError> {
        Ok(self.engine.find_episode(id).await?)
    }

    async fn list_episodes(&self, query: EpisodeQuery) -> Result<Page<Episode, EpisodeAfter>, StoreError> {
        if is_brief(&query) {
            return Ok(self.engine.read_briefly(Lane::Requests, move |conn| list(conn, &query)).await?);
        }
        Ok(self.engine.scan(query.asker, move |conn| list(conn, &query)).await?)
    }
}

/// Whether an index holds the page as it is, of all episodes or of a show's. Another filter may have to pass over any
/// number of them, and so does a count.
fn is_brief(query: &EpisodeQuery) -> bool {
    let show_alone = EpisodeFilter { show_id: query.filter.show_id, ..EpisodeFilter::default() };
    query.filter == show_alone && !query.total
}

pub(crate) fn find(conn: &mut Conn, id: EpisodeId) -> Result<Option<Episode>, Failure> {
    let row =
        dsl::episodes.filter(dsl::id.eq(DbId(id.uuid()))).select(EpisodeRow::as_select()).first(conn).optional()?;
    row.map(Episode::try_from).transpose()
}

fn list(conn: &mut Conn, query: &EpisodeQuery) -> Result<Page<Episode, EpisodeAfter>, Failure> {
    let among = match &query.filter.q {
        Some(text) => titled(conn, &anywhere(&fold(text.as_str())))?,
        None => None,
    };
    let matching = || matching(query, among.as_deref());
    let total = if query.total { Some(matching().count().get_result::<i64>(conn)?.unsigned_abs()) } else { None };
    let wanted = query.limit.get() + 1;
    let rows = if query.sort.key == SortKey::AirDate {
        dated_then_undated(conn, query, matching, wanted)?
    } else {
        take(conn, query, matching(), wanted)?
    };
    let Filled { rows, more } = fill(rows.into_iter().map(Ok), query.limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Episode::try_from).collect();
    Ok(Page::of(items?, more, total, |last: &Episode| EpisodeAfter::of(last, query.sort)))
}

/// Episodes without an air date come last, in either direction: they are a list of their own behind the others, so
/// that each of the two is read straight from the index.
fn dated_then_undated(
    conn: &mut Conn,
    query: &EpisodeQuery,
    matching: impl Fn() -> Episodes,
    wanted: usize,
) -> Result<Vec<EpisodeRow>, Failure> {
    let in_undated = query.after.as_ref().is_some_and(|after| after.value == SortValue::Day(None));
    if in_undated {
        return take(conn, query, matching().filter(dsl::air_date.is_null()), wanted);
    }
    let mut rows = take(conn, query, matching().filter(dsl::air_date.is_not_null()), wanted)?;
    if rows.len() < wanted {
        let first_undated = EpisodeQuery { after: None, ..query.clone() };
        let undated = matching().filter(dsl::air_date.is_null());
        rows.append(&mut take(conn, &first_undated, undated, wanted - rows.len())?);
    }
    Ok(rows)
}

fn take(
    conn: &mut Conn,
    query: &EpisodeQuery,
    mut matching: Episodes,
    wanted: usize,
) -> Result<Vec<EpisodeRow>, Failure> {
    if let Some(after) = query.after.clone() {
        matching = matching.filter(Behind::episode(after));
    }
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    Ok(matching.order(InOrder::of_episodes(query.sort)).limit(limit).select(EpisodeRow::as_select()).load(conn)?)
}

/// What `query` asks for, of the episodes `among` which it can only be, where that is known.
fn matching(query: &EpisodeQuery, among: Option<&[DbId]>) -> Episodes {
    let (filter, is_scan) = (&query.filter, !is_brief(query));
    let mut query = match filter.show_id {
        Some(show) => dsl::episodes.filter(dsl::live_show_id.eq(DbId(show.uuid()))).into_boxed(),
        None => dsl::episodes.filter(dsl::deleted_at.is_null()).into_boxed(),
    };
    if let Some(status) = filter.status {
        query = query.filter(dsl::status.eq(status.as_str()));
    }
    if let Some(season) = filter.season_number {
        query = query.filter(dsl::season_number.eq(season.get()));
    }
    if let Some(category) = &filter.category {
        query = query.filter(having_category(category.as_str()));
    }
    if let Some(day) = filter.air_from {
        query = query.filter(dsl::air_date.ge(day));
    }
    if let Some(day) = filter.air_to {
        query = query.filter(dsl::air_date.le(day));
    }
    if is_scan {
        query = query.filter(in_time());
    }
    if let Some(among) = among {
        query = query.filter(dsl::id.eq_any(among.to_vec()));
    }
    if let Some(text) = &filter.q {
        query = query.filter(dsl::title_folded.like(anywhere(&fold(text.as_str()))).escape('\\'));
    }
    query
}
