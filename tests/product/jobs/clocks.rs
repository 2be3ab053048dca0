//! Clocks that are wrong for a moment, ahead or back: what was stored by them does not outlive that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{job_in, queue, say};
use crate::harness::{Api, Backend, Server, Store, eventually, on_both_stores};
use crate::two_processes::{faketime, other_folder};

on_both_stores!(
    a_server_whose_clock_is_wrong_for_a_moment_goes_on_as_before,
    a_server_that_starts_with_a_wrong_clock_stops_no_schedule,
);

/// How long a wrong clock is wrong.
const MOMENT: Duration = Duration::from_secs(2);

/// Has a process's clock go wrong by what the file says, from the moment when it says so.
fn steered_by(command: &mut Command, file: &Path) {
    command.env("LD_PRELOAD", faketime()).env("FAKETIME_TIMESTAMP_FILE", file).env("FAKETIME_NO_CACHE", "1");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

/// Says by how much a clock is wrong, in one step.
fn steer(file: &Path, shift: &str) {
    let new = file.with_extension("new");
    fs::write(&new, format!("{shift}\n")).unwrap();
    fs::rename(new, file).unwrap();
}

/// Makes a schedule of every second, and answers its path.
fn every_second(api: &Api, job_type: &str) -> String {
    let body = json!({"name": "A schedule", "cron": "* * * * * *", "job_type": job_type});
    let answer = api.post("/api/v1/schedules", &body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// When jobs of this type were queued for, the latest first.
fn runs(api: &Api, job_type: &str) -> Vec<DateTime<Utc>> {
    let jobs = api.get(&format!("/api/v1/jobs?job_type={job_type}&limit=100"));
    jobs.list().iter().map(|job| time(&job["run_at"])).collect()
}

/// What the right time is.
#[expect(clippy::disallowed_methods, reason = "what the product is compared with")]
fn right_now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// Waits until the schedule has been fired twice for times that are about now.
#[track_caller]
fn goes_on(api: &Api, job_type: &str) {
    let from = right_now();
    let near = |run: &&DateTime<Utc>| **run > from && **run < from + TimeDelta::minutes(2);
    eventually("the schedule goes on", || (runs(api, job_type).iter().filter(near).count() >= 2).then_some(()));
}

fn a_server_whose_clock_is_wrong_for_a_moment_goes_on_as_before(backend: Backend) {
    let store = Store::new(backend);
    let clock: PathBuf = store.home().join("clock");
    steer(&clock, "+0");
    let server = Server::start(&store, "data", |command| steered_by(command, &clock));
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let worker = server.api(&store.token("worker@example.com", "worker"));
    let schedule = every_second(&admin, "tick");
    let held = queue(&admin, &json!({"job_type": "test", "max_retries": 0}));
    let claim = json!({"job_types": ["test"], "worker": "outside", "lease_seconds": 60});
    let claimed = worker.post("/api/v1/jobs/claim", &claim).list()[0].clone();
    goes_on(&admin, "tick");
    for shift in ["+100d", "-2h"] {
        steer(&clock, shift);
        let meanwhile = queue(&admin, &json!({"job_type": "meanwhile"}));
        // What is made meanwhile, and what looks for what has ended, has the time to do it wrong.
        sleep(MOMENT);
        let others = worker.post("/api/v1/jobs/claim", &claim);
        assert_eq!(others.list().len(), 0, "the lease of another is good: {others:?}");
        assert_eq!(admin.get("/api/v1/auth/me").status, 200, "the token is good");
        steer(&clock, "+0");
        goes_on(&admin, "tick");
        let job = admin.get(&format!("/api/v1/jobs/{meanwhile}")).body["data"].clone();
        for field in ["run_at", "created_at"] {
            assert!((right_now() - time(&job[field])).abs() < TimeDelta::minutes(1), "{field} at {shift}: {job}");
        }
        let next = time(&admin.get(&schedule).body["data"]["next_run_at"]);
        assert!((right_now() - next).abs() < TimeDelta::minutes(1), "{next}");
    }
    let mut fired = runs(&admin, "tick");
    let all = fired.len();
    fired.sort_unstable();
    fired.dedup();
    assert_eq!(fired.len(), all, "a time was fired twice");
    assert_eq!(say(&worker, &claimed, "complete", json!({})).status, 200);
    job_in(&admin, &held, "completed");
}

fn a_server_that_starts_with_a_wrong_clock_stops_no_schedule(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let worker = server.api(&store.token("worker@example.com", "worker"));
    every_second(&admin, "tick");
    goes_on(&admin, "tick");
    for shift in ["+100d", "-2h"] {
        let wrong = Server::start(&store, other_folder(backend), |command| {
            command.env("LD_PRELOAD", faketime()).env("FAKETIME", shift).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        });
        sleep(MOMENT);
        let there = wrong.api(&store.token("admin@example.com", "admin"));
        if shift == "-2h" {
            // To a server a hundred days ahead no token is good.
            queue(&there, &json!({"job_type": "there"}));
            let claim = json!({"job_types": ["there"], "worker": "outside", "wait_seconds": 5});
            assert_eq!(worker.post("/api/v1/jobs/claim", &claim).list().len(), 1, "what was queued there is done");
        }
        wrong.kill();
        goes_on(&admin, "tick");
    }
}
