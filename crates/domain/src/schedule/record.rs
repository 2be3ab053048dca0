//! The schedule record, and what becomes of it when it comes due.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{CronExpression, TimeZone};
use crate::id::id;
use crate::identity::{Role, UserId};
use crate::job::{JobType, MaxRetries, Priority};
use crate::writing::Versioned;
use crate::{Line, Timestamp, Version};

id! {
    /// Identifies a schedule.
    ScheduleId
}

/// What a schedule is called.
pub type ScheduleName = Line<255>;

/// The canonical record of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Schedule {
    /// The identifier.
    pub id: ScheduleId,
    /// What it is called.
    pub name: ScheduleName,
    /// When it comes due: a cron expression of five fields, or of six that begin with seconds.
    pub cron: CronExpression,
    /// The time zone in which that is meant (IANA).
    pub time_zone: TimeZone,
    /// What kind of work its jobs are.
    pub job_type: JobType,
    /// What their workers have to know.
    pub payload: Map<String, Value>,
    /// How urgent they are.
    pub priority: Priority,
    /// How often they may be tried again.
    pub max_retries: MaxRetries,
    /// Whether it queues any.
    pub enabled: bool,
    /// When it comes due; `null` while it is not enabled.
    pub next_run_at: Option<Timestamp>,
    /// When it queued a job last.
    pub last_run_at: Option<Timestamp>,
    /// Who made it: on their behalf its jobs are queued.
    pub created_by: Option<UserId>,
    /// The highest role that counts there: the lowest of the tokens with which it was made and changed.
    #[serde(skip)]
    pub granted: Role,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// How many times it was written. Coming due does not count.
    pub version: Version,
}

impl Versioned for Schedule {
    fn version(&self) -> Version {
        self.version
    }
}

/// That a schedule comes due at another time from now on: because it has come due, which the change of the job that it comes
/// with tells of, or because a clock that was wrong had moved it too far on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The version that it must be in.
    pub version: Version,
    /// When it must still be due.
    pub due: Timestamp,
    /// When the job is queued, where one is.
    pub fired_at: Option<Timestamp>,
    /// When it comes due after that.
    pub next_run_at: Option<Timestamp>,
}
