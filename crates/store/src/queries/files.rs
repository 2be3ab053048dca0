//! Files' records, and which blobs they need.

use async_trait::async_trait;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use showrunner_domain::file::{Blob, BlobKey, File, FileAfter, FileId, FileQuery, FileStore, Sha256};
use showrunner_domain::removal::Target;
use showrunner_domain::{Change, CommitError, Page, StoreError, fold};

use super::commit::won;
use super::references::{Named, forget_file, hold, refuse_if_used};
use super::{Conn, Db, Lane, Store, anywhere, in_time};
use crate::current_show::{FileShowOrNil, or_nil};
use crate::failure::Failure;
use crate::rows::{BlobRow, FileRow};
use crate::schema::blobs;
use crate::schema::files::{self, dsl};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl FileStore for Store {
    async fn find_file(&self, id: FileId) -> Result<Option<File>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::files.filter(dsl::id.eq(DbId(id.uuid()))).select(FileRow::as_select());
            query.first(conn).optional()?.map(File::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn list_files(&self, query: FileQuery) -> Result<Page<File, FileAfter>, StoreError> {
        if is_scan(&query) {
            return Ok(self.engine.scan(query.asker, move |conn| list(conn, &query)).await?);
        }
        Ok(self.engine.read(move |conn| list(conn, &query)).await?)
    }

    async fn find_blob(&self, sha256: Sha256) -> Result<Option<Blob>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = blobs::table.filter(blobs::sha256.eq(sha256.as_str())).select(BlobRow::as_select());
            query.first(conn).optional()?.map(Blob::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn blobs_in_use(&self, keys: Vec<BlobKey>) -> Result<Vec<BlobKey>, StoreError> {
        let found = self.engine.read(move |conn| {
            let keys = keys.iter().map(|key| DbId(key.uuid()));
            let used: Vec<DbId> = blobs::table.filter(blobs::key.eq_any(keys)).select(blobs::key).load(conn)?;
            Ok(used.into_iter().map(|key| BlobKey::new(key.0)).collect())
        });
        Ok(found.await?)
    }
}

fn list(conn: &mut Conn, query: &FileQuery) -> Result<Page<File, FileAfter>, Failure> {
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
    let rows: Vec<FileRow> = rows.select(FileRow::as_select()).load(conn)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(File::try_from).collect();
    Ok(Page::cut(items?, query.limit, total, FileAfter::of))
}

/// Whether finding a page may take passing over any number of records: an index holds those of one filter, in the order of the
/// list.
fn is_scan(query: &FileQuery) -> bool {
    let filter = &query.filter;
    let indexed = [filter.file_type.is_some(), filter.episode_id.is_some()];
    filter.q.is_some() || query.total || indexed.into_iter().filter(|is_given| *is_given).count() > 1
}

fn matching(wanted: &FileQuery) -> files::BoxedQuery<'static, Db> {
    let filter = &wanted.filter;
    let mut query = dsl::files.into_boxed();
    if is_scan(wanted) {
        query = query.filter(in_time());
    }
    if let Some(kind) = filter.file_type {
        query = query.filter(dsl::file_type.eq(kind.as_str()));
    }
    if let Some(episode) = filter.episode_id {
        query = query.filter(dsl::episode_id.eq(DbId(episode.uuid())));
    }
    if let Some(text) = &filter.q {
        query = query.filter(dsl::name_folded.like(anywhere(&fold(text.as_str()))).escape('\\'));
    }
    query
}

/// Notes a blob that is in use from now on.
pub(super) fn write_blob(conn: &mut Conn, blob: &Blob) -> Result<(), Failure> {
    diesel::insert_into(blobs::table).values(BlobRow::from(blob)).execute(conn)?;
    Ok(())
}

/// Writes a file, unless its episode has come to another show since it was read: others decide about it then. A blob goes with the last file that needs it; whoever adds a file to it at the same time is refused by the
/// reference, or keeps it.
pub(super) fn write_file(conn: &mut Conn, change: &Change<File>) -> Result<(), Failure> {
    let file = change.state();
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::files).values(FileRow::from(file)).execute(conn)?;
        return match file.episode_id {
            Some(episode) => hold(conn, Named::Episode, episode.uuid()),
            None => Ok(()),
        };
    };
    let show = or_nil(change.before().unwrap_or(file).show_id);
    let seen = dsl::files.filter(dsl::id.eq(DbId(file.id.uuid()))).filter(dsl::version.eq(expected.get()));
    let seen = seen.filter(FileShowOrNil.eq(show));
    if !change.is_erased() {
        let episode = file.episode_id.map(|episode| DbId(episode.uuid()));
        let show = file.show_id.map(|show| DbId(show.uuid()));
        let set = (dsl::episode_id.eq(episode), dsl::show_id.eq(show), dsl::version.eq(file.version.get()));
        return won(diesel::update(seen).set(set).execute(conn)?);
    }
    won(diesel::delete(seen).execute(conn)?)?;
    refuse_if_used(conn, Target::File(file.id))?;
    forget_file(conn, file.id)?;
    let key = DbId(file.blob.uuid());
    let others = dsl::files.filter(dsl::blob_key.eq(key));
    let unused = blobs::table.filter(blobs::key.eq(key)).filter(not(exists(others)));
    match diesel::delete(unused).execute(conn) {
        // Somebody has added a file to it since this statement began.
        Err(QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Err(CommitError::Stale.into()),
        written => Ok(written.map(drop)?),
    }
}
