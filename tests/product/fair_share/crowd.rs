//! Thousands of live clients read by one thread, which leaves the processor to the server.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use tungstenite::{Error, Message, WebSocket};

use super::audience::Audience;
use crate::harness::PATIENCE;

/// Live clients of one kind.
pub(super) struct Crowd {
    epoll: OwnedFd,
    clients: Vec<WebSocket<TcpStream>>,
}

/// A crowd that reads along in the background.
pub(super) struct Reading {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Crowd {
    /// Connects and subscribes `size` clients.
    pub(super) fn gather(audience: &Audience, size: usize) -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let clients = (0..size).map(|number| {
            let client = audience.connect().into_socket();
            client.get_ref().set_nonblocking(true).unwrap();
            let number = epoll::EventData::new_u64(number.try_into().unwrap());
            epoll::add(&epoll, client.get_ref(), number, epoll::EventFlags::IN).unwrap();
            client
        });
        Self { clients: clients.collect(), epoll }
    }

    /// Reads until every client has had `events` events and answers how long after its moment each came. An event's
    /// episode number says which it is.
    pub(super) fn measure(&mut self, events: usize, due: impl Fn(usize) -> Instant) -> Vec<Duration> {
        let expected = events * self.clients.len();
        let mut delays = Vec::with_capacity(expected);
        let mut heard = Instant::now();
        while delays.len() < expected {
            let before = delays.len();
            self.take(|text, now| {
                delays.extend(episode_number(text).map(|event| now.saturating_duration_since(due(event))));
            });
            if delays.len() > before {
                heard = Instant::now();
            }
            assert!(heard.elapsed() < PATIENCE, "{} of {expected} deliveries came", delays.len());
        }
        delays
    }

    /// Reads in the background, to no purpose.
    pub(super) fn read_along(mut self) -> Reading {
        let stop = Arc::new(AtomicBool::new(false));
        let end = stop.clone();
        let thread = thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                self.take(|_, _| {});
            }
        });
        Reading { stop, thread }
    }

    /// Waits a moment for frames and gives each to `taker`, with the time.
    fn take(&mut self, mut taker: impl FnMut(&str, Instant)) {
        let moment = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        let mut ready = Vec::with_capacity(1_024);
        match epoll::wait(&self.epoll, spare_capacity(&mut ready), Some(&moment)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("{error}"),
        }
        for event in ready {
            let client = &mut self.clients[usize::try_from(event.data.u64()).unwrap()];
            loop {
                match client.read() {
                    Ok(Message::Text(text)) => taker(&text, Instant::now()),
                    Ok(Message::Close(frame)) => panic!("a client that reads was closed: {frame:?}"),
                    Ok(_) => {}
                    Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
}

impl Reading {
    /// Ends the reading and the connections.
    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

fn episode_number(frame: &str) -> Option<usize> {
    let (_, rest) = frame.split_once("\"episode_number\":")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}
