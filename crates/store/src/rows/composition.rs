//! Compositions, their versions and their outputs as rows.

use diesel::prelude::*;
use showrunner_domain::Version;
use showrunner_domain::composition::{
    Approval, Composition, CompositionId, CompositionName, CompositionStatus, CompositionVersion, Design, Encoding,
    Format, Formats, Output, OutputStatus, Reason, TemplateId,
};
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::file::{FileId, Sha256};
use showrunner_domain::fold;
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{JobId, JobStatus};
use showrunner_domain::show::ShowId;

use super::{Place, Weight};
use crate::current_show::CompositionShow;
use crate::failure::Failure;
use crate::schema::{composition_outputs, composition_versions, compositions};
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = compositions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct CompositionRow {
    id: DbId,
    name: String,
    name_folded: String,
    episode_id: Option<DbId>,
    #[diesel(select_expression = CompositionShow, select_expression_type = CompositionShow)]
    show_id: Option<DbId>,
    template_id: DbId,
    formats: String,
    layers: String,
    approval: String,
    rejection_reason: Option<String>,
    is_primary: bool,
    created_by: Option<DbId>,
    created_at: DbInstant,
    updated_by: Option<DbId>,
    updated_at: DbInstant,
    version: i64,
}

impl Weight for CompositionRow {
    fn weight(&self) -> usize {
        self.layers.len()
    }
}

impl TryFrom<&Composition> for CompositionRow {
    type Error = Failure;

    fn try_from(composition: &Composition) -> Result<Self, Failure> {
        let at = Place { table: "compositions", row: composition.id.uuid() };
        let design = &composition.design;
        Ok(Self {
            id: DbId(composition.id.uuid()),
            name: design.name.as_str().to_owned(),
            name_folded: fold(design.name.as_str()),
            episode_id: design.episode_id.map(|id| DbId(id.uuid())),
            show_id: composition.show_id.map(|id| DbId(id.uuid())),
            template_id: DbId(design.template_id.uuid()),
            formats: at.read("formats", serde_json::to_string(&design.formats))?,
            layers: at.read("layers", serde_json::to_string(&design.layers))?,
            approval: composition.approval.as_str().to_owned(),
            rejection_reason: composition.rejection_reason.as_ref().map(|reason| reason.as_str().to_owned()),
            is_primary: composition.is_primary,
            created_by: composition.created_by.map(|id| DbId(id.uuid())),
            created_at: DbInstant(composition.created_at),
            updated_by: composition.updated_by.map(|id| DbId(id.uuid())),
            updated_at: DbInstant(composition.updated_at),
            version: composition.version.get(),
        })
    }
}

impl CompositionRow {
    /// The record, whose outputs are in these states.
    pub(crate) fn with(self, outputs: impl IntoIterator<Item = OutputStatus>) -> Result<Composition, Failure> {
        let at = Place { table: "compositions", row: self.id.0 };
        Ok(Composition {
            id: CompositionId::new(self.id.0),
            design: Design {
                name: at.read("name", CompositionName::parse(self.name))?,
                episode_id: self.episode_id.map(|id| EpisodeId::new(id.0)),
                template_id: TemplateId::new(self.template_id.0),
                formats: at.formats(&self.formats)?,
                layers: at.layers(&self.layers)?,
            },
            show_id: self.show_id.map(|id| ShowId::new(id.0)),
            status: CompositionStatus::of(outputs),
            approval: at.known("approval", Approval::parse(&self.approval))?,
            rejection_reason: at.read("rejection_reason", self.rejection_reason.map(Reason::parse).transpose())?,
            is_primary: self.is_primary,
            created_by: self.created_by.map(|id| UserId::new(id.0)),
            created_at: self.created_at.0,
            updated_by: self.updated_by.map(|id| UserId::new(id.0)),
            updated_at: self.updated_at.0,
            version: at.version(self.version)?,
        })
    }

    pub(crate) const fn id(&self) -> DbId {
        self.id
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = composition_versions, treat_none_as_default_value = false)]
pub(crate) struct VersionRow {
    composition_id: DbId,
    version: i64,
    changed_fields: String,
    name: String,
    episode_id: Option<DbId>,
    template_id: DbId,
    formats: String,
    layers: String,
    created_by: Option<DbId>,
    created_at: DbInstant,
}

impl Weight for VersionRow {
    fn weight(&self) -> usize {
        self.layers.len()
    }
}

impl TryFrom<&CompositionVersion> for VersionRow {
    type Error = Failure;

    fn try_from(version: &CompositionVersion) -> Result<Self, Failure> {
        let at = Place { table: "composition_versions", row: version.composition_id.uuid() };
        let design = &version.design;
        Ok(Self {
            composition_id: DbId(version.composition_id.uuid()),
            version: version.version.get(),
            changed_fields: at.read("changed_fields", serde_json::to_string(&version.changed_fields))?,
            name: design.name.as_str().to_owned(),
            episode_id: design.episode_id.map(|id| DbId(id.uuid())),
            template_id: DbId(design.template_id.uuid()),
            formats: at.read("formats", serde_json::to_string(&design.formats))?,
            layers: at.read("layers", serde_json::to_string(&design.layers))?,
            created_by: version.created_by.map(|id| DbId(id.uuid())),
            created_at: DbInstant(version.created_at),
        })
    }
}

impl TryFrom<VersionRow> for CompositionVersion {
    type Error = Failure;

    fn try_from(row: VersionRow) -> Result<Self, Failure> {
        let at = Place { table: "composition_versions", row: row.composition_id.0 };
        Ok(Self {
            composition_id: CompositionId::new(row.composition_id.0),
            version: at.version(row.version)?,
            changed_fields: at.read("changed_fields", serde_json::from_str(&row.changed_fields))?,
            design: Design {
                name: at.read("name", CompositionName::parse(row.name))?,
                episode_id: row.episode_id.map(|id| EpisodeId::new(id.0)),
                template_id: TemplateId::new(row.template_id.0),
                formats: at.formats(&row.formats)?,
                layers: at.layers(&row.layers)?,
            },
            created_by: row.created_by.map(|id| UserId::new(id.0)),
            created_at: row.created_at.0,
        })
    }
}

impl Place {
    fn formats(self, text: &str) -> Result<Formats, Failure> {
        let formats: Vec<Format> = self.read("formats", serde_json::from_str(text))?;
        self.read("formats", Formats::parse(formats))
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = composition_outputs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct OutputRow {
    composition_id: DbId,
    format: String,
    encoding: String,
    job_id: DbId,
    file_id: Option<DbId>,
    bytes: Option<i64>,
    sha256: Option<String>,
    composition_version: Option<i64>,
    rendered_at: Option<DbInstant>,
    key: Option<String>,
}

impl From<&Output> for OutputRow {
    fn from(output: &Output) -> Self {
        Self {
            composition_id: DbId(output.composition_id.uuid()),
            format: output.format.as_str().to_owned(),
            encoding: output.encoding.as_str().to_owned(),
            job_id: DbId(output.job_id.uuid()),
            file_id: output.file_id.map(|id| DbId(id.uuid())),
            bytes: output.bytes.map(u64::cast_signed),
            sha256: output.sha256.as_ref().map(|digest| digest.as_str().to_owned()),
            composition_version: output.composition_version.map(Version::get),
            rendered_at: output.rendered_at.map(DbInstant),
            key: output.key.as_ref().map(|key| key.as_str().to_owned()),
        }
    }
}

/// The output of a row, of its job's state where the job is still known, and of its file where that is still there.
pub(crate) fn output(row: OutputRow, job: Option<&str>, file: Option<DbId>) -> Result<Output, Failure> {
    let at = Place { table: "composition_outputs", row: row.composition_id.0 };
    let format = at.known("format", Format::parse(&row.format))?;
    let canvas = format.canvas();
    let digest = |name, text: Option<String>| at.read(name, text.map(Sha256::parse).transpose());
    Ok(Output {
        composition_id: CompositionId::new(row.composition_id.0),
        format,
        encoding: at.known("encoding", Encoding::parse(&row.encoding))?,
        status: output_status(job, file)?,
        job_id: JobId::new(row.job_id.0),
        file_id: file.map(|id| FileId::new(id.0)),
        width: canvas.width,
        height: canvas.height,
        bytes: at.read("bytes", row.bytes.map(u64::try_from).transpose())?,
        sha256: digest("sha256", row.sha256)?,
        composition_version: row.composition_version.map(|number| at.version(number)).transpose()?,
        rendered_at: row.rendered_at.map(|time| time.0),
        key: digest("key", row.key)?,
    })
}

/// How far an output is whose job is in this state, and whose file is there or not.
pub(crate) fn output_status(job: Option<&str>, file: Option<DbId>) -> Result<OutputStatus, Failure> {
    let at = Place { table: "jobs", row: uuid::Uuid::nil() };
    let job = job.map(|name| at.known("status", JobStatus::parse(name))).transpose()?;
    Ok(match (job.map(OutputStatus::of), file) {
        (Some(OutputStatus::Ready) | None, None) => OutputStatus::Failed,
        (status, _) => status.unwrap_or(OutputStatus::Ready),
    })
}
