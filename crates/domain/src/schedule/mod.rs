//! Schedules: jobs that are queued again and again, at the times that a cron expression names.
//!
//! Every node looks for schedules that have come due. Whoever moves one on to its next time queues the job, in one
//! transaction and by compare-and-set: each time is fired once, however many nodes try.

mod calendar;
mod draft;
mod firing;
mod port;
mod query;
mod record;
mod service;
#[cfg(test)]
mod tests;
mod transition;

#[cfg(any(test, feature = "mocks"))]
pub use calendar::MockCalendar;
pub use calendar::{Calendar, CronExpression, TimeZone};
pub use draft::{NewSchedule, SchedulePatch};
pub use firing::FiringService;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockScheduleStore;
pub use port::ScheduleStore;
pub use query::{ScheduleAfter, ScheduleQuery};
pub use record::{Firing, Schedule, ScheduleId, ScheduleName};
pub use service::ScheduleService;
