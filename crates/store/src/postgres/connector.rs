//! Connections that do not hang: a deadline on this side for every statement.
//!
//! libpq waits for an answer for as long as the connection stands, and a peer that takes bytes and never answers (a failover
//! that drops nothing, a host that was paused) keeps it standing. Nothing interrupts that wait. So each connection notes
//! when its answer is due, and whoever asked looks at that note in place of the socket: ADR 8.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent, get_default_instrumentation};
use diesel::prelude::*;
use tokio::sync::watch;
use tokio::time::sleep;

use super::{Conn, connect};
use crate::failure::Failure;

/// How long a statement may take. `statement_timeout` has a server that lives answer before that.
const STATEMENT: Duration = Duration::from_secs(12);
/// How long connecting may take: libpq has a limit of its own for each of a server's addresses.
const CONNECTING: Duration = Duration::from_mins(1);
/// How long what was asked for already may still be answered, once the connections are given up.
const GRACE: Duration = Duration::from_secs(1);

/// Makes connections that belong together: where one of them is silent, all of them are given up.
pub(super) struct Connector {
    url: String,
    begun: Instant,
    pulses: Mutex<Vec<Weak<Pulse>>>,
    lost: watch::Sender<bool>,
}

/// When a connection's answer is due, in milliseconds since its connector began; 0 where it was asked nothing.
#[derive(Default)]
struct Pulse(AtomicU64);

impl Connector {
    /// Connections to the server at `url`.
    pub(super) fn new(url: &str) -> Arc<Self> {
        let (url, begun) = (url.to_owned(), Instant::now());
        Arc::new(Self { url, begun, pulses: Mutex::default(), lost: watch::Sender::new(false) })
    }

    /// A connection with the settings of all, whose statements have a deadline.
    pub(super) fn connect(&self) -> Result<Conn, Failure> {
        let pulse = Arc::new(Pulse::default());
        self.expect(&pulse, CONNECTING);
        {
            let mut pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
            pulses.retain(|pulse| pulse.strong_count() > 0);
            pulses.push(Arc::downgrade(&pulse));
        }
        let mut conn = connect::plain(&self.url)?;
        pulse.0.store(0, Ordering::Relaxed);
        conn.set_instrumentation(Beat { begun: self.begun, pulse, next: get_default_instrumentation() });
        connect::set(&mut conn)?;
        Ok(conn)
    }

    fn expect(&self, pulse: &Pulse, within: Duration) {
        pulse.0.store(millis(self.begun.elapsed() + within), Ordering::Relaxed);
    }

    /// Whether a connection's answer is overdue.
    pub(super) fn is_silent(&self) -> bool {
        let now = millis(self.begun.elapsed());
        let overdue = |pulse: Arc<Pulse>| (1..now).contains(&pulse.0.load(Ordering::Relaxed));
        let pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.iter().filter_map(Weak::upgrade).any(overdue)
    }

    /// Gives all connections up: whoever waits for one stops waiting.
    pub(super) fn give_up(&self) {
        self.lost.send_replace(true);
    }

    /// Whether the connections were given up: nothing may be committed by them any more.
    pub(super) fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Asked before a commit: whoever wanted it may have been answered that it failed.
    pub(super) fn still_counts(&self) -> Result<(), Failure> {
        if self.is_lost() { Err(Failure::Silent) } else { Ok(()) }
    }

    /// Does `work`, which waits for a connection of this connector, unless they are given up.
    pub(super) async fn unless_lost<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut lost = self.lost.subscribe();
        let given_up = async {
            let _ = lost.wait_for(|lost| *lost).await;
            // A connection of the same link that is well may be about to answer a commit that it was asked for.
            sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            result = work => result,
            () = given_up => Err(Failure::Silent),
        }
    }
}

/// Notes when a connection's answers are due.
struct Beat {
    begun: Instant,
    pulse: Arc<Pulse>,
    next: Option<Box<dyn Instrumentation>>,
}

impl Instrumentation for Beat {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let due = match event {
            InstrumentationEvent::StartQuery { .. } => Some(millis(self.begun.elapsed() + STATEMENT)),
            InstrumentationEvent::FinishQuery { .. } => Some(0),
            _ => None,
        };
        if let Some(due) = due {
            self.pulse.0.store(due, Ordering::Relaxed);
        }
        self.next.on_connection_event(event);
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
