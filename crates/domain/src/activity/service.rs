//! The use cases of the activity feed.

use std::sync::Arc;

use super::{Activity, ActivityAfter, ActivityQuery, ActivityStore};
use crate::event::{EventLog, ReaderGate, ReaderName};
use crate::identity::{Action, Caller, permit};
use crate::{Page, ResourceKind, ServiceError};

/// A page of the feed, and how many events it may lack.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityPage {
    /// The page.
    pub page: Page<Activity, ActivityAfter>,
    /// How many events that were committed before the request are not in the feed yet.
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
}

impl ActivityService {
    /// A page of the feed that holds what was committed before this call, or says what it lacks.
    ///
    /// Addresses and user agents are left out unless the caller is an administrator.
    pub async fn list(&self, caller: &Caller, query: ActivityQuery) -> Result<ActivityPage, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Activity)?;
        let target = self.log.bounds().await?.head;
        let lag = self.gate.lag(ReaderName::Activity, target).await;
        let mut page = self.activities.list_activities(query).await?;
        if permit(&caller.actor, Action::ReadOrigin, ResourceKind::Activity).is_err() {
            for activity in &mut page.items {
                activity.ip = None;
                activity.user_agent = None;
            }
        }
        Ok(ActivityPage { page, lag })
    }
}
