//! Live clients vanish and resume at random while events are written, on Postgres at two servers, with a writer that
//! stalls in the middle of its transaction. Each client gets each event once, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Backend, Live, Load, PATIENCE, Received, Server, Store, on_both_stores};

on_both_stores!(
    twenty_flapping_clients_get_a_thousand_events_once_and_in_order,
    #[ignore = "drill"]
    fifty_flapping_clients_get_ten_thousand_events_once_and_in_order,
);

fn twenty_flapping_clients_get_a_thousand_events_once_and_in_order(backend: Backend) {
    drill(backend, 20, 1_000);
}

fn fifty_flapping_clients_get_ten_thousand_events_once_and_in_order(backend: Backend) {
    drill(backend, 50, 10_000);
}

fn drill(backend: Backend, clients: usize, events: usize) {
    let store = Store::migrated(backend);
    let folders: &[&str] = if backend == Backend::Postgres { &["data", "other"] } else { &["data"] };
    let token = store.token("editor@example.com", "editor");
    let start = || -> Vec<Server> { folders.iter().map(|folder| store.serve_from(folder)).collect() };
    let write = |servers: &[Server]| Load::start(servers.iter().cycle().take(4).map(|server| server.api(&token)));
    let servers = start();
    let mut outside = store.outside();

    // What was written before the servers started is in no server's memory: clients get it from the store.
    let earlier = write(&servers);
    earlier.wait_for(events / 4);
    earlier.stop().assert_all_succeeded();
    drop(servers);
    let servers = start();

    let last = Arc::new(AtomicI64::new(i64::MAX));
    let clients: Vec<_> = (0..clients)
        .map(|_| {
            let addresses = servers.iter().map(|server| server.address.clone()).collect();
            let mut client = Flapper { addresses, token: token.clone(), last: last.clone(), seen: Vec::new() };
            thread::spawn(move || {
                client.follow();
                client.seen
            })
        })
        .collect();

    let load = write(&servers);
    load.wait_for(events / 4);
    let stall = Duration::from_secs(if backend == Backend::Postgres { 3 } else { 2 });
    let overtaken = outside.stall(stall);
    load.wait_for(events * 3 / 4);
    load.stop().assert_all_succeeded();

    outside.wait_until_numbered();
    if let Some(id) = overtaken {
        assert_eq!(outside.count(&format!("events where cast(id as text) = '{id}'")), 1);
    }
    let written = outside.episode_seqs();
    last.store(*written.last().unwrap(), Ordering::Relaxed);
    for client in clients {
        let seen = client.join().unwrap();
        assert!(seen.is_sorted_by(|a, b| a < b), "doubled or out of order");
        let missing: Vec<_> = written.iter().filter(|seq| seen.binary_search(seq).is_err()).take(5).collect();
        assert!(seen.len() == written.len() && missing.is_empty(), "missing {missing:?} and maybe more");
    }
    println!("{backend:?}: {} events to each client, none missing, doubled or out of order", written.len());
}

/// A client that keeps vanishing.
struct Flapper {
    addresses: Vec<String>,
    token: String,
    last: Arc<AtomicI64>,
    seen: Vec<i64>,
}

impl Flapper {
    /// Follows the log from its beginning to the `last` place, which is known when all is written.
    fn follow(&mut self) {
        let mut started = Instant::now();
        loop {
            let last = self.last.load(Ordering::Relaxed);
            if self.position() >= last {
                return;
            }
            if last == i64::MAX {
                started = Instant::now();
            }
            assert!(started.elapsed() < PATIENCE, "events after {} do not come", self.position());
            self.stay_for_a_while();
        }
    }

    fn position(&self) -> i64 {
        self.seen.last().copied().unwrap_or(0)
    }

    fn stay_for_a_while(&mut self) {
        let address = &self.addresses[fastrand::usize(..self.addresses.len())];
        let mut live = Live::connect(address, &self.token).unwrap();
        let from = live.subscribe(&["episodes"], Some(self.position()));
        assert_eq!(from, self.position());
        let leave = Instant::now() + Duration::from_millis(fastrand::u64(5..400));
        let enough = self.seen.len() + fastrand::usize(1..300);
        while Instant::now() < leave && self.seen.len() < enough {
            match live.receive(leave.saturating_duration_since(Instant::now())).unwrap() {
                Received::Frame(frame) if frame["type"] == "event" => self.seen.push(frame["seq"].as_i64().unwrap()),
                Received::Frame(other) => panic!("not an event: {other}"),
                Received::Nothing | Received::Closed(_) => return,
            }
        }
    }
}
