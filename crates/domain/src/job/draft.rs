//! What somebody wants to be done, before it is a job.

use serde_json::{Map, Value};

use super::{JobType, MaxRetries, Priority, UniqueKey};
use crate::Timestamp;
use crate::episode::EpisodeId;
use crate::identity::Role;

/// A new job.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What kind of work.
    pub job_type: JobType,
    /// What its worker has to know.
    pub payload: Map<String, Value>,
    /// How urgent it is.
    pub priority: Priority,
    /// How often it may be tried again.
    pub max_retries: MaxRetries,
    /// The episode that it is for.
    pub episode_id: Option<EpisodeId>,
    /// When it is to begin at the earliest; now where it is not given.
    pub run_at: Option<Timestamp>,
    /// The highest role that counts where something is done on behalf of whoever wants it.
    pub granted: Option<Role>,
    /// What keeps a second job of the same type from being queued while one is live.
    pub unique_key: Option<UniqueKey>,
}

impl NewJob {
    /// A job of this type, with nothing else said of it.
    #[must_use]
    pub fn of(job_type: JobType) -> Self {
        let (priority, max_retries) = (Priority::default(), MaxRetries::default());
        Self {
            job_type,
            payload: Map::new(),
            priority,
            max_retries,
            episode_id: None,
            run_at: None,
            granted: None,
            unique_key: None,
        }
    }
}
