//! Reading the log from where one stopped, page by page.

use std::sync::Arc;

use super::{EventLog, LoggedEvent, Seq, Topic};
use crate::identity::{Action, Actor, may_see, permit};
use crate::{Limit, ResourceKind, ServiceError};

/// How many events one read of the store takes.
const SCAN: usize = 500;

/// A page of the log, as one subscriber sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUpPage {
    /// The events, in order. None means that the head was reached.
    pub events: Vec<LoggedEvent>,
    /// The last place that was looked at: where the next page begins.
    pub scanned: Seq,
}

/// Reads the log for subscribers.
pub struct CatchUp {
    log: Arc<dyn EventLog>,
}

impl CatchUp {
    /// Reads `log`.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>) -> Self {
        Self { log }
    }

    /// The first `limit` events after `since` that `actor` may see and that belong to one of the `topics`.
    ///
    /// # Errors
    /// [`ServiceError::LogTruncated`] where the log does not reach back to `since`, or never reached it.
    pub async fn page(
        &self,
        actor: &Actor,
        since: Seq,
        topics: &[Topic],
        limit: Limit,
    ) -> Result<CatchUpPage, ServiceError> {
        permit(actor, Action::Read, ResourceKind::Event)?;
        let bounds = self.log.bounds().await?;
        if !bounds.reach_back_to(since) {
            return Err(ServiceError::LogTruncated { first: bounds.first, head: bounds.head });
        }
        let mut page = CatchUpPage { events: Vec::new(), scanned: since };
        while page.scanned < bounds.head && page.events.is_empty() {
            let scanned = self.log.read(page.scanned, SCAN).await?;
            if scanned.is_empty() {
                break;
            }
            for event in scanned {
                page.scanned = event.seq;
                let wanted = topics.iter().any(|topic| topic.selects(&event, actor.id));
                if wanted && may_see(actor, &event) {
                    page.events.push(event);
                    if page.events.len() == limit.get() {
                        return Ok(page);
                    }
                }
            }
        }
        Ok(page)
    }
}
