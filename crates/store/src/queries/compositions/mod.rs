//! Compositions: reading them, their versions and outputs.

mod write;

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::composition::{
    Composition, CompositionAfter, CompositionId, CompositionQuery, CompositionStore, CompositionVersion, Output,
    OutputStatus,
};
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::file::{File, Sha256};
use showrunner_domain::{Limit, Page, StoreError, Version, fold};

use super::page::{Filled, fill};
use super::{Conn, Db, Lane, RowByRow, Store, anywhere, in_time};
use crate::failure::Failure;
use crate::rows::{CompositionRow, FileRow, OutputRow, VersionRow, output, output_status};
use crate::schema::compositions::{self, dsl};
use crate::schema::{composition_outputs, composition_versions, files, jobs};
use crate::types::{DbId, DbInstant};
pub(super) use write::{write_composition, write_output, write_version};

#[async_trait]
impl CompositionStore for Store {
    async fn find_composition(&self, id: CompositionId) -> Result<Option<Composition>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::compositions.filter(dsl::id.eq(DbId(id.uuid()))).select(CompositionRow::as_select());
            let row = query.first(conn).optional()?;
            Ok(with_outputs(conn, row.into_iter().collect())?.pop())
        });
        Ok(found.await?)
    }

    async fn find_primary(&self, episode: EpisodeId) -> Result<Option<Composition>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let of_episode = dsl::compositions.filter(dsl::episode_id.eq(DbId(episode.uuid())));
            let query = of_episode.filter(dsl::is_primary).select(CompositionRow::as_select());
            let row = query.first(conn).optional()?;
            Ok(with_outputs(conn, row.into_iter().collect())?.pop())
        });
        Ok(found.await?)
    }

    async fn list_compositions(
        &self,
        query: CompositionQuery,
    ) -> Result<Page<Composition, CompositionAfter>, StoreError> {
        if is_scan(&query) {
            return Ok(self.engine.scan(query.asker, move |conn| list(conn, &query)).await?);
        }
        Ok(self.engine.read(move |conn| list(conn, &query)).await?)
    }

    async fn list_versions(
        &self,
        id: CompositionId,
        before: Option<Version>,
        limit: Limit,
    ) -> Result<Page<CompositionVersion, Version>, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| versions(conn, id, before, limit)).await?)
    }

    async fn find_version(
        &self,
        id: CompositionId,
        version: Version,
    ) -> Result<Option<CompositionVersion>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            use composition_versions::dsl;
            let of_composition = dsl::composition_versions.filter(dsl::composition_id.eq(DbId(id.uuid())));
            let query = of_composition.filter(dsl::version.eq(version.get())).select(VersionRow::as_select());
            query.first(conn).optional()?.map(CompositionVersion::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn list_outputs(&self, id: CompositionId) -> Result<Vec<Output>, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| outputs(conn, id)).await?)
    }

    async fn find_rendering(&self, key: Sha256) -> Result<Option<File>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let of_key = composition_outputs::table.inner_join(files::table);
            let query = of_key.filter(composition_outputs::key.eq(key.as_str())).select(FileRow::as_select());
            query.first(conn).optional()?.map(File::try_from).transpose()
        });
        Ok(found.await?)
    }
}

fn list(conn: &mut Conn, query: &CompositionQuery) -> Result<Page<Composition, CompositionAfter>, Failure> {
    let total = if query.total {
        let count: i64 = matching(query).count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = matching(query);
    if let Some(after) = query.after {
        let (time, id) = (DbInstant(after.created_at), DbId(after.id.uuid()));
        rows = rows.filter(dsl::created_at.le(time)).filter(dsl::created_at.lt(time).or(dsl::id.lt(id)));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order((dsl::created_at.desc(), dsl::id.desc())).limit(wanted);
    let rows = rows.select(CompositionRow::as_select()).load_iter::<CompositionRow, RowByRow>(conn)?;
    let Filled { rows, more } = fill(rows, query.limit)?;
    Ok(Page::of(with_outputs(conn, rows)?, more, total, CompositionAfter::of))
}

/// Whether finding a page may take passing over any number of records: an index holds those of one filter, in the order of the
/// list.
fn is_scan(query: &CompositionQuery) -> bool {
    let filter = &query.filter;
    let indexed = [filter.episode_id.is_some(), filter.approval.is_some()];
    filter.q.is_some() || query.total || indexed.into_iter().filter(|is_given| *is_given).count() > 1
}

fn matching(wanted: &CompositionQuery) -> compositions::BoxedQuery<'static, Db> {
    let filter = &wanted.filter;
    let mut query = dsl::compositions.into_boxed();
    if is_scan(wanted) {
        query = query.filter(in_time());
    }
    if let Some(episode) = filter.episode_id {
        query = query.filter(dsl::episode_id.eq(DbId(episode.uuid())));
    }
    if let Some(approval) = filter.approval {
        query = query.filter(dsl::approval.eq(approval.as_str()));
    }
    if let Some(text) = &filter.q {
        query = query.filter(dsl::name_folded.like(anywhere(&fold(text.as_str()))).escape('\\'));
    }
    query
}

/// The records of `rows`, each with how far its outputs are.
fn with_outputs(conn: &mut Conn, rows: Vec<CompositionRow>) -> Result<Vec<Composition>, Failure> {
    use composition_outputs::dsl;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let of_these = dsl::composition_outputs.filter(dsl::composition_id.eq_any(rows.iter().map(CompositionRow::id)));
    let joined = of_these.left_join(jobs::table).left_join(files::table);
    let states: Vec<(DbId, Option<String>, Option<DbId>)> =
        joined.select((dsl::composition_id, jobs::status.nullable(), files::id.nullable())).load(conn)?;
    let mut outputs: HashMap<DbId, Vec<OutputStatus>> = HashMap::new();
    for (composition, job, file) in states {
        outputs.entry(composition).or_default().push(output_status(job.as_deref(), file)?);
    }
    rows.into_iter()
        .map(|row| {
            let states = outputs.remove(&row.id()).unwrap_or_default();
            row.with(states)
        })
        .collect()
}

fn outputs(conn: &mut Conn, id: CompositionId) -> Result<Vec<Output>, Failure> {
    use composition_outputs::dsl;
    let of_composition = dsl::composition_outputs.filter(dsl::composition_id.eq(DbId(id.uuid())));
    let joined = of_composition.left_join(jobs::table).left_join(files::table);
    let ordered = joined.order((dsl::format, dsl::encoding));
    let rows: Vec<(OutputRow, Option<String>, Option<DbId>)> =
        ordered.select((OutputRow::as_select(), jobs::status.nullable(), files::id.nullable())).load(conn)?;
    let mut outputs =
        rows.into_iter().map(|(row, job, file)| output(row, job.as_deref(), file)).collect::<Result<Vec<_>, _>>()?;
    outputs.sort_unstable_by_key(|output| (output.format, output.encoding));
    Ok(outputs)
}

fn versions(
    conn: &mut Conn,
    id: CompositionId,
    before: Option<Version>,
    limit: Limit,
) -> Result<Page<CompositionVersion, Version>, Failure> {
    use composition_versions::dsl;
    let below = before.map_or(i64::MAX, Version::get);
    let rows = dsl::composition_versions.filter(dsl::composition_id.eq(DbId(id.uuid()))).filter(dsl::version.lt(below));
    let wanted = i64::try_from(limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order(dsl::version.desc()).limit(wanted).select(VersionRow::as_select());
    let Filled { rows, more } = fill(rows.load_iter::<VersionRow, RowByRow>(conn)?, limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(CompositionVersion::try_from).collect();
    Ok(Page::of(items?, more, None, |last: &CompositionVersion| last.version))
}
