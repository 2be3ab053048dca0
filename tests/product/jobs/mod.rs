//! Jobs: done by the product's own workers and by workers outside, told, logged and notified; what becomes of them when
//! workers die; and schedules that queue them.

mod clocks;
mod gone_workers;
mod killed_workers;
mod lost_workers;
mod media;
mod outside_worker;
mod own_worker;
mod schedules;
mod shares;

use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::harness::{Api, Server, Store, eventually};

/// Queues a job and answers its id.
#[track_caller]
fn queue(api: &Api, body: &Value) -> String {
    let answer = api.post("/api/v1/jobs", body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["data"]["id"].as_str().unwrap().to_owned()
}

/// The job, once it is in this status.
#[track_caller]
pub(crate) fn job_in(api: &Api, id: &str, status: &str) -> Value {
    eventually(&format!("the job is {status}"), || {
        let job = api.get(&format!("/api/v1/jobs/{id}")).body["data"].clone();
        (job["status"] == status).then_some(job)
    })
}

/// What the feed tells of one record, oldest first: actions and particulars.
pub(crate) fn feed_of(api: &Api, id: &str) -> Vec<(String, Value)> {
    let answer = api.get(&format!("/api/v1/activities?resource_id={id}&limit=100"));
    let entries = answer.list().iter().rev();
    entries.map(|entry| (entry["action"].as_str().unwrap().to_owned(), entry["metadata"].clone())).collect()
}

/// Somebody who wants work done, and a worker outside.
fn people(store: &Store, server: &Server) -> (Api, Api) {
    let editor = server.sign_in(store, "editor@example.com", "editor");
    (server.api(&editor), server.api(&store.token("worker@example.com", "worker")))
}

/// A process that works and does nothing else. It says nothing on standard output, so a [`Server`] it is not.
struct Worker(Child);

impl Worker {
    fn start(store: &Store) -> Self {
        Self(store.command("worker", "data").stderr(Stdio::null()).spawn().unwrap())
    }

    /// The operating system's number of the process.
    fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Kills it as the operating system does: without a word, at once.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Claims jobs of the type `test` for a second.
#[track_caller]
fn claim(worker: &Api, limit: usize, wait: u64) -> Vec<Value> {
    let wanted = json!({
        "job_types": ["test"], "worker": "outside", "limit": limit, "lease_seconds": 1, "wait_seconds": wait,
    });
    worker.post("/api/v1/jobs/claim", &wanted).list().to_vec()
}

/// What a worker says of a claimed job.
fn say(worker: &Api, claimed: &Value, what: &str, more: Value) -> crate::harness::Answer {
    let mut body = more;
    body["receipt_handle"] = claimed["receipt_handle"].clone();
    worker.post(&format!("/api/v1/jobs/{}/{what}", claimed["id"].as_str().unwrap()), &body)
}
