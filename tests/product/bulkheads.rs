//! One viewer searches as much as they can. Delivery, sign-in and health go on beside that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Answer, Backend, Store, on_both_stores};

on_both_stores!(
    delivery_sign_in_and_health_go_on_while_a_viewer_searches,
    #[ignore = "drill"]
    delivery_sign_in_and_health_go_on_while_a_viewer_searches_300_000_episodes,
);

const PASSWORD: &str = "correct horse battery";
/// How many searches run at once.
const SEARCHES: usize = 24;

fn delivery_sign_in_and_health_go_on_while_a_viewer_searches(backend: Backend) {
    drill(backend, 20_000, 20);
}

fn delivery_sign_in_and_health_go_on_while_a_viewer_searches_300_000_episodes(backend: Backend) {
    drill(backend, 300_000, 200);
}

/// Fills in `count` episodes from outside.
fn fill(store: &Store, backend: Backend, count: u32) {
    let (numbers, id, instant, empty) = match backend {
        Backend::Postgres => (
            format!("select g as i from generate_series(1, {count}) g"),
            "('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid",
            "to_timestamp(i)",
            "'[]'::jsonb",
        ),
        Backend::Sqlite => (
            format!(
                "with recursive n (i) as (select 1 union all select i + 1 from n where i < {count}) select i from n"
            ),
            "'00000000-0000-7000-8000-' || printf('%012x', i)",
            "i * 1000000",
            "'[]'",
        ),
    };
    let mut outside = store.outside();
    outside.run(&format!(
        "insert into episodes (id, episode_number, title, title_folded, description, status, categories, created_at, \
         updated_at, version) select {id}, i % 9999 + 1, 'Episode ' || i, 'episode ' || i, 'Some words on it.', 'draft', \
         {empty}, {instant}, {instant}, 1 from ({numbers}) numbers"
    ));
    outside.run("analyze");
}

/// What a search may be answered.
fn assert_searched(answer: &Answer) {
    let busy = answer.status == 503 && answer.header("retry-after") == Some("1");
    assert!(answer.status == 200 || busy, "{answer:?}");
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

fn drill(backend: Backend, count: u32, rounds: u32) {
    let store = Store::new(backend);
    let server = store.serve();
    fill(&store, backend, count);
    let set_up = json!({"token": server.set_up.clone().unwrap(), "password": PASSWORD, "email": "admin@example.com",
        "name": "An admin"});
    assert_eq!(server.api("").post("/api/v1/auth/setup", &set_up).status, 200);
    let viewer = server.api(&store.token("viewer@example.com", "viewer"));
    let editor_token = store.token("editor@example.com", "editor");
    let editor = server.api(&editor_token);
    let mut live = server.live(&editor_token);
    live.subscribe(&["episodes"], None);

    let stop = Arc::new(AtomicBool::new(false));
    let (answered, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let searches: Vec<_> = (0..SEARCHES)
        .map(|number| {
            let (viewer, stop) = (viewer.clone(), stop.clone());
            let (answered, refused) = (answered.clone(), refused.clone());
            thread::spawn(move || {
                // A text that none has, one that some have, one too short for an index, and all of them counted.
                let texts = ["q=nowhere", "q=1999", "q=zz", "q=isode&total=true", "status=archived", "q=zz&total=true"];
                while !stop.load(Ordering::Relaxed) {
                    let answer = viewer.get(&format!("/api/v1/episodes?{}", texts[number % texts.len()]));
                    assert_searched(&answer);
                    let counter = if answer.status == 200 { &answered } else { &refused };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while answered.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed) == 0 {
        thread::yield_now();
    }
    let (mut delivered, mut signed_in, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let begun = Instant::now();
        let id = editor.create("New", round);
        live.events_until(|event| event.data()["episode"]["id"] == id.as_str());
        delivered.push(begun.elapsed());
        if round % 10 == 0 {
            let begun = Instant::now();
            let login = json!({"email": "admin@example.com", "password": PASSWORD});
            assert_eq!(server.api("").post("/api/v1/auth/login", &login).status, 200);
            signed_in.push(begun.elapsed());
            let begun = Instant::now();
            assert_eq!(editor.get("/readyz").status, 200);
            ready.push(begun.elapsed());
        }
        thread::sleep(Duration::from_millis(20));
    }
    stop.store(true, Ordering::Relaxed);
    for search in searches {
        search.join().unwrap();
    }
    println!(
        "{backend:?}, {count} episodes, {SEARCHES} searches at once ({} answered, {} refused): created and delivered in \
         {:.1?} p50, {:.1?} p99; signed in within {:.1?}; ready within {:.1?}",
        answered.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed),
        percentile(&mut delivered, 50),
        percentile(&mut delivered, 99),
        signed_in.iter().max().unwrap(),
        ready.iter().max().unwrap(),
    );
}
