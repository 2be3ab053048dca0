//! Waiting for conditions instead of sleeping for luck.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before a test calls it hanging. Far beyond what is usual: it tells "late" from "never".
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Asks `probe` again and again until it answers, and panics naming `what` when it does not within [`PATIENCE`].
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = probe() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
