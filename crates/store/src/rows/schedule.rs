//! Schedules as rows.

use diesel::prelude::*;
use serde_json::Value;
use showrunner_domain::identity::{Role, UserId};
use showrunner_domain::job::{JobType, MaxRetries, Priority};
use showrunner_domain::schedule::{CronExpression, Schedule, ScheduleId, ScheduleName, TimeZone};

use super::{Place, Weight};
use crate::failure::Failure;
use crate::schema::schedules;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schedules, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ScheduleRow {
    id: DbId,
    name: String,
    cron: String,
    time_zone: String,
    job_type: String,
    payload: String,
    priority: i32,
    max_retries: i32,
    enabled: bool,
    next_run_at: Option<DbInstant>,
    last_run_at: Option<DbInstant>,
    created_by: Option<DbId>,
    granted: String,
    created_at: DbInstant,
    updated_at: DbInstant,
    version: i64,
}

impl Weight for ScheduleRow {
    fn weight(&self) -> usize {
        self.payload.len()
    }
}

impl From<&Schedule> for ScheduleRow {
    fn from(schedule: &Schedule) -> Self {
        Self {
            id: DbId(schedule.id.uuid()),
            name: schedule.name.as_str().to_owned(),
            cron: schedule.cron.as_str().to_owned(),
            time_zone: schedule.time_zone.as_str().to_owned(),
            job_type: schedule.job_type.as_str().to_owned(),
            payload: Value::Object(schedule.payload.clone()).to_string(),
            priority: schedule.priority.get(),
            max_retries: schedule.max_retries.get().cast_signed(),
            enabled: schedule.enabled,
            next_run_at: schedule.next_run_at.map(DbInstant),
            last_run_at: schedule.last_run_at.map(DbInstant),
            created_by: schedule.created_by.map(|id| DbId(id.uuid())),
            granted: schedule.granted.as_str().to_owned(),
            created_at: DbInstant(schedule.created_at),
            updated_at: DbInstant(schedule.updated_at),
            version: schedule.version.get(),
        }
    }
}

impl TryFrom<ScheduleRow> for Schedule {
    type Error = Failure;

    fn try_from(row: ScheduleRow) -> Result<Self, Failure> {
        let at = Place { table: "schedules", row: row.id.0 };
        Ok(Self {
            id: ScheduleId::new(row.id.0),
            name: at.read("name", ScheduleName::parse(row.name))?,
            cron: at.read("cron", CronExpression::parse(row.cron))?,
            time_zone: at.read("time_zone", TimeZone::parse(row.time_zone))?,
            job_type: at.read("job_type", JobType::parse(row.job_type))?,
            payload: at.read("payload", serde_json::from_str(&row.payload))?,
            priority: at.read("priority", Priority::parse(row.priority.into()))?,
            max_retries: at.read("max_retries", MaxRetries::parse(row.max_retries.into()))?,
            enabled: row.enabled,
            next_run_at: row.next_run_at.map(|time| time.0),
            last_run_at: row.last_run_at.map(|time| time.0),
            created_by: row.created_by.map(|id| UserId::new(id.0)),
            granted: at.known("granted", Role::parse(&row.granted))?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: at.version(row.version)?,
        })
    }
}
