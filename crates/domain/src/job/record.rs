//! The job record and its values.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Failing, JobStatus, JobType, Lease, UniqueKey, WorkerName};
use crate::episode::EpisodeId;
use crate::id::id;
use crate::identity::{Role, UserId};
use crate::show::ShowId;
use crate::writing::Versioned;
use crate::{Bounded, Invalid, Prose, Timestamp, Version};

id! {
    /// Identifies a job.
    JobId
}

/// How much of a job is done, in percent.
pub type Progress = Bounded<0, 100>;

impl Progress {
    /// How much `done` of `all` is, rounded down; everything where there is nothing to do.
    #[must_use]
    pub fn of(done: usize, all: usize) -> Self {
        let percent = done.min(all).saturating_mul(100).checked_div(all).unwrap_or(100);
        i64::try_from(percent).ok().and_then(|percent| Self::parse(percent).ok()).unwrap_or(Self::fixed::<100>())
    }
}

/// What a worker says of how far it is.
pub type ProgressMessage = Prose<1_000>;

/// The member of a payload that says how long an attempt may take.
const TIMEOUT: &str = "timeout_seconds";

/// How long an attempt may take, in seconds: six hours at most.
type TimeLimit = Bounded<1, 21_600>;

impl TimeLimit {
    const MOST: Self = Self::fixed::<21_600>();
}

/// How urgent a job is: -100 to 100, the greatest first; 0 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Priority(Bounded<-100, 100>);

/// How often a job may be tried again: 0 to 100, 3 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct MaxRetries(Bounded<0, 100>);

impl Priority {
    /// Checks and takes `number`.
    pub fn parse(number: i64) -> Result<Self, Invalid> {
        Bounded::parse(number).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0.get()
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self(Bounded::fixed::<0>())
    }
}

impl MaxRetries {
    /// Checks and takes `number`.
    pub fn parse(number: i64) -> Result<Self, Invalid> {
        Bounded::parse(number).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get().unsigned_abs()
    }
}

impl Default for MaxRetries {
    fn default() -> Self {
        Self(Bounded::fixed::<3>())
    }
}

/// Why an attempt failed, in the worker's words: cut to 4,000 characters, without control characters but line breaks and
/// tabs, and never empty. Whoever fails must be able to say so, so nothing is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct JobError(String);

impl JobError {
    /// The longest text, in characters.
    const LONGEST: usize = 4_000;

    /// Takes what can be kept of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let told = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c };
        let kept: String = text.trim().chars().take(Self::LONGEST).map(told).collect();
        if kept.is_empty() { Self("the worker gave no reason".to_owned()) } else { Self(kept) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The canonical record of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Job {
    /// The identifier.
    pub id: JobId,
    /// What kind of work it is.
    pub job_type: JobType,
    /// How far it has come.
    pub status: JobStatus,
    /// What its worker has to know.
    pub payload: Map<String, Value>,
    /// What came of it.
    pub results: Option<Value>,
    /// How much of it is done, in percent.
    pub progress: Progress,
    /// What its worker says of that.
    pub progress_message: Option<ProgressMessage>,
    /// How urgent it is.
    pub priority: Priority,
    /// How often it was tried again since it was created or retried by hand.
    pub retry_count: u32,
    /// How often it may be tried again.
    pub max_retries: MaxRetries,
    /// Why the last attempt failed.
    pub error_message: Option<JobError>,
    /// The episode that it is for.
    pub episode_id: Option<EpisodeId>,
    /// The show of that episode, as it is now: who may see and change the job follows from it.
    #[serde(skip)]
    pub show_id: Option<ShowId>,
    /// Who wanted it; where a schedule has queued it, whoever made that.
    pub created_by: Option<UserId>,
    /// The highest role that counts where something is done on behalf of them: the bound of the token with which they asked.
    #[serde(skip)]
    pub granted: Option<Role>,
    /// What keeps a second job of the same type from being queued while this one is live.
    pub unique_key: Option<UniqueKey>,
    /// When it was to begin at the earliest.
    pub run_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// When it is tried again, at the earliest.
    pub next_retry_at: Option<Timestamp>,
    /// How many attempts were begun.
    pub attempt: u32,
    /// Who has, or had last, the job in hand.
    pub worker: Option<WorkerName>,
    /// Who holds it.
    #[serde(skip)]
    pub lease: Option<Lease>,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// How many times it was written. Progress does not count.
    pub version: Version,
}

impl Job {
    /// The payload as what its handler expects, without its [limit on time](Self::time_limit).
    ///
    /// # Errors
    /// A failure for good that says what does not fit.
    pub fn read_payload<T: DeserializeOwned>(&self) -> Result<T, Failing> {
        let mut payload = self.payload.clone();
        payload.remove(TIMEOUT);
        serde_json::from_value(Value::Object(payload))
            .map_err(|error| Failing::for_good(&format!("the payload does not fit: {error}")))
    }

    /// How long an attempt of a built-in worker may take: what the payload says as `timeout_seconds`, and otherwise the most.
    ///
    /// # Errors
    /// A failure for good where it says something else.
    pub fn time_limit(&self) -> Result<Duration, Failing> {
        let told =
            self.payload.get(TIMEOUT).map_or(Some(TimeLimit::MOST), |told| TimeLimit::parse(told.as_i64()?).ok());
        let wrong = || {
            format!("the payload does not fit: {TIMEOUT} must be a whole number from 1 to {}", TimeLimit::MOST.get())
        };
        let limit = told.ok_or_else(|| Failing::for_good(&wrong()))?;
        Ok(Duration::from_secs(limit.get().unsigned_abs().into()))
    }

    /// When somebody should take the job in hand: `None` once it has ended. For a job that is in somebody's hands that is
    /// when their lease ends.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.status {
            JobStatus::Pending => Some(self.next_retry_at.map_or(self.run_at, |retry| retry.max(self.run_at))),
            JobStatus::Processing => self.lease.map(|lease| lease.expires_at),
            JobStatus::Completed | JobStatus::Failed | JobStatus::Cancelled => None,
        }
    }

    /// Whether it waited for a worker from its latest change on.
    #[must_use]
    pub fn was_left_ready(&self) -> bool {
        self.status == JobStatus::Pending && self.due_at().is_some_and(|due| due <= self.updated_at)
    }
}

impl Versioned for Job {
    fn version(&self) -> Version {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_a_worker_says_of_its_failure_is_kept() {
        assert_eq!(JobError::of("a\0b\r\n c ").as_str(), "a\u{fffd}b\u{fffd}\n c");
        assert_eq!(JobError::of(" \n").as_str(), "the worker gave no reason");
        assert_eq!(JobError::of(&"ä".repeat(5_000)).as_str().chars().count(), 4_000);
    }

    #[test]
    fn a_job_names_how_long_it_may_take_beside_what_its_handler_reads() {
        let job = |payload: Value| Job { payload: payload.as_object().unwrap().clone(), ..crate::job::tests::job() };
        let seconds = |payload| job(payload).time_limit().map(|limit| limit.as_secs());
        assert_eq!(seconds(json!({})), Ok(21_600));
        assert_eq!(seconds(json!({"timeout_seconds": 5, "a": 1})), Ok(5));
        for wrong in [json!(0), json!(21_601), json!(1.5), json!("5"), json!(null)] {
            let refused = seconds(json!({"timeout_seconds": wrong})).unwrap_err();
            assert!(refused.permanent && refused.error.as_str().contains("from 1 to 21600"), "{refused:?}");
        }
        let read: Result<std::collections::BTreeMap<String, u8>, Failing> =
            job(json!({"timeout_seconds": 5, "a": 1})).read_payload();
        assert_eq!(read.unwrap().into_iter().collect::<Vec<_>>(), [("a".to_owned(), 1)]);
    }

    #[test]
    fn what_is_not_said_of_a_job_has_a_middle_value() {
        assert_eq!((Priority::default().get(), MaxRetries::default().get()), (0, 3));
        assert!(Priority::parse(101).is_err() && MaxRetries::parse(-1).is_err());
    }
}
