//! What stores know of how much users have.

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::StoreError;
use crate::identity::UserId;

/// Counts what users have, no further than `most`, and keeps how much they have written.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait QuotaStore: Send + Sync {
    /// How many jobs of this user have not ended, `most` at most.
    async fn count_live_jobs(&self, user: UserId, most: usize) -> Result<usize, StoreError>;

    /// How many schedules this user has, `most` at most.
    async fn count_schedules(&self, user: UserId, most: usize) -> Result<usize, StoreError>;

    /// Adds to how many bytes these users have written into the log on `day`, and answers for each how many that are by now, of
    /// all nodes. Days before may be forgotten.
    async fn add_log_bytes(
        &self,
        day: NaiveDate,
        written: Vec<(UserId, u64)>,
    ) -> Result<Vec<(UserId, u64)>, StoreError>;
}
