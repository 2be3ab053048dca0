//! Reading shows.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::show::{Show, ShowAfter, ShowFilter, ShowId, ShowQuery, ShowStore, Slug};
use showrunner_domain::{Page, StoreError, fold};

use super::page::{Filled, fill};
use super::sorted::{Behind, InOrder};
use super::{Conn, Db, Lane, RowByRow, Store, anywhere};
use crate::failure::Failure;
use crate::rows::ShowRow;
use crate::schema::shows::{self, dsl};
use crate::types::DbId;

#[async_trait]
impl ShowStore for Store {
    async fn find_show(&self, id: ShowId) -> Result<Option<Show>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::shows.filter(dsl::id.eq(DbId(id.uuid()))).select(ShowRow::as_select());
            query.first(conn).optional()?.map(Show::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn find_shows_by_slug(&self, slugs: Vec<Slug>) -> Result<Vec<Show>, StoreError> {
        Ok(self.engine.read(move |conn| of_slugs(conn, &slugs)).await?)
    }

    async fn list_shows(&self, query: ShowQuery) -> Result<Page<Show, ShowAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, query)).await?)
    }
}

/// The shows that have one of `slugs`.
pub(super) fn of_slugs(conn: &mut Conn, slugs: &[Slug]) -> Result<Vec<Show>, Failure> {
    let slugs = slugs.iter().map(Slug::as_str);
    let rows: Vec<ShowRow> = dsl::shows.filter(dsl::slug.eq_any(slugs)).select(ShowRow::as_select()).load(conn)?;
    rows.into_iter().map(Show::try_from).collect()
}

fn list(conn: &mut Conn, query: ShowQuery) -> Result<Page<Show, ShowAfter>, Failure> {
    let total = if query.total {
        let count: i64 = matching(&query.filter).count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = matching(&query.filter);
    if let Some(after) = query.after {
        rows = rows.filter(Behind::show(after));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order(InOrder::of_shows(query.sort)).limit(wanted).select(ShowRow::as_select());
    let Filled { rows, more } = fill(rows.load_iter::<ShowRow, RowByRow>(conn)?, query.limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Show::try_from).collect();
    Ok(Page::of(items?, more, total, |last: &Show| ShowAfter::of(last, query.sort)))
}

fn matching(filter: &ShowFilter) -> shows::BoxedQuery<'static, Db> {
    let mut query = dsl::shows.into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(dsl::status.eq(status.as_str()));
    }
    if let Some(text) = &filter.q {
        query = query.filter(dsl::name_folded.like(anywhere(&fold(text.as_str()))).escape('\\'));
    }
    query
}
