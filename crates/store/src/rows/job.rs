//! Jobs and their attempts as rows.

use diesel::prelude::*;
use serde_json::Value;
use showrunner_domain::Timestamp;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::identity::{Role, UserId};
use showrunner_domain::job::{
    AttemptOutcome, Job, JobAttempt, JobError, JobId, JobStatus, JobType, Lease, MaxRetries, Priority, Progress,
    ProgressMessage, ReceiptHandle, UniqueKey, WorkerName,
};
use showrunner_domain::show::ShowId;

use super::{Place, Weight};
use crate::current_show::JobShow;
use crate::failure::Failure;
use crate::schema::{job_attempts, jobs};
use crate::types::{DbId, DbInstant};

/// What of a job never changes, and what does.
#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub(crate) struct JobRow {
    pub(crate) id: DbId,
    pub(crate) job_type: String,
    pub(crate) payload: String,
    pub(crate) priority: i32,
    pub(crate) max_retries: i32,
    pub(crate) episode_id: Option<DbId>,
    #[diesel(select_expression = JobShow, select_expression_type = JobShow)]
    pub(crate) show_id: Option<DbId>,
    pub(crate) created_by: Option<DbId>,
    pub(crate) granted: Option<String>,
    pub(crate) unique_key: Option<String>,
    pub(crate) created_at: DbInstant,
    #[diesel(embed)]
    pub(crate) state: JobUpdate,
}

/// The columns of an update: those that can change. No index is written anew that holds only others.
#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct JobUpdate {
    pub(crate) status: String,
    pub(crate) results: Option<String>,
    pub(crate) progress: i32,
    pub(crate) progress_message: Option<String>,
    pub(crate) progress_revision: Option<i64>,
    pub(crate) retry_count: i64,
    pub(crate) error_message: Option<String>,
    pub(crate) run_at: DbInstant,
    pub(crate) started_at: Option<DbInstant>,
    pub(crate) completed_at: Option<DbInstant>,
    pub(crate) next_retry_at: Option<DbInstant>,
    pub(crate) attempt: i64,
    pub(crate) worker: Option<String>,
    pub(crate) receipt_handle: Option<DbId>,
    pub(crate) lease_expires_at: Option<DbInstant>,
    pub(crate) due_at: Option<DbInstant>,
    pub(crate) ready: bool,
    pub(crate) updated_at: DbInstant,
    pub(crate) version: i64,
}

impl Weight for JobRow {
    fn weight(&self) -> usize {
        self.payload.len() + self.state.results.as_ref().map_or(0, String::len)
    }
}

impl From<&Job> for JobUpdate {
    fn from(job: &Job) -> Self {
        Self {
            status: job.status.as_str().to_owned(),
            results: job.results.as_ref().map(Value::to_string),
            progress: job.progress.get(),
            progress_message: job.progress_message.as_ref().map(|message| message.as_str().to_owned()),
            progress_revision: None,
            retry_count: job.retry_count.into(),
            error_message: job.error_message.as_ref().map(|error| error.as_str().to_owned()),
            run_at: DbInstant(job.run_at),
            started_at: job.started_at.map(DbInstant),
            completed_at: job.completed_at.map(DbInstant),
            next_retry_at: job.next_retry_at.map(DbInstant),
            attempt: job.attempt.into(),
            worker: job.worker.as_ref().map(|worker| worker.as_str().to_owned()),
            receipt_handle: job.lease.map(|lease| DbId(lease.handle.uuid())),
            lease_expires_at: job.lease.map(|lease| DbInstant(lease.expires_at)),
            due_at: job.due_at().map(DbInstant),
            ready: job.was_left_ready(),
            updated_at: DbInstant(job.updated_at),
            version: job.version.get(),
        }
    }
}

impl From<&Job> for JobRow {
    fn from(job: &Job) -> Self {
        Self {
            id: DbId(job.id.uuid()),
            job_type: job.job_type.as_str().to_owned(),
            payload: Value::Object(job.payload.clone()).to_string(),
            priority: job.priority.get(),
            max_retries: job.max_retries.get().cast_signed(),
            episode_id: job.episode_id.map(|id| DbId(id.uuid())),
            show_id: job.show_id.map(|id| DbId(id.uuid())),
            created_by: job.created_by.map(|id| DbId(id.uuid())),
            granted: job.granted.map(|role| role.as_str().to_owned()),
            unique_key: job.unique_key.as_ref().map(|key| key.as_str().to_owned()),
            created_at: DbInstant(job.created_at),
            state: JobUpdate::from(job),
        }
    }
}

impl TryFrom<JobRow> for Job {
    type Error = Failure;

    fn try_from(row: JobRow) -> Result<Self, Failure> {
        let at = Place { table: "jobs", row: row.id.0 };
        let JobRow { state, .. } = row;
        let lease = state.receipt_handle.zip(state.lease_expires_at);
        let results = state.results.map(|text| at.read("results", serde_json::from_str(&text)));
        Ok(Self {
            id: JobId::new(row.id.0),
            job_type: at.read("job_type", JobType::parse(row.job_type))?,
            status: at.known("status", JobStatus::parse(&state.status))?,
            payload: at.read("payload", serde_json::from_str(&row.payload))?,
            results: results.transpose()?,
            progress: at.read("progress", Progress::parse(state.progress.into()))?,
            progress_message: at
                .read("progress_message", state.progress_message.map(ProgressMessage::parse).transpose())?,
            priority: at.read("priority", Priority::parse(row.priority.into()))?,
            retry_count: at.read("retry_count", state.retry_count.try_into())?,
            max_retries: at.read("max_retries", MaxRetries::parse(row.max_retries.into()))?,
            error_message: state.error_message.map(|text| JobError::of(&text)),
            episode_id: row.episode_id.map(|id| EpisodeId::new(id.0)),
            show_id: row.show_id.map(|id| ShowId::new(id.0)),
            created_by: row.created_by.map(|id| UserId::new(id.0)),
            granted: row.granted.map(|name| at.known("granted", Role::parse(&name))).transpose()?,
            unique_key: at.read("unique_key", row.unique_key.map(UniqueKey::stored).transpose())?,
            run_at: state.run_at.0,
            started_at: state.started_at.map(time),
            completed_at: state.completed_at.map(time),
            next_retry_at: state.next_retry_at.map(time),
            attempt: at.read("attempt", state.attempt.try_into())?,
            worker: at.read("worker", state.worker.map(WorkerName::parse).transpose())?,
            lease: lease.map(|(handle, expires)| Lease { handle: ReceiptHandle::new(handle.0), expires_at: expires.0 }),
            created_at: row.created_at.0,
            updated_at: state.updated_at.0,
            version: at.version(state.version)?,
        })
    }
}

const fn time(instant: DbInstant) -> Timestamp {
    instant.0
}

/// An attempt that ended.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = job_attempts, treat_none_as_default_value = false)]
pub(crate) struct AttemptRow {
    pub(crate) job_id: DbId,
    pub(crate) attempt: i64,
    pub(crate) worker: Option<String>,
    pub(crate) outcome: String,
    pub(crate) error: Option<String>,
    pub(crate) started_at: DbInstant,
    pub(crate) ended_at: DbInstant,
}

impl From<JobAttempt> for AttemptRow {
    fn from(attempt: JobAttempt) -> Self {
        Self {
            job_id: DbId(attempt.job_id.uuid()),
            attempt: attempt.attempt.into(),
            worker: attempt.worker.map(|worker| worker.as_str().to_owned()),
            outcome: attempt.outcome.as_str().to_owned(),
            error: attempt.error.map(|error| error.as_str().to_owned()),
            started_at: DbInstant(attempt.started_at),
            ended_at: DbInstant(attempt.ended_at),
        }
    }
}

impl TryFrom<AttemptRow> for JobAttempt {
    type Error = Failure;

    fn try_from(row: AttemptRow) -> Result<Self, Failure> {
        let at = Place { table: "job_attempts", row: row.job_id.0 };
        Ok(Self {
            job_id: JobId::new(row.job_id.0),
            attempt: at.read("attempt", row.attempt.try_into())?,
            worker: at.read("worker", row.worker.map(WorkerName::parse).transpose())?,
            outcome: at.known("outcome", AttemptOutcome::parse(&row.outcome))?,
            error: row.error.map(|text| JobError::of(&text)),
            started_at: row.started_at.0,
            ended_at: row.ended_at.0,
        })
    }
}
