//! What became of each attempt at a job.

use serde::{Deserialize, Serialize};

use super::{Job, JobError, JobId, JobStatus, WorkerName};
use crate::{Change, Timestamp};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The work was done.
    Completed,
    /// The worker failed, or was not heard of any more.
    Failed,
    /// The job was called off meanwhile.
    Cancelled,
    /// The worker stopped and handed the job back.
    HandedBack,
}

impl AttemptOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Completed, Self::Failed, Self::Cancelled, Self::HandedBack];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::HandedBack => "handed_back",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// An entry of a job's log: an attempt that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JobAttempt {
    /// The job.
    #[serde(skip)]
    pub job_id: JobId,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// Whose.
    pub worker: Option<WorkerName>,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Why it failed.
    pub error: Option<JobError>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl JobAttempt {
    /// The attempt that `change` ends, if it ends one.
    #[must_use]
    pub fn ended_by(change: &Change<Job>) -> Option<Self> {
        let (before, after) = (change.before()?, change.state());
        if before.status != JobStatus::Processing {
            return None;
        }
        let outcome = match after.status {
            JobStatus::Processing => return None,
            // Nobody was told of it.
            JobStatus::Pending if after.attempt < before.attempt => return None,
            JobStatus::Completed => AttemptOutcome::Completed,
            JobStatus::Cancelled => AttemptOutcome::Cancelled,
            JobStatus::Pending if after.retry_count == before.retry_count => AttemptOutcome::HandedBack,
            JobStatus::Pending | JobStatus::Failed => AttemptOutcome::Failed,
        };
        let failed = outcome == AttemptOutcome::Failed;
        Some(Self {
            job_id: before.id,
            attempt: before.attempt,
            worker: before.worker.clone(),
            outcome,
            error: after.error_message.clone().filter(|_| failed),
            started_at: before.started_at.unwrap_or(after.updated_at),
            ended_at: after.updated_at,
        })
    }
}
