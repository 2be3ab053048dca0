//! How far jobs are, as those who watch them are told: the latest of each job, live only and in no log.

use serde::Serialize;

use super::{JobId, Progress, ProgressMessage};
use crate::show::ShowId;

/// A place in the order of everything that workers have reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgressRevision(i64);

impl ProgressRevision {
    /// Takes the store's `number`.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobProgress {
    /// The job.
    pub job_id: JobId,
    /// How much of it is done, in percent.
    pub progress: Progress,
    /// What its worker says of that.
    pub message: Option<ProgressMessage>,
    /// The show that it belongs to.
    #[serde(skip)]
    pub show_id: Option<ShowId>,
}

/// What workers have reported since somebody looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgressNews {
    /// Everything up to here is contained in what follows.
    pub head: ProgressRevision,
    /// The latest of each job that is still in somebody's hands.
    pub jobs: Vec<JobProgress>,
}
