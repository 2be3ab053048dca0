//! Reading the activity feed. It is written by its reader.

use async_trait::async_trait;

use super::{Activity, ActivityAfter, ActivityQuery, ActivityStats, Period, StatsQuery};
use crate::{Page, StoreError};

/// Reads the activity feed.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ActivityStore: Send + Sync {
    /// A page of the feed, newest first. What is not `visible` MUST cost nothing, however much of it there is.
    async fn list_activities(&self, query: ActivityQuery) -> Result<Page<Activity, ActivityAfter>, StoreError>;

    /// How much of what `query` asks for was done in `period`, whatever days the query itself names.
    async fn count_activities(&self, query: StatsQuery, period: Period) -> Result<ActivityStats, StoreError>;
}
