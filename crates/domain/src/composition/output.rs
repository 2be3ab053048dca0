//! The pictures that a composition was rendered to.

use serde::Serialize;

use super::{CompositionId, Encoding, Format};
use crate::Timestamp;
use crate::Version;
use crate::file::{FileId, Sha256};
use crate::job::{JobId, JobStatus};

/// One picture that a composition is rendered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Output {
    /// The composition.
    #[serde(skip)]
    pub composition_id: CompositionId,
    /// What it is made for.
    pub format: Format,
    /// How it is written.
    pub encoding: Encoding,
    /// How far it is.
    pub status: OutputStatus,
    /// The job that makes it, or has made it.
    pub job_id: JobId,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The file that holds the picture that was rendered last, while it is there. It stays until the next is rendered.
    pub file_id: Option<FileId>,
    /// How many bytes that has.
    pub bytes: Option<u64>,
    /// The digest of its bytes.
    pub sha256: Option<Sha256>,
    /// Which version of the composition it shows.
    pub composition_version: Option<Version>,
    /// When it was rendered, or found to be there.
    pub rendered_at: Option<Timestamp>,
    /// What decided its bytes.
    #[serde(skip)]
    pub key: Option<Sha256>,
}

impl Output {
    /// Whether it is made for this, and what was rendered last has this key.
    pub(super) fn shows(&self, format: Format, encoding: Encoding, key: &Sha256) -> bool {
        self.format == format && self.encoding == encoding && self.key.as_ref() == Some(key)
    }
}

/// How far an output is. It follows from its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum OutputStatus {
    /// It waits for its job, or is being rendered.
    Processing,
    /// It is there.
    Ready,
    /// Its job was given up or called off.
    Failed,
}

impl OutputStatus {
    /// What follows from the job.
    #[must_use]
    pub const fn of(job: JobStatus) -> Self {
        match job {
            JobStatus::Pending | JobStatus::Processing => Self::Processing,
            JobStatus::Completed => Self::Ready,
            JobStatus::Failed | JobStatus::Cancelled => Self::Failed,
        }
    }
}

/// A change of the outputs of a composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputChange {
    /// A job is to make this one. What was rendered before stays meanwhile.
    Wanted {
        /// The composition.
        composition: CompositionId,
        /// What it is made for.
        format: Format,
        /// How it is written.
        encoding: Encoding,
        /// The job.
        job: JobId,
    },
    /// This one is there.
    Rendered(Output),
    /// This one is gone: its file is to be deleted.
    Removed {
        /// The composition.
        composition: CompositionId,
        /// What it was made for.
        format: Format,
        /// How it was written.
        encoding: Encoding,
    },
}
