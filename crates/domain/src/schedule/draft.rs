//! What somebody wants a schedule to be, before it is one.

use serde_json::{Map, Value};

use super::{CronExpression, ScheduleName, TimeZone};
use crate::job::{JobType, MaxRetries, Priority};

/// Fields to set. `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SchedulePatch {
    /// What it is called.
    pub name: Option<ScheduleName>,
    /// When it comes due.
    pub cron: Option<CronExpression>,
    /// In which time zone.
    pub time_zone: Option<TimeZone>,
    /// What kind of work its jobs are.
    pub job_type: Option<JobType>,
    /// What their workers have to know.
    pub payload: Option<Map<String, Value>>,
    /// How urgent they are.
    pub priority: Option<Priority>,
    /// How often they may be tried again.
    pub max_retries: Option<MaxRetries>,
    /// Whether it queues any.
    pub enabled: Option<bool>,
}

/// A new schedule: what it must have, and whatever else is known.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSchedule {
    /// What it is called.
    pub name: ScheduleName,
    /// When it comes due.
    pub cron: CronExpression,
    /// What kind of work its jobs are.
    pub job_type: JobType,
    /// Everything else.
    pub others: SchedulePatch,
}
