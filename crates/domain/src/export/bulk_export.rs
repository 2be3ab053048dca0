//! The job that writes all episodes into a file.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::rows::Rows;
use super::text::{Format, Text};
use crate::episode::EpisodeService;
use crate::file::{FileName, FileService, Making, NewFile};
use crate::identity::{Caller, OnBehalf};
use crate::import::TableText;
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};
use crate::media::ArchiveTool;
use crate::show::{ShowId, ShowService};

/// Writes all live episodes, or those of `"show_id"`, into a file as `{"format": "csv" | "json" | "zip"}` says, with the
/// columns that an import reads. An archive holds both, one read after the other.
pub struct BulkExport {
    /// Reads episodes.
    pub episodes: Arc<EpisodeService>,
    /// Knows what their shows are called.
    pub shows: Arc<ShowService>,
    /// Keeps files.
    pub files: Arc<FileService>,
    /// Writes comma-separated values.
    pub tables: Arc<dyn TableText>,
    /// Writes archives.
    pub archives: Arc<dyn ArchiveTool>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    format: Wanted,
    show_id: Option<ShowId>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Csv,
    Json,
    Zip,
}

impl Wanted {
    /// The texts that are written.
    const fn formats(self) -> &'static [Format] {
        match self {
            Self::Csv => &[Format::Csv],
            Self::Json => &[Format::Json],
            Self::Zip => &[Format::Csv, Format::Json],
        }
    }

    const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => Format::Csv.file_name(),
            Self::Json => Format::Json.file_name(),
            Self::Zip => "episodes.zip",
        }
    }
}

#[async_trait]
impl JobHandler for BulkExport {
    fn job_type(&self) -> JobType {
        JobType::built_in("bulk-export")
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { format, show_id } = job.read_payload()?;
        let caller = job.caller(&self.on_behalf).await?;
        if let Some(id) = show_id {
            self.shows.get(&caller, id).await?;
        }
        let mut making = Making::new(&self.files, &caller);
        let new = NewFile { name: FileName::fixed(format.file_name()), episode_id: job.episode_id };
        let mut upload = making.begin(new).await?;
        let formats = format.formats();
        let mut archive = match format {
            Wanted::Zip => Some(self.archives.begin().await?),
            Wanted::Csv | Wanted::Json => None,
        };
        let mut episodes = 0;
        for (place, format) in formats.iter().enumerate() {
            if let Some(archive) = &mut archive {
                archive.begin_file(format.file_name()).await?;
            }
            let mut text = self.text(*format, &caller, show_id);
            while let Some(bytes) = text.next().await? {
                match &mut archive {
                    Some(archive) => archive.write(&bytes).await?,
                    None => upload.write(&bytes).await?,
                }
                let (read, all) = (text.rows.read, text.rows.all);
                reporter.report(Progress::of(place * all + read, formats.len() * all), None);
            }
            episodes = text.rows.read;
        }
        if let Some(archive) = archive {
            upload.write_all(archive.finish().await?).await?;
        }
        let file_id = making.keep(upload).await?.id;
        Ok(Done {
            results: Some(json!({ "file_id": file_id, "episodes": episodes })),
            more: making.records()?,
            ..Done::default()
        })
    }
}

impl BulkExport {
    fn text<'a>(&'a self, format: Format, caller: &'a Caller, show_id: Option<ShowId>) -> Text<'a> {
        Text::new(format, self.tables.as_ref(), Rows::of(&self.episodes, &self.shows, caller, show_id))
    }
}
