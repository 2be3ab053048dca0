//! A hundred of two thousand live clients stop reading. The others get their events as fast as before.

mod crowd;
mod stalled;

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::harness::{Api, Backend, Server, Store, on_both_stores};
use crowd::Crowd;
use stalled::Stalled;

on_both_stores!(
    #[ignore = "drill"]
    clients_that_stop_reading_do_not_slow_down_the_others,
);

const READERS: usize = 1_900;
const STALLED: usize = 100;
const EVENTS: usize = 1_000;
const EVENTS_A_SECOND: u32 = 20;
/// How much worse the others' 99th percentile may become.
const RATIO: f64 = 1.25;

fn clients_that_stop_reading_do_not_slow_down_the_others(backend: Backend) {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let mut crowd = Crowd::gather(&server.address, &token, READERS);
    let (mut before, mut during) = (Vec::new(), Vec::new());
    let run = |crowd: &mut Crowd| percentile_99(crowd, &server.api(&token));
    run(&mut crowd);
    for _ in 0..3 {
        before.push(beside_reading_clients(&server, &token, || run(&mut crowd)));
        let stalled = Stalled::start(&server.address, &token, STALLED);
        during.push(run(&mut crowd));
        let returns = stalled.stop();
        println!("{backend:?}: the clients that do not read were cut {returns} times");
    }
    println!("{backend:?}: 99th percentiles before {before:?} and during {during:?}");
    let ratio = median(during).as_secs_f64() / median(before).as_secs_f64();
    println!("{backend:?}: ratio {ratio:.2}");
    assert!(ratio <= RATIO, "the others' 99th percentile became {ratio:.2} times as long");
}

/// Runs `measure` while the hundred read along like everybody.
fn beside_reading_clients(server: &Server, token: &str, measure: impl FnOnce() -> Duration) -> Duration {
    let others = Crowd::gather(&server.address, token, STALLED);
    let others = others.read_along();
    let measured = measure();
    others.stop();
    measured
}

/// Writes events at a fixed rate and answers how long it took from the moment when each was due until a client had it:
/// the 99th percentile over all events and clients of the crowd.
fn percentile_99(crowd: &mut Crowd, editor: &Api) -> Duration {
    let start = Instant::now() + Duration::from_millis(200);
    let due = move |event: usize| start + Duration::from_secs(1) * u32::try_from(event).unwrap() / EVENTS_A_SECOND;
    let editor = editor.clone();
    let writer = thread::spawn(move || {
        for event in 0..EVENTS {
            thread::sleep(due(event).saturating_duration_since(Instant::now()));
            let answer = editor.post("/api/v1/episodes", &json!({"title": "At a fixed rate", "episode_number": event}));
            assert_eq!(answer.status, 201, "{answer:?}");
        }
    });
    let mut delays = crowd.measure(EVENTS, due);
    writer.join().unwrap();
    let place = delays.len() * 99 / 100;
    *delays.select_nth_unstable(place).1
}

fn median(mut three: Vec<Duration>) -> Duration {
    three.sort_unstable();
    three[three.len() / 2]
}
