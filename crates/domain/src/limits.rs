//! How much one user may have and write. Administrators and workers are exempt, and so is what the system does by itself.

use std::time::Duration;

use thiserror::Error;

/// How many schedules a user may have.
pub const MAX_SCHEDULES: usize = 50;
/// How long it must be at least from one job of a schedule to the next.
pub const SHORTEST_INTERVAL: Duration = Duration::from_mins(1);
/// How many jobs a user may have that have not ended.
pub const MAX_LIVE_JOBS: usize = 10_000;
/// How many bytes of event data a user may write into the log on one day (UTC): 1 GiB.
pub const MAX_LOG_BYTES: u64 = 1024 * 1024 * 1024;

/// A user has as much as one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuotaExceeded {
    /// Of schedules.
    #[error(
        "you have {MAX_SCHEDULES} schedules, as many as a user may have: delete one first, or ask an administrator to keep it"
    )]
    Schedules,
    /// Of jobs.
    #[error(
        "you have {MAX_LIVE_JOBS} jobs that have not ended, as many as a user may have: wait for some or cancel them"
    )]
    LiveJobs,
    /// Of writing.
    #[error(
        "you have written as much today as a user may, {MAX_LOG_BYTES} bytes: go on tomorrow (UTC) or ask an administrator"
    )]
    LogBytes {
        /// How long it is until the next day, in seconds, at least 1.
        retry_after: u64,
    },
}

impl QuotaExceeded {
    /// After how many seconds it is worth while to try again, where that is known.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::LogBytes { retry_after } => Some(retry_after),
            Self::Schedules | Self::LiveJobs => None,
        }
    }
}
