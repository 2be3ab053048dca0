//! What wakes up those who wait for jobs.

use showrunner_domain::job::Arrivals;
use tokio::sync::watch;

/// Counts what has come to the queue of jobs, as far as this process has seen it. Clones count the same.
#[derive(Clone)]
pub(crate) struct Bell(watch::Sender<u64>);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Tells that there may be new jobs: everybody's look that began before this may have missed them.
    pub(crate) fn ring(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// How often it has rung.
    pub(crate) fn count(&self) -> Arrivals {
        Arrivals::new(*self.0.borrow())
    }

    /// Waits until it has rung more often than that.
    pub(crate) async fn wait_beyond(&self, seen: Arrivals) {
        // An error means that the store is going away: then there is nothing left to wait for.
        let _ = self.0.subscribe().wait_for(|count| *count > seen.get()).await;
    }
}
