//! A worker's hold on a job.

use serde::Serialize;

use super::Job;
use crate::id::id;
use crate::{Bounded, Line, Timestamp};

id! {
    /// The fencing token of one claim. Every claim has a new one, and only the latest counts.
    ReceiptHandle
}

/// What a worker calls itself, for people who look for it.
pub type WorkerName = Line<255>;
/// How long a lease lasts unless it is renewed, in seconds.
pub type LeaseTime = Bounded<1, 3_600>;

/// That a worker holds a job, and until when. An expired lease that nobody has taken over is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The token that proves it.
    pub handle: ReceiptHandle,
    /// From when on others may take the job over.
    pub expires_at: Timestamp,
}

/// A claimed job as its worker gets it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipted {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// The token to prove the claim with.
    pub receipt_handle: ReceiptHandle,
    /// From when on others may take the job over.
    pub lease_expires_at: Timestamp,
}

impl Receipted {
    /// `job` with its lease, if it has one.
    #[must_use]
    pub fn of(job: Job) -> Option<Self> {
        let Lease { handle, expires_at } = job.lease?;
        Some(Self { job, receipt_handle: handle, lease_expires_at: expires_at })
    }
}
