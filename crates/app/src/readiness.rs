//! Whether this node can serve: its store answers, is migrated, and the readers keep up.

use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::event::{EventLog, Seq};
use showrunner_http::{Check, Readiness};
use showrunner_store::StoreProbe;

use crate::readers::Board;

/// A reader that is further behind than this is reported.
const MOST_LAG: u64 = 10_000;

/// Asks the store and the readers.
pub(crate) struct NodeReadiness {
    /// The store.
    pub(crate) probe: Arc<dyn StoreProbe>,
    /// The log, to see how far the readers are behind.
    pub(crate) log: Arc<dyn EventLog>,
    /// How far the readers have come.
    pub(crate) board: Arc<Board>,
}

#[async_trait]
impl Readiness for NodeReadiness {
    async fn check(&self) -> Vec<Check> {
        let head = self.log.bounds().await.ok().map(|bounds| bounds.head);
        vec![database(head), self.migrations().await, self.readers(head)]
    }
}

impl NodeReadiness {
    async fn migrations(&self) -> Check {
        let name = "migrations";
        match self.probe.pending_migrations().await {
            Ok(pending) if pending.is_empty() => Check { name, ok: true, detail: "none is pending".to_owned() },
            Ok(pending) => Check { name, ok: false, detail: format!("pending: {}", pending.join(", ")) },
            Err(_) => Check { name, ok: false, detail: "cannot be read".to_owned() },
        }
    }

    fn readers(&self, head: Option<Seq>) -> Check {
        let name = "readers";
        let Some(head) = head else {
            return Check { name, ok: false, detail: "the log cannot be read".to_owned() };
        };
        let behind: Vec<String> = self
            .board
            .progress()
            .map(|(reader, progress)| (reader, head.since(progress.cursor), progress.failing))
            .filter(|(_, lag, failing)| *failing || *lag > MOST_LAG)
            .map(|(reader, lag, failing)| {
                let state = if failing { "is held up" } else { "is behind" };
                format!("{reader} {state} by {lag} events")
            })
            .collect();
        let detail = if behind.is_empty() { "keep up".to_owned() } else { behind.join(", ") };
        Check { name, ok: behind.is_empty(), detail }
    }
}

/// `head` is where the log ends, if the store could say so.
fn database(head: Option<Seq>) -> Check {
    let detail = head.map_or("does not answer".to_owned(), |head| format!("the log is at {head}"));
    Check { name: "database", ok: head.is_some(), detail }
}
