//! A failover that drops no connection: those that stand take every byte and answer nothing, while new ones work.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Backend, Store, eventually};

/// Passes bytes on between a server and its database.
struct Relay {
    address: String,
    made: Arc<AtomicUsize>,
    /// Connections with a lower number are silent.
    silent_below: Arc<AtomicUsize>,
}

impl Relay {
    /// A relay to `target`, which ends with the process.
    fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (made, silent_below) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (target, numbers, silent) = (target.to_owned(), made.clone(), silent_below.clone());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, database) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let number = numbers.fetch_add(1, Ordering::SeqCst);
                let ways = [(client.try_clone().unwrap(), database.try_clone().unwrap()), (database, client)];
                for (from, to) in ways {
                    let silent = silent.clone();
                    thread::spawn(move || pass_on(from, to, number, &silent));
                }
            }
        });
        Self { address, made, silent_below }
    }

    /// Every connection that stands now goes silent.
    fn silence(&self) -> usize {
        let made = self.made.load(Ordering::SeqCst);
        self.silent_below.store(made, Ordering::SeqCst);
        made
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, number: usize, silent_below: &AtomicUsize) {
    let mut bytes = [0; 8_192];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let is_silent = number < silent_below.load(Ordering::SeqCst);
        if !is_silent && to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_node_whose_database_connections_go_silent_commits_again_by_itself() {
    let mut store = Store::new(Backend::Postgres);
    let mut relay = None;
    store.reach_database_by(|address| relay.insert(Relay::to(address)).address.clone());
    let relay = relay.unwrap();
    let mut server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let before = editor.create("Before", 1);
    store.outside().wait_until_read();

    let silenced = relay.silence();
    let begun = Instant::now();
    assert!(silenced > 5, "{silenced}");
    let creators: Vec<_> = (0..8)
        .map(|number| {
            let editor = editor.clone();
            thread::spawn(move || {
                eventually("a change is accepted again", || {
                    let body = serde_json::json!({"title": "After", "episode_number": 100 + number});
                    let answer = editor.post("/api/v1/episodes", &body);
                    assert!(matches!(answer.status, 201 | 503), "{answer:?}");
                    (answer.status == 201).then(|| begun.elapsed())
                })
            })
        })
        .collect();
    let asked = Instant::now();
    let ready = eventually("the node says that it is not ready", || {
        let answer = editor.get("/readyz");
        (answer.status == 503).then(|| asked.elapsed())
    });
    assert_eq!(editor.get("/livez").status, 200);
    let healed: Vec<Duration> = creators.into_iter().map(|creator| creator.join().unwrap()).collect();
    println!("not ready after {ready:?}; commits again after {:?}", healed.iter().max().unwrap());
    eventually("the node is ready", || (editor.get("/readyz").status == 200).then_some(()));
    let mut outside = store.outside();
    outside.wait_until_read();
    let seqs: Vec<i64> = outside.events_after(0).into_iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(editor.get(&format!("/api/v1/episodes/{before}")).status, 200);
    // Threads that still wait for the silent connections do not keep the server from ending.
    server.terminate();
    assert!(server.wait().success());
}
