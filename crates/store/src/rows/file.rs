//! Files and their blobs as rows.

use diesel::prelude::*;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::file::{Blob, BlobKey, ContentType, File, FileId, FileName, FileType, Sha256};
use showrunner_domain::fold;
use showrunner_domain::identity::UserId;
use showrunner_domain::show::ShowId;

use super::Place;
use crate::current_show::FileShow;
use crate::failure::Failure;
use crate::schema::{blobs, files};
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub(crate) struct FileRow {
    id: DbId,
    name: String,
    name_folded: String,
    file_type: String,
    content_type: String,
    size: i64,
    sha256: String,
    episode_id: Option<DbId>,
    #[diesel(select_expression = FileShow, select_expression_type = FileShow)]
    show_id: Option<DbId>,
    blob_key: DbId,
    created_by: Option<DbId>,
    created_at: DbInstant,
    version: i64,
}

impl From<&File> for FileRow {
    fn from(file: &File) -> Self {
        Self {
            id: DbId(file.id.uuid()),
            name: file.name.as_str().to_owned(),
            name_folded: fold(file.name.as_str()),
            file_type: file.file_type.as_str().to_owned(),
            content_type: file.content_type.as_str().to_owned(),
            size: file.size.cast_signed(),
            sha256: file.sha256.as_str().to_owned(),
            episode_id: file.episode_id.map(|id| DbId(id.uuid())),
            show_id: file.show_id.map(|id| DbId(id.uuid())),
            blob_key: DbId(file.blob.uuid()),
            created_by: file.created_by.map(|id| DbId(id.uuid())),
            created_at: DbInstant(file.created_at),
            version: file.version.get(),
        }
    }
}

impl TryFrom<FileRow> for File {
    type Error = Failure;

    fn try_from(row: FileRow) -> Result<Self, Failure> {
        let at = Place { table: "files", row: row.id.0 };
        Ok(Self {
            id: FileId::new(row.id.0),
            name: at.read("name", FileName::parse(row.name))?,
            file_type: at.known("file_type", FileType::parse(&row.file_type))?,
            content_type: at.read("content_type", ContentType::parse(row.content_type))?,
            size: at.read("size", row.size.try_into())?,
            sha256: at.read("sha256", Sha256::parse(row.sha256))?,
            episode_id: row.episode_id.map(|id| EpisodeId::new(id.0)),
            show_id: row.show_id.map(|id| ShowId::new(id.0)),
            blob: BlobKey::new(row.blob_key.0),
            created_by: row.created_by.map(|id| UserId::new(id.0)),
            created_at: row.created_at.0,
            version: at.version(row.version)?,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = blobs, treat_none_as_default_value = false)]
pub(crate) struct BlobRow {
    key: DbId,
    sha256: String,
    size: i64,
}

impl From<&Blob> for BlobRow {
    fn from(blob: &Blob) -> Self {
        let (key, sha256) = (DbId(blob.key.uuid()), blob.sha256.as_str().to_owned());
        Self { key, sha256, size: blob.size.cast_signed() }
    }
}

impl TryFrom<BlobRow> for Blob {
    type Error = Failure;

    fn try_from(row: BlobRow) -> Result<Self, Failure> {
        let at = Place { table: "blobs", row: row.key.0 };
        let (sha256, size) = (at.read("sha256", Sha256::parse(row.sha256))?, at.read("size", row.size.try_into())?);
        Ok(Self { key: BlobKey::new(row.key.0), sha256, size })
    }
}
