//! Whether this node can serve: its store answers, is migrated, and the readers keep up.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use showrunner_domain::event::{EventLog, Seq};
use showrunner_http::{Check, Readiness};
use showrunner_store::StoreProbe;
use tokio::time::timeout;

use crate::readers::{Board, Progress};

/// A projection that is further behind than this is to be moving.
const MAX_LAG: u64 = 10_000;
/// How long it may stand still then. One that moves on works off an import, and taking nodes away would not make it faster.
const MAX_STANDSTILL: Duration = Duration::from_secs(10);

/// How long the store may take to answer: whoever asks wants to know now.
const PATIENCE: Duration = Duration::from_secs(1);

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
        let bounds = timeout(PATIENCE, self.log.bounds());
        let pending = timeout(PATIENCE, self.probe.pending_migrations());
        let (bounds, pending) = tokio::join!(bounds, pending);
        let head = bounds.ok().and_then(Result::ok).map(|bounds| bounds.head);
        vec![database(head), migrations(pending.ok().and_then(Result::ok)), self.readers(head)]
    }
}

impl NodeReadiness {
    fn readers(&self, head: Option<Seq>) -> Check {
        let name = "readers";
        let Some(head) = head else {
            return Check { name, ok: false, detail: "the log cannot be read".to_owned() };
        };
        let mut ok = true;
        let behind: Vec<String> = self
            .board
            .progress()
            .filter_map(|(reader, progress)| {
                let (state, is_fault) = state(head, progress, progress.active_at.elapsed())?;
                ok &= !is_fault;
                Some(format!("{reader} {state} by {} events", head.since(progress.cursor)))
            })
            .collect();
        let detail = if behind.is_empty() { "keep up".to_owned() } else { behind.join(", ") };
        Check { name, ok, detail }
    }
}

/// What there is to report of a projection that has stood still for so long, where the log ends at `head`, and whether it is
/// a fault.
fn state(head: Seq, progress: Progress, still_for: Duration) -> Option<(&'static str, bool)> {
    if progress.failing {
        return Some(("is held up", true));
    }
    let is_late = head.since(progress.cursor) > MAX_LAG;
    let is_still = still_for > MAX_STANDSTILL;
    is_late.then_some(if is_still { ("stands still, behind", true) } else { ("catches up, behind", false) })
}

/// `pending` names the migrations that the store lacks, if it could say so.
fn migrations(pending: Option<Vec<String>>) -> Check {
    let name = "migrations";
    match pending {
        Some(pending) if pending.is_empty() => Check { name, ok: true, detail: "none is pending".to_owned() },
        Some(pending) => Check { name, ok: false, detail: format!("pending: {}", pending.join(", ")) },
        None => Check { name, ok: false, detail: "cannot be read".to_owned() },
    }
}

/// `head` is where the log ends, if the store could say so.
fn database(head: Option<Seq>) -> Check {
    let detail = head.map_or("does not answer".to_owned(), |head| format!("the log is at {head}"));
    Check { name: "database", ok: head.is_some(), detail }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_projection_that_works_off_an_import_is_no_fault_and_one_that_stands_still_is() {
        let head = Seq::new(100_000).unwrap();
        let is_fault = |cursor, failing, still_for| {
            let progress = Progress { cursor: Seq::new(cursor).unwrap(), failing, active_at: Instant::now() };
            state(head, progress, still_for).map(|(_, is_fault)| is_fault)
        };
        let longer = MAX_STANDSTILL + Duration::from_millis(1);
        assert_eq!(is_fault(90_000, false, longer), None);
        assert_eq!(is_fault(0, false, MAX_STANDSTILL), Some(false));
        assert_eq!(is_fault(0, false, longer), Some(true));
        assert_eq!(is_fault(100_000, true, Duration::ZERO), Some(true));
    }
}
