//! Which jobs a list holds. Lists are sorted by when jobs were created, the newest first.

use serde::{Deserialize, Serialize};

use super::{Job, JobId, JobStatus, JobType};
use crate::episode::EpisodeId;
use crate::identity::UserId;
use crate::{Limit, Timestamp};

/// What a list of jobs is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// Which jobs.
    pub filter: JobFilter,
    /// From where on; `None` for the first page.
    pub after: Option<JobAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// Which jobs a list holds: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In this status.
    pub status: Option<JobStatus>,
    /// Of this type.
    pub job_type: Option<JobType>,
    /// For this episode.
    pub episode_id: Option<EpisodeId>,
}

/// The place behind a job in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobAfter {
    /// When the job was created.
    pub created_at: Timestamp,
    /// The job.
    pub id: JobId,
}

impl JobAfter {
    /// The place behind `job`.
    #[must_use]
    pub const fn of(job: &Job) -> Self {
        Self { created_at: job.created_at, id: job.id }
    }
}

/// How many jobs of a type are in a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JobCount {
    /// The type.
    pub job_type: JobType,
    /// The status.
    pub status: JobStatus,
    /// How many.
    pub count: u64,
}
