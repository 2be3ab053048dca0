//! What a list of schedules is asked for. Lists are sorted by when schedules were created, the newest first.

use serde::{Deserialize, Serialize};

use super::{Schedule, ScheduleId};
use crate::{Limit, Timestamp};

/// What a list of schedules is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleQuery {
    /// From where on; `None` for the first page.
    pub after: Option<ScheduleAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all.
    pub total: bool,
}

/// The place behind a schedule in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleAfter {
    /// When the schedule was created.
    pub created_at: Timestamp,
    /// The schedule.
    pub id: ScheduleId,
}

impl ScheduleAfter {
    /// The place behind `schedule`.
    #[must_use]
    pub const fn of(schedule: &Schedule) -> Self {
        Self { created_at: schedule.created_at, id: schedule.id }
    }
}
