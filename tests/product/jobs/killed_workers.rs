//! Drills with workers whose processes are killed over their work: every job ends, nobody takes one that somebody still
//! holds, and what jobs do is done once. A claim lasts 30 s, so each takes minutes.

use std::collections::HashMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Worker, job_in, queue};
use crate::harness::{Backend, Outside, Server, Store, eventually, on_both_stores};

on_both_stores!(
    #[ignore = "drill"]
    a_hundred_jobs_do_their_work_once_while_their_workers_are_killed,
    #[ignore = "drill"]
    a_job_that_kills_every_worker_is_given_up,
);

const JOBS: usize = 100;
/// How many episodes each of them deletes.
const EPISODES: usize = 60;
const WORKERS: usize = 4;
/// How many of these are killed while they have something in hand, at most.
const KILLS: usize = 40;
/// For how long they are killed: each job that is lost waits for the end of its lease, and must be left alone once.
const KILLING: Duration = Duration::from_mins(2);
/// How long a drill may take.
const LONGEST: Duration = Duration::from_mins(5);
/// What is told of an attempt whose worker was lost.
const LOST: &str = "the worker stopped renewing its lease";

/// Makes so many episodes and answers their ids.
fn episodes(store: &Store, outside: &mut Outside, count: usize) -> Vec<String> {
    let file = store.home().join("episodes.csv");
    let rows: Vec<String> = (1..=count).map(|number| format!("Episode {number},{}", number % 10_000)).collect();
    fs::write(&file, format!("title,episode_number\n{}\n", rows.join("\n"))).unwrap();
    let import = store.command("import", "data").arg(&file).output().unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    outside.texts("select cast(id as text) as t from episodes")
}

/// A claim as it was seen last.
#[derive(Debug, Clone, PartialEq)]
struct Held {
    worker: String,
    handle: String,
    /// When it was to end, in microseconds.
    until: i64,
}

/// Every claim that was seen, by job and attempt.
#[derive(Default)]
struct Watch {
    claims: HashMap<(String, u32), Held>,
    /// Who has something in hand now.
    busy: Vec<String>,
}

impl Watch {
    fn look(&mut self, outside: &mut Outside) {
        let until = micros(outside.backend(), "lease_expires_at");
        let rows = outside.texts(&format!(
            "select cast(id as text) || '|' || attempt || '|' || worker || '|' || cast(receipt_handle as text) || '|' || {until} \
             as t from jobs where status = 'processing'"
        ));
        self.busy.clear();
        for row in rows {
            let [id, attempt, worker, handle, until] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
            let seen = Held { worker: worker.into(), handle: handle.into(), until: until.parse().unwrap() };
            self.busy.push(seen.worker.clone());
            let held = self.claims.entry((id.into(), attempt.parse().unwrap())).or_insert_with(|| seen.clone());
            let same = (&held.worker, &held.handle) == (&seen.worker, &seen.handle) && held.until <= seen.until;
            assert!(same, "two hold one attempt at {id}: {held:?}, {seen:?}");
            *held = seen;
        }
    }

    /// Whether the process of this number has something in hand.
    fn holds(&self, pid: u32) -> bool {
        self.busy.iter().any(|worker| worker.ends_with(&format!(":{pid}")))
    }

    /// Holds the log of attempts against what was seen; answers how many attempts were lost.
    fn check(&self, outside: &mut Outside) -> usize {
        let [started, ended] = ["started_at", "ended_at"].map(|column| micros(outside.backend(), column));
        let rows = outside.texts(&format!(
            "select cast(job_id as text) || '|' || attempt || '|' || outcome || '|' || {started} || '|' || {ended} || '|' || \
             coalesce(error, '') as t from job_attempts order by job_id, attempt"
        ));
        let (mut lost, mut before) = (0, (String::new(), 0, 0));
        for row in rows {
            let [id, attempt, outcome, started, ended, error] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
            let (attempt, started, ended): (u32, i64, i64) =
                (attempt.parse().unwrap(), started.parse().unwrap(), ended.parse().unwrap());
            if before.0 == id {
                assert!(before.1 + 1 == attempt && before.2 <= started, "attempts at {id} overlap: {before:?}, {row}");
            } else {
                assert_eq!(attempt, 1, "{row}");
            }
            if error == LOST {
                lost += 1;
                let until = self.claims.get(&(id.to_owned(), attempt)).map_or(ended, |held| held.until);
                assert!(ended >= until, "{id} was taken over {} µs before its lease had ended", until - ended);
            } else {
                assert_eq!((outcome, error), ("completed", ""), "{row}");
            }
            before = (id.to_owned(), attempt, ended);
        }
        lost
    }
}

/// A time as microseconds since 1970.
fn micros(backend: Backend, column: &str) -> String {
    match backend {
        Backend::Sqlite => column.to_owned(),
        Backend::Postgres => format!("cast(extract(epoch from {column}) * 1000000 as bigint)"),
    }
}

fn a_hundred_jobs_do_their_work_once_while_their_workers_are_killed(backend: Backend) {
    let (begun, store) = (Instant::now(), Store::new(backend));
    let server = store.serve();
    let mut outside = store.outside();
    let all = episodes(&store, &mut outside, JOBS * EPISODES);
    let mut workers: Vec<Worker> = (0..WORKERS).map(|_| Worker::start(&store)).collect();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    for some in all.chunks(EPISODES) {
        let payload = json!({"episode_ids": some});
        queue(&editor, &json!({"job_type": "batch-delete", "payload": payload, "max_retries": 100}));
    }
    let (mut watch, mut kills, mut next) = (Watch::default(), 0, begun);
    while outside.count("jobs where status in ('pending', 'processing')") > 0 {
        assert!(begun.elapsed() < LONGEST, "{kills} kills, and jobs are still not done: {:?}", watch.busy);
        watch.look(&mut outside);
        let busy: Vec<usize> = (0..WORKERS).filter(|place| watch.holds(workers[*place].pid())).collect();
        let killing = kills < KILLS && begun.elapsed() < KILLING;
        if killing && next <= Instant::now() && !busy.is_empty() {
            let place = busy[fastrand::usize(..busy.len())];
            workers[place].kill();
            workers[place] = Worker::start(&store);
            (kills, next) = (kills + 1, Instant::now() + Duration::from_millis(fastrand::u64(50..500)));
        }
        thread::sleep(Duration::from_millis(10));
    }
    outside.wait_until_read();
    let lost = watch.check(&mut outside);
    assert!(lost > 0, "{kills} kills cost nobody a job: this shows nothing");
    assert_eq!(outside.count("jobs where status = 'completed'"), 100);
    assert_eq!(outside.count("events where name = 'job_completed'"), 100);
    let deleted = "events where name = 'episode_deleted'";
    assert_eq!((outside.count("episodes where deleted_at is null"), outside.count(deleted)), (0, 6_000));
    assert_eq!(outside.number(&format!("select count(distinct subject_id) from {deleted}")), 6_000);
    println!("{backend:?}: {kills} workers killed, {lost} attempts lost, 100 jobs done in {:.0?}", begun.elapsed());
}

fn a_job_that_kills_every_worker_is_given_up(backend: Backend) {
    let store = Store::new(backend);
    let mut server: Server = store.serve();
    let mut outside = store.outside();
    let all = episodes(&store, &mut outside, 10_000);
    let token = store.token("editor@example.com", "editor");
    let payload = json!({"episode_ids": all});
    let id = queue(&server.api(&token), &json!({"job_type": "batch-delete", "payload": payload, "max_retries": 1}));
    for attempt in 1..=2 {
        let mut watch = Watch::default();
        eventually(&format!("somebody begins attempt {attempt}"), || {
            watch.look(&mut outside);
            (watch.claims.contains_key(&(id.clone(), attempt)) && watch.holds(server.pid())).then_some(())
        });
        server.kill();
        server = store.serve();
    }
    let job = job_in(&server.api(&token), &id, "failed");
    assert_eq!((&job["attempt"], &job["retry_count"], &job["error_message"]), (&json!(2), &json!(1), &json!(LOST)));
    assert_eq!(Watch::default().check(&mut outside), 2);
}
