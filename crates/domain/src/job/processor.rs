//! What a worker says of itself when it begins to look for jobs.

use serde::Serialize;
use uuid::Uuid;

use super::{JobType, WorkerName};
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::{ResourceKind, Subject};

/// A worker that looks for jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Processor {
    /// What it calls itself.
    pub worker: WorkerName,
    /// How often it looks where nothing tells it to, in milliseconds.
    pub poll_interval_ms: u64,
    /// How many jobs it has in hand at once, at most.
    pub max_concurrent: usize,
    /// What it can do.
    pub job_types: Vec<JobType>,
}

impl Processor {
    /// That it has begun. No record knows workers: `id` names this one in the log.
    pub(crate) fn started(&self, id: Uuid, stamp: &Stamp) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Job, id);
        stamp.event(EventKind::JobProcessorStarted, subject, Audience::Readers, self)
    }
}
