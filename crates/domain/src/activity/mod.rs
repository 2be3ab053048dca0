//! The activity feed: who did what, in the order in which it happened.

mod port;
mod reader;
mod record;
mod service;
mod stats;

pub use port::ActivityStore;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockActivityStore;
pub use reader::ActivityReader;
pub use record::{Activity, ActivityAction, ActivityAfter, ActivityId, ActivityQuery};
pub use service::{ActivityPage, ActivityService, StatsAnswer};
pub use stats::{ActionCount, ActivityStats, ActivityTally, DayCount, Period, ResourceCount, StatsQuery, UserCount};
