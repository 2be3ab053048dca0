//! The fields of a schedule, from JSON to values that hold.

use serde_json::Value;
use showrunner_domain::Invalid;
use showrunner_domain::job::{JobType, MaxRetries, Priority};
use showrunner_domain::schedule::{CronExpression, NewSchedule, ScheduleName, SchedulePatch, TimeZone};

use crate::fields::{Fields, boolean, integer, object, text};

/// A new schedule; what it is called, when it comes due and what it queues must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewSchedule> {
    let name = fields.required("name", name);
    let cron = fields.required("cron", cron);
    let job_type = fields.required("job_type", job_type);
    let others = others(fields);
    Some(NewSchedule { name: name?, cron: cron?, job_type: job_type?, others })
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> SchedulePatch {
    let (name, cron) = (fields.value("name", name), fields.value("cron", cron));
    let job_type = fields.value("job_type", job_type);
    SchedulePatch { name, cron, job_type, ..others(fields) }
}

/// Every field but those that a new schedule needs.
fn others(fields: &mut Fields) -> SchedulePatch {
    SchedulePatch {
        time_zone: fields.value("time_zone", |value| TimeZone::parse(text(value)?)),
        payload: fields.value("payload", object),
        priority: fields.value("priority", |value| integer(value).and_then(Priority::parse)),
        max_retries: fields.value("max_retries", |value| integer(value).and_then(MaxRetries::parse)),
        enabled: fields.value("enabled", boolean),
        ..SchedulePatch::default()
    }
}

fn name(value: Value) -> Result<ScheduleName, Invalid> {
    ScheduleName::parse(text(value)?)
}

fn cron(value: Value) -> Result<CronExpression, Invalid> {
    CronExpression::parse(text(value)?)
}

fn job_type(value: Value) -> Result<JobType, Invalid> {
    JobType::parse(text(value)?)
}
