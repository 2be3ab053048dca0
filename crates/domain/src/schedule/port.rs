//! Reading schedules. They are written through the ledger.

use async_trait::async_trait;

use super::{Schedule, ScheduleAfter, ScheduleId, ScheduleQuery};
use crate::{Page, StoreError, Timestamp};

/// Reads schedules.
///
/// The ledger writes them by compare-and-set, and MUST answer [`CommitError::Stale`](crate::CommitError::Stale) also where
/// a schedule does not come due any more when it did before ([`Change::before`](crate::Change::before),
/// [`Firing::due`](super::Firing::due)): firing makes no version.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ScheduleStore: Send + Sync {
    /// The schedule of this identifier.
    async fn find_schedule(&self, id: ScheduleId) -> Result<Option<Schedule>, StoreError>;

    /// A page of the schedules, the newest first.
    async fn list_schedules(&self, query: ScheduleQuery) -> Result<Page<Schedule, ScheduleAfter>, StoreError>;

    /// When the first schedule comes due; `None` where none does.
    async fn first_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The schedules that have come due at `now`, the longest due first, at most `limit`.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Schedule>, StoreError>;
}
