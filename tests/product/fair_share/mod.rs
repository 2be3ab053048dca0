//! A hundred of two thousand live clients stop reading. The others get their events as fast as before.

mod audience;
mod crowd;
mod stalled;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::harness::{Api, Backend, Store, on_both_stores};
use audience::Audience;
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
/// How often the hundred are sent a long event besides, so that they fill what the kernel keeps for them within
/// seconds and not within hours.
const LONG_EVENTS_A_SECOND: u32 = 10;
/// How long the text in it is, in bytes; the event tells of it three times.
const LONG: usize = 10_000;

fn clients_that_stop_reading_do_not_slow_down_the_others(backend: Backend) {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let (watched, long) = (editor.create("Watched by all", 0), editor.create("Long", 0));
    let all = Audience { address: server.address.clone(), token, topics: vec![format!("episode:{watched}")] };
    let hundred = Audience { topics: vec![format!("episode:{watched}"), format!("episode:{long}")], ..all.clone() };

    let end = Arc::new(AtomicBool::new(false));
    let writer = write_long_events(editor.clone(), long, end.clone());
    let mut crowd = Crowd::gather(&all, READERS);
    percentile_99(&mut crowd, &editor, &watched, EVENTS / 10);
    let (mut before, mut during) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let reading = Crowd::gather(&hundred, STALLED).read_along();
        before.push(percentile_99(&mut crowd, &editor, &watched, EVENTS));
        reading.stop();
        let stalled = Stalled::start(hundred.clone(), STALLED);
        during.push(percentile_99(&mut crowd, &editor, &watched, EVENTS));
        assert!(stalled.stop() > 0, "nobody was cut off: this run has shown nothing");
    }
    end.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    let ratio = median(&mut during).as_secs_f64() / median(&mut before).as_secs_f64();
    println!("{backend:?}: 99th percentiles {before:?} before and {during:?} during, ratio {ratio:.2}");
    assert!(ratio <= RATIO, "the others' 99th percentile became {ratio:.2} times as long");
}

/// Updates the episode with long texts until `end` is set.
fn write_long_events(editor: Api, episode: String, end: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        for letter in ('a'..='z').cycle().take_while(|_| !end.load(Ordering::Relaxed)) {
            let text = letter.to_string().repeat(LONG);
            let answer = editor.put(&format!("/api/v1/episodes/{episode}"), &json!({"description": text}));
            assert_eq!(answer.status, 200, "{answer:?}");
            thread::sleep(Duration::from_secs(1) / LONG_EVENTS_A_SECOND);
        }
    })
}

/// Updates the watched episode at a fixed rate and answers how long it took from the moment when each event was due
/// until a client had it: the 99th percentile over all events and clients of the crowd.
fn percentile_99(crowd: &mut Crowd, editor: &Api, watched: &str, events: usize) -> Duration {
    let start = Instant::now() + Duration::from_millis(200);
    let due = move |event: usize| start + Duration::from_secs(1) * u32::try_from(event).unwrap() / EVENTS_A_SECOND;
    let (editor, path) = (editor.clone(), format!("/api/v1/episodes/{watched}"));
    let writer = thread::spawn(move || {
        for event in 1..=events {
            thread::sleep(due(event).saturating_duration_since(Instant::now()));
            let answer = editor.put(&path, &json!({"episode_number": event}));
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    });
    let mut delays = crowd.measure(events, due);
    writer.join().unwrap();
    let place = delays.len() * 99 / 100;
    *delays.select_nth_unstable(place).1
}

fn median(three: &mut [Duration]) -> Duration {
    three.sort_unstable();
    three[three.len() / 2]
}
