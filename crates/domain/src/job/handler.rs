//! What does the work of one type of job.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Failing, Job, JobError, JobType, Progress, ProgressMessage};
use crate::identity::{Caller, OnBehalf};
use crate::{RecordChange, ServiceError};

/// What came of a job.
#[derive(Clone, Default)]
pub struct Done {
    /// What is told of it.
    pub results: Option<Value>,
    /// New records that are written in the transaction that ends the job, or not at all.
    pub more: Vec<RecordChange>,
    /// What else is written then, of records that others may write at the same time.
    pub afresh: Option<Arc<dyn Afresh>>,
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { results, more, afresh } = self;
        let mut told = f.debug_struct("Done");
        told.field("results", results).field("more", more).field("afresh", &afresh.is_some()).finish()
    }
}

/// Changes that follow from records which others may write at the same time: they are asked for anew with every try to end
/// the job.
#[async_trait]
pub trait Afresh: Send + Sync {
    /// The changes, as things stand now.
    async fn changes(&self) -> Result<Vec<RecordChange>, ServiceError>;
}

/// Is told how far a job is. What is told often is passed on a few times a second.
pub trait Reporter: Send + Sync {
    /// Notes how much is done, and what there is to say of it.
    fn report(&self, progress: Progress, message: Option<ProgressMessage>);
}

/// Does the jobs of one type.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The type.
    fn job_type(&self) -> JobType;

    /// Does `job`. A job may be done more than once: its worker may be killed at the very end. Where the job is called off
    /// the future is dropped at its next `await`, and MUST then leave nothing running.
    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing>;
}

impl Job {
    /// Whoever wanted the job, with what they may do now and no more than they might when they asked.
    ///
    /// # Errors
    /// A failure for good where nobody did, they are gone, or they may not have such a job done any more: nothing was read yet.
    pub async fn caller(&self, on_behalf: &OnBehalf) -> Result<Caller, Failing> {
        let Some((user, granted)) = self.created_by.zip(self.granted) else {
            return Err(Failing::for_good("nobody wanted this job on whose behalf it could be done"));
        };
        let caller = on_behalf.of(user, granted).await?;
        self.job_type.permit(&caller.actor)?;
        Ok(caller)
    }
}

impl Failing {
    /// A failure that may pass.
    #[must_use]
    pub fn for_now(error: &str) -> Self {
        Self { error: JobError::of(error), permanent: false }
    }

    /// A failure that no other try would change.
    #[must_use]
    pub fn for_good(error: &str) -> Self {
        Self { error: JobError::of(error), permanent: true }
    }
}

/// What a use case refuses it will refuse again; only the store may recover, and a race be won.
impl From<ServiceError> for Failing {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unavailable(_) | ServiceError::Conflict { .. } => Self::for_now(&error.to_string()),
            ServiceError::Invalid(errors) => {
                let told: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
                Self::for_good(&told.join("; "))
            }
            _ => Self::for_good(&error.to_string()),
        }
    }
}
