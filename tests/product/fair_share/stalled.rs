//! Live clients that stop reading, and come back to do it again whenever the server has cut them off.

use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::audience::Audience;
use crate::harness::Live;

/// Clients that do not read, until they are stopped.
pub(super) struct Stalled {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Stalled {
    /// Connects and subscribes `size` clients.
    pub(super) fn start(audience: Audience, size: usize) -> Self {
        let mut clients: Vec<Live> = (0..size).map(|_| audience.connect_narrow()).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let end = stop.clone();
        let thread = thread::spawn(move || {
            let mut returns = 0;
            while !end.load(Ordering::Relaxed) {
                for number in cut(&mut clients) {
                    clients[number] = audience.connect_narrow();
                    returns += 1;
                }
            }
            returns
        });
        Self { stop, thread }
    }

    /// Ends them and answers how often one was cut off and came back.
    pub(super) fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Waits a moment for connections to be ended by the server and answers which.
fn cut(clients: &mut [Live]) -> Vec<usize> {
    let ended = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    let moment = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    let mut watched: Vec<_> = clients
        .iter_mut()
        .map(|client| PollFd::from_borrowed_fd((*client.stream()).as_fd(), PollFlags::RDHUP))
        .collect();
    poll(&mut watched, Some(&moment)).unwrap();
    let all = watched.iter().enumerate();
    all.filter(|(_, client)| client.revents().intersects(ended)).map(|(number, _)| number).collect()
}
