//! Reading the log from where one stopped, page by page.

use std::sync::Arc;

use super::{EventLog, LogPage, LoggedEvent, ReadLimit, ResumePoint, Seq, Topic};
use crate::identity::{Action, Actor, may_see, permit};
use crate::{Limit, ResourceKind, ServiceError};

/// How much one read of the store takes, and so what a page holds at most.
const READ: ReadLimit = ReadLimit { events: 500, bytes: 1024 * 1024 };
/// How many events one page looks at. Where none of them is wanted, the next page goes on behind them.
const SCAN: usize = 10_000;

/// A page of the log, as one subscriber sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUpPage {
    /// The events, in order. None means that the head was reached, or that none of 10,000 events was wanted.
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

    /// The first `limit` events after `since` that `actor` may see and that belong to one of the `topics`. A page of large
    /// events ends earlier.
    ///
    /// # Errors
    /// [`ServiceError::LogTruncated`] where the caller cannot resume there: see [`History::verify`](super::History::verify).
    pub async fn page(
        &self,
        actor: &Actor,
        from: ResumePoint,
        topics: &[Topic],
        limit: Limit,
    ) -> Result<CatchUpPage, ServiceError> {
        permit(actor, Action::Read, ResourceKind::Event)?;
        let history = self.log.history(from.since).await?;
        let bounds = history.bounds;
        if history.verify(from).is_err() {
            return Err(ServiceError::LogTruncated { first: bounds.first, head: bounds.head });
        }
        let mut page = CatchUpPage { events: Vec::new(), scanned: from.since };
        let mut looked_at = 0;
        while page.scanned < bounds.head && page.events.is_empty() && looked_at < SCAN {
            let LogPage { events, scanned } = self.log.read(page.scanned, READ).await?;
            if scanned == page.scanned {
                break;
            }
            looked_at += events.len();
            for event in events {
                page.scanned = event.seq;
                let wanted = topics.iter().any(|topic| topic.selects(&event, actor.id));
                if wanted && may_see(actor, &event) {
                    page.events.push(event);
                    if page.events.len() == limit.get() {
                        return Ok(page);
                    }
                }
            }
            page.scanned = scanned;
        }
        Ok(page)
    }
}
