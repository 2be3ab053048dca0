//! A live client that reads along in the background.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Live, PATIENCE};

/// A live client that takes events as they come, while the test does something else.
pub(crate) struct Follower {
    last: Arc<AtomicI64>,
    thread: JoinHandle<Vec<i64>>,
}

impl Follower {
    /// Reads along on a client that has subscribed.
    pub(crate) fn start(mut live: Live) -> Self {
        let last = Arc::new(AtomicI64::new(i64::MAX));
        let end = last.clone();
        let thread = thread::spawn(move || {
            let (mut seen, mut heard) = (Vec::new(), Instant::now());
            loop {
                let end = end.load(Ordering::Relaxed);
                if seen.last().is_some_and(|seq| *seq >= end) {
                    return seen;
                }
                if let Some(event) = live.event_within(Duration::from_millis(100)).unwrap() {
                    seen.push(event.seq);
                    heard = Instant::now();
                }
                assert!(end == i64::MAX || heard.elapsed() < PATIENCE, "event {end} does not come");
            }
        });
        Self { last, thread }
    }

    /// Reads up to the event in the place `last` and answers the places of all events seen.
    pub(crate) fn finish(self, last: i64) -> Vec<i64> {
        self.last.store(last, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
