//! The fields of a job and of what workers send, from JSON to values that hold.

use std::time::Duration;

use schemars::JsonSchema;
use serde_json::Value;
use showrunner_domain::job::{
    Beat, Failing, JobError, JobId, JobType, LeaseTime, MaxRetries, NewJob, Priority, Progress, ProgressMessage,
    ReceiptHandle, UniqueKey, WorkerName,
};
use showrunner_domain::{Bounded, Invalid};

use crate::fields::{Fields, boolean, integer, object, text};
use crate::parse;

/// How many types a worker may name.
const TYPES: usize = 100;

/// A new job; the type must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewJob> {
    let job_type = fields.required("job_type", job_type);
    let payload = fields.value("payload", object).unwrap_or_default();
    let priority = fields.value("priority", |value| integer(value).and_then(Priority::parse)).unwrap_or_default();
    let max_retries = fields.value("max_retries", |value| integer(value).and_then(MaxRetries::parse));
    let episode_id = fields.nullable("episode_id", |value| parse::episode_id(&text(value)?)).flatten();
    let run_at = fields.nullable("run_at", |value| parse::time(&text(value)?)).flatten();
    let unique_key = fields.nullable("unique_key", |value| UniqueKey::parse(text(value)?)).flatten();
    let max_retries = max_retries.unwrap_or_default();
    let new = NewJob::of(job_type?);
    Some(NewJob { payload, priority, max_retries, episode_id, run_at, unique_key, ..new })
}

/// What a worker wants.
pub(super) struct Wanted {
    pub(super) job_types: Vec<JobType>,
    pub(super) worker: WorkerName,
    pub(super) limit: usize,
    pub(super) lease: LeaseTime,
    pub(super) wait: Duration,
}

/// The types that a worker can do: 1 to 100 different ones.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct JobTypes(#[schemars(length(min = 1, max = 100))] Vec<JobType>);

/// A claim; what the worker can do and what it calls itself must be there.
pub(super) fn claim(fields: &mut Fields) -> Option<Wanted> {
    let job_types = fields.required_list("job_types", job_type, several);
    let worker = fields.required("worker", |value| WorkerName::parse(text(value)?));
    let limit = fields.value("limit", |value| integer(value).and_then(Bounded::<1, 100>::parse));
    let lease = lease(fields);
    let wait = fields.value("wait_seconds", |value| integer(value).and_then(Bounded::<0, 30>::parse));
    let limit = limit.map_or(1, |limit| usize::try_from(limit.get()).unwrap_or(1));
    let wait = Duration::from_secs(wait.map_or(0, |wait| wait.get().unsigned_abs().into()));
    Some(Wanted { job_types: job_types?.0, worker: worker?, limit, lease, wait })
}

fn several(mut types: Vec<JobType>) -> Result<JobTypes, Invalid> {
    types.sort_unstable();
    types.dedup();
    match types.len() {
        0 => Err(Invalid::Empty),
        1..=TYPES => Ok(JobTypes(types)),
        _ => Err(Invalid::TooMany { max: TYPES }),
    }
}

/// A sign of life for the job of this identifier.
pub(super) fn beat(fields: &mut Fields, id: JobId) -> Option<Beat> {
    let handle = handle(fields);
    let progress = fields.nullable("progress", |value| integer(value).and_then(Progress::parse)).flatten();
    let message = fields.nullable("message", |value| ProgressMessage::parse(text(value)?)).flatten();
    let lease = lease(fields);
    Some(Beat { id, handle: handle?, lease, progress, message })
}

/// What came of a job, with the token of its claim.
pub(super) fn completion(fields: &mut Fields) -> Option<(ReceiptHandle, Option<Value>)> {
    let handle = handle(fields);
    let results = fields.nullable("results", Ok).flatten();
    Some((handle?, results))
}

/// How an attempt failed, with the token of its claim.
pub(super) fn failure(fields: &mut Fields) -> Option<(ReceiptHandle, Failing)> {
    let handle = handle(fields);
    let error = fields.required("error", |value| Ok(JobError::of(&text(value)?)));
    let permanent = fields.value("permanent", boolean).unwrap_or_default();
    Some((handle?, Failing { error: error?, permanent }))
}

fn handle(fields: &mut Fields) -> Option<ReceiptHandle> {
    fields.required("receipt_handle", |value| parse::uuid(&text(value)?).map(ReceiptHandle::new))
}

/// For how long a claim lasts or is renewed.
fn lease(fields: &mut Fields) -> LeaseTime {
    let lease = fields.value("lease_seconds", |value| integer(value).and_then(LeaseTime::parse));
    lease.unwrap_or(LeaseTime::fixed::<30>())
}

fn job_type(value: Value) -> Result<JobType, Invalid> {
    JobType::parse(text(value)?)
}
