//! The use cases of the activity feed.

use std::sync::Arc;

use super::{Activity, ActivityAfter, ActivityQuery, ActivityStats, ActivityStore, Period, StatsQuery};
use crate::event::{EventLog, ReaderGate, ReaderName};
use crate::identity::{Action, Caller, Visibility, permit};
use crate::{Clock, Page, ResourceKind, ServiceError};

/// A page of the feed, and how many events it may lack.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityPage {
    /// The page.
    pub page: Page<Activity, ActivityAfter>,
    /// How many events that were committed before the request are not in the feed yet.
    pub lag: u64,
}

/// How much was done, and how many events that may lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatsAnswer {
    /// How much was done.
    pub stats: ActivityStats,
    /// How many events that were committed before the request are not counted yet.
    pub lag: u64,
}

/// Everything that can be done with the activity feed.
pub struct ActivityService {
    /// Reads the feed.
    pub activities: Arc<dyn ActivityStore>,
    /// Tells what was committed.
    pub log: Arc<dyn EventLog>,
    /// Tells how far the feed's reader has come.
    pub gate: Arc<dyn ReaderGate>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl ActivityService {
    /// A page of the feed that holds what was committed before this call, or says what it lacks.
    ///
    /// It holds what follows from events that the caller may learn of, and nothing else. Addresses and user agents are left out unless the caller is an administrator.
    pub async fn list(&self, caller: &Caller, query: ActivityQuery) -> Result<ActivityPage, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Activity)?;
        let query = ActivityQuery { asker: Some(caller.actor.id), ..query };
        let lag = self.lag().await?;
        let query = ActivityQuery { visible: Visibility::of(&caller.actor), ..query };
        let mut page = self.activities.list_activities(query).await?;
        if permit(&caller.actor, Action::ReadOrigin, ResourceKind::Activity).is_err() {
            for activity in &mut page.items {
                activity.ip = None;
                activity.user_agent = None;
            }
        }
        Ok(ActivityPage { page, lag })
    }

    /// How much was done that the caller may learn of, with what was committed before this call, or what that lacks.
    pub async fn stats(&self, caller: &Caller, query: StatsQuery) -> Result<StatsAnswer, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Activity)?;
        let query = StatsQuery { asker: Some(caller.actor.id), ..query };
        let period = Period::of(&query, self.clock.now().day())?;
        let lag = self.lag().await?;
        let query = StatsQuery { visible: Visibility::of(&caller.actor), ..query };
        Ok(StatsAnswer { stats: self.activities.count_activities(query, period).await?, lag })
    }

    async fn lag(&self) -> Result<u64, ServiceError> {
        let target = self.log.bounds().await?.head;
        Ok(self.gate.lag(ReaderName::Activity, target).await)
    }
}
