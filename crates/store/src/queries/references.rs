//! What refers to a record: found before it leaves, and held while a reference to it is made.
//!
//! Whoever makes a reference holds the record until they have committed, and whoever removes a record looks for references when
//! it is already gone from their transaction. So of two who do both at once, one sees what the other has done.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use showrunner_domain::file::FileId;
use showrunner_domain::removal::{ReferenceStore, Target};
use showrunner_domain::{CommitError, Reference, References, ResourceKind, StoreError};
use uuid::Uuid;

use super::{Conn, HOLD, Store};
use crate::cached::Cached;
use crate::failure::Failure;
use crate::schema::file_uses::dsl;
use crate::types::{DbId, Id};

const OF_FILE: &str = "
  select 'composition' as kind, compositions.id, compositions.name from file_uses
    join compositions on compositions.id = user_id where file_id = $1 and user_kind = 'composition'
  union select 'composition', compositions.id, compositions.name from composition_outputs
    join compositions on compositions.id = composition_id where file_id = $1
  union select 'template', templates.id, templates.name from file_uses
    join templates on templates.id = user_id where file_id = $1 and user_kind = 'template'
  union select 'episode', episodes.id, episodes.title from file_uses
    join episodes on episodes.id = user_id where file_id = $1 and user_kind = 'episode'";

const OF_SHOW: &str = "
  select 'episode' as kind, id, title as name from episodes where live_show_id = $1
  union all select 'episode', id, title from episodes where show_id = $1 and deleted_at is not null";

const OF_TEMPLATE: &str = "
  select 'composition' as kind, id, name from compositions where template_id = $1";

/// Jobs that have ended are history: they name the episode for ever.
const OF_EPISODE: &str = "
  select 'composition' as kind, id, name from compositions where episode_id = $1
  union all select 'file', id, name from files where episode_id = $1
  union all select 'job', id, job_type from jobs where episode_id = $1 and status in ('pending', 'processing')";

#[derive(QueryableByName)]
struct ReferenceRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Id)]
    id: DbId,
    #[diesel(sql_type = Text)]
    name: String,
}

#[async_trait]
impl ReferenceStore for Store {
    async fn references(&self, target: Target, limit: usize) -> Result<References, StoreError> {
        let found = self.engine.read(move |conn| {
            let rows = rows(conn, target, References::MOST)?;
            let total = rows.len() as u64;
            let first = rows.into_iter().take(limit).map(Reference::try_from).collect::<Result<_, _>>()?;
            Ok(References { first, total })
        });
        Ok(found.await?)
    }
}

impl TryFrom<ReferenceRow> for Reference {
    type Error = Failure;

    fn try_from(row: ReferenceRow) -> Result<Self, Failure> {
        let known = [
            ResourceKind::Composition,
            ResourceKind::Template,
            ResourceKind::Episode,
            ResourceKind::File,
            ResourceKind::Job,
        ];
        let kind = known.into_iter().find(|kind| kind.as_str() == row.kind).ok_or_else(|| Failure::Unreadable {
            table: "references",
            row: row.id.0.to_string(),
            column: "kind",
            problem: "not a known name".to_owned(),
        })?;
        Ok(Self { kind, id: row.id.0, name: row.name })
    }
}

fn rows(conn: &mut Conn, target: Target, most: usize) -> Result<Vec<ReferenceRow>, Failure> {
    let (query, id) = match target {
        Target::File(id) => (OF_FILE, id.uuid()),
        Target::Show(id) => (OF_SHOW, id.uuid()),
        Target::Template(id) => (OF_TEMPLATE, id.uuid()),
        Target::Episode(id) => (OF_EPISODE, id.uuid()),
    };
    let query = diesel::sql_query(format!("select kind, id, name from ({query}) as referring limit $2"));
    let query = query.bind::<Id, _>(DbId(id)).bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(Cached(query).load(conn)?)
}

/// The refusal of a record to leave that others refer to.
pub(super) fn in_use(target: Target) -> Failure {
    let reason = match target {
        Target::File(_) => {
            "this file is used: take it out of what `used_by` names first, or delete it with `force=true`"
        }
        Target::Show(_) => {
            "episodes belong to this show: delete them for good or move them first, or delete it with `force=true`"
        }
        Target::Template(_) => {
            "compositions use this template: choose another for them first, or delete it with `force=true`"
        }
        Target::Episode(_) => {
            "compositions, files or jobs are for this episode: delete them or wait first, or delete it with `force=true`"
        }
    };
    CommitError::InUse { reason }.into()
}

/// Refuses that a record leaves which others refer to. It must have been removed in this transaction already.
pub(super) fn refuse_if_used(conn: &mut Conn, target: Target) -> Result<(), Failure> {
    if rows(conn, target, 1)?.is_empty() { Ok(()) } else { Err(in_use(target)) }
}

/// A record that is referred to, as a table and the field that names it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named {
    Episode,
    LayersFile,
    ThumbnailFile,
    OutputFile,
    Template,
}

impl Named {
    const fn table(self) -> &'static str {
        match self {
            Self::Episode => "episodes",
            Self::LayersFile | Self::ThumbnailFile | Self::OutputFile => "files",
            Self::Template => "templates",
        }
    }

    const fn field(self) -> &'static str {
        match self {
            Self::Episode => "episode_id",
            Self::LayersFile => "layers",
            Self::ThumbnailFile => "thumbnail_url",
            Self::OutputFile => "file_id",
            Self::Template => "template_id",
        }
    }
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = Id, column_name = "id")]
    _id: DbId,
}

/// Whether the record is there. It stays until this transaction has ended.
pub(super) fn is_held(conn: &mut Conn, named: Named, id: Uuid) -> Result<bool, Failure> {
    let query = diesel::sql_query(format!("select id from {} where id = $1{HOLD}", named.table()));
    let held: Vec<HeldRow> = Cached(query.bind::<Id, _>(DbId(id))).load(conn)?;
    Ok(!held.is_empty())
}

/// Holds the record until this transaction has ended, or refuses the field that names it where it is gone.
pub(super) fn hold(conn: &mut Conn, named: Named, id: Uuid) -> Result<(), Failure> {
    if is_held(conn, named, id)? { Ok(()) } else { Err(CommitError::Dangling { field: named.field() }.into()) }
}

/// Notes which files a record names from now on in place of those `before`.
pub(super) fn write_file_uses(
    conn: &mut Conn,
    (kind, user): (ResourceKind, Uuid),
    named: Named,
    before: Vec<FileId>,
    after: Vec<FileId>,
) -> Result<(), Failure> {
    let (before, after): (BTreeSet<FileId>, BTreeSet<FileId>) =
        (before.into_iter().collect(), after.into_iter().collect());
    for file in after.difference(&before) {
        hold(conn, named, file.uuid())?;
        add_file_use(conn, (kind, user), *file)?;
    }
    for file in before.difference(&after) {
        let of_file = dsl::file_uses.filter(dsl::file_id.eq(DbId(file.uuid())));
        diesel::delete(of_file.filter(dsl::user_kind.eq(kind.as_str())).filter(dsl::user_id.eq(DbId(user))))
            .execute(conn)?;
    }
    Ok(())
}

fn add_file_use(conn: &mut Conn, (kind, user): (ResourceKind, Uuid), file: FileId) -> Result<(), Failure> {
    let row = (dsl::file_id.eq(DbId(file.uuid())), dsl::user_kind.eq(kind.as_str()), dsl::user_id.eq(DbId(user)));
    diesel::insert_into(dsl::file_uses).values(row).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// Forgets who used a file that has left.
pub(super) fn forget_file(conn: &mut Conn, file: FileId) -> Result<(), Failure> {
    diesel::delete(dsl::file_uses.filter(dsl::file_id.eq(DbId(file.uuid())))).execute(conn)?;
    Ok(())
}
