//! Workers that die at any moment: every job ends, nobody holds one beside somebody else, and what comes late is refused.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{claim, job_in, people, queue, say};
use crate::harness::{Api, Backend, Store, on_both_stores};

on_both_stores!(a_hundred_jobs_end_once_whatever_becomes_of_their_workers, a_job_that_loses_every_worker_is_given_up,);

const JOBS: usize = 100;
/// How long a claim lasts.
const LEASE: Duration = Duration::from_secs(1);

/// What all workers know together of who holds what.
#[derive(Default)]
struct Watch {
    /// Which attempt at each job was claimed last, and until when at least that claim counts.
    held: HashMap<String, (u64, Instant)>,
    /// How many completions of each job were accepted.
    completed: HashMap<String, u32>,
    /// How many completions were refused.
    refused: u32,
    /// How many workers were lost.
    lost: u32,
}

impl Watch {
    fn all_done(&self) -> bool {
        self.completed.len() == JOBS
    }
}

/// Claims, and sometimes dies over it, or comes too late.
fn work(worker: &Api, watch: &Mutex<Watch>) {
    while !watch.lock().unwrap().all_done() {
        let asked = Instant::now();
        let claimed = claim(worker, 3, 1);
        let answered = Instant::now();
        for job in claimed {
            let id = job["id"].as_str().unwrap().to_owned();
            let attempt = job["attempt"].as_u64().unwrap();
            let before = watch.lock().unwrap().held.insert(id.clone(), (attempt, asked + LEASE));
            let held = before.is_some_and(|(earlier, until)| earlier < attempt && answered < until);
            assert!(!held, "{id} was handed out while somebody held it");
            match fastrand::u8(0..10) {
                0..3 => watch.lock().unwrap().lost += 1,
                3..5 => {
                    thread::sleep(LEASE + Duration::from_millis(fastrand::u64(0..1_500)));
                    complete(worker, &job, &id, watch);
                }
                _ => complete(worker, &job, &id, watch),
            }
        }
    }
}

fn complete(worker: &Api, job: &Value, id: &str, watch: &Mutex<Watch>) {
    let answer = say(worker, job, "complete", json!({}));
    let mut watch = watch.lock().unwrap();
    if answer.status == 200 {
        *watch.completed.entry(id.to_owned()).or_default() += 1;
    } else {
        assert_eq!(answer.body["code"], "LEASE_LOST", "{answer:?}");
        watch.refused += 1;
    }
}

fn a_hundred_jobs_end_once_whatever_becomes_of_their_workers(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    // On Postgres every other worker talks to another node.
    let other = (backend == Backend::Postgres).then(|| store.serve_from("other"));
    let token = store.token("worker@example.com", "worker");
    let second = other.as_ref().map_or_else(|| worker.clone(), |other| other.api(&token));
    let ids: Vec<String> =
        (0..JOBS).map(|_| queue(&editor, &json!({"job_type": "test", "max_retries": 100}))).collect();
    let watch = Mutex::new(Watch::default());
    thread::scope(|scope| {
        for place in 0..6 {
            let (worker, watch) = (if place % 2 == 0 { &worker } else { &second }, &watch);
            scope.spawn(move || work(worker, watch));
        }
    });
    let Watch { completed, refused, lost, .. } = watch.into_inner().unwrap();
    assert!(completed.values().all(|times| *times == 1), "{completed:?}");
    assert!(lost > 0 && refused > 0, "{lost} workers were lost, {refused} came too late: this shows nothing");
    for id in &ids {
        job_in(&editor, id, "completed");
    }
    let mut outside = store.outside();
    outside.wait_until_read();
    assert_eq!(outside.count("events where name = 'job_completed'"), 100);
    assert_eq!(outside.count("activities where action = 'COMPLETE'"), 100);
    println!("{backend:?}: 100 jobs, {lost} workers lost, {refused} stale completions refused");
}

fn a_job_that_loses_every_worker_is_given_up(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    let id = queue(&editor, &json!({"job_type": "test", "max_retries": 2}));
    for attempt in 1..=3 {
        let claimed = claim(&worker, 1, 10);
        assert_eq!(claimed[0]["attempt"], json!(attempt), "it is taken again within two lease times");
    }
    assert!(claim(&worker, 1, 3).is_empty());
    let job = job_in(&editor, &id, "failed");
    assert_eq!((&job["retry_count"], &job["attempt"]), (&json!(2), &json!(3)));
    assert_eq!(job["error_message"], "the worker stopped renewing its lease");
}
