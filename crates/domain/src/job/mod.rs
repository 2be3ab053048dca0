//! Jobs: work that is done in the background, once, whatever dies meanwhile.
//!
//! A claim is a lease with a fencing token: whoever does not hold the latest one writes nothing any more.

mod arrivals;
mod attempt;
mod backoff;
mod claim;
mod draft;
mod handler;
mod kind;
mod lease;
mod port;
mod processor;
mod progress;
mod query;
mod queue;
mod record;
mod service;
mod share;
mod status;
#[cfg(test)]
mod tests;
mod transition;
mod unique_key;
mod work;

pub use arrivals::Arrivals;
pub use attempt::{AttemptOutcome, JobAttempt};
pub use claim::Claim;
pub use draft::NewJob;
#[cfg(any(test, feature = "mocks"))]
pub use handler::MockJobHandler;
pub use handler::{Afresh, Done, JobHandler, Reporter};
pub use kind::JobType;
pub use lease::{Lease, LeaseTime, ReceiptHandle, Receipted, WorkerName};
#[cfg(any(test, feature = "mocks"))]
pub use port::MockJobStore;
pub use port::{Beat, JobStore};
pub use processor::Processor;
pub use progress::{JobProgress, ProgressNews, ProgressRevision};
pub use query::{JobAfter, JobCount, JobFilter, JobQuery};
pub use queue::{Failing, Hands, JobQueue};
pub use record::{Job, JobError, JobId, MaxRetries, Priority, Progress, ProgressMessage};
pub use service::JobService;
pub use share::{Claimant, SPARE_PLACES, Share, Whose, shares};
pub use status::JobStatus;
pub use unique_key::UniqueKey;
pub use work::WorkService;
