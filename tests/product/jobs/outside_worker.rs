//! Workers outside, which speak HTTP and nothing else.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::{claim, feed_of, job_in, people, queue, say};
use crate::bad_input::assert_problem;
use crate::harness::{Backend, Received, Store, eventually, on_both_stores};

on_both_stores!(
    a_job_of_any_type_is_done_from_outside,
    a_failing_job_is_tried_again_and_given_up,
    a_job_that_was_called_off_is_let_go_of,
    every_failed_job_is_tried_again_at_once,
);

fn a_job_of_any_type_is_done_from_outside(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    let waiting = thread::spawn({
        let worker = worker.clone();
        move || claim(&worker, 1, 30)
    });
    let episode = editor.create("Pilot", 1);
    let id = queue(&editor, &json!({"job_type": "test", "episode_id": episode, "payload": {"a": [1, null, "\u{0}é"]}}));
    let claimed = waiting.join().unwrap().remove(0);
    assert_eq!((&claimed["id"], &claimed["payload"]), (&json!(id), &json!({"a": [1, null, "\u{0}é"]})));
    let mut live = server.live(&store.token("viewer@example.com", "viewer"));
    live.subscribe(&[&format!("job:{id}")], None);
    let told = eventually("a watcher is told how far the job is", || {
        let beat = json!({"progress": 40, "message": "line 4", "lease_seconds": 60});
        let answer = say(&worker, &claimed, "heartbeat", beat);
        assert_eq!(answer.status, 204, "{answer:?}");
        match live.receive(Duration::from_millis(300)).unwrap() {
            Received::Frame(frame) => Some(frame),
            _ => None,
        }
    });
    assert_eq!(told, json!({"type": "progress", "jobId": id, "progress": 40, "message": "line 4"}));
    let job = job_in(&editor, &id, "processing");
    assert_eq!(
        (&job["progress"], &job["progress_message"], &job["version"]),
        (&json!(40), &json!("line 4"), &json!(2))
    );
    let jobs = editor.get(&format!("/api/v1/episodes/{episode}/status"));
    assert_eq!((jobs.list().len(), &jobs.list()[0]["id"]), (1, &json!(id)));
    let done = say(&worker, &claimed, "complete", json!({"results": {"lines": 300}}));
    assert_eq!((done.status, &done.body["data"]["status"]), (200, &json!("completed")));
    assert_problem("late", &say(&worker, &claimed, "complete", json!({})), 409, "LEASE_LOST");
    assert_eq!(worker.get("/api/v1/jobs").status, 403, "a worker works and does nothing else");
    let attempts = editor.get(&format!("/api/v1/jobs/{id}/logs"));
    assert_eq!((attempts.list().len(), &attempts.list()[0]["outcome"]), (1, &json!("completed")));
}

fn a_failing_job_is_tried_again_and_given_up(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    let id = queue(&editor, &json!({"job_type": "test", "max_retries": 1}));
    let failed = say(&worker, &claim(&worker, 1, 10)[0], "fail", json!({"error": "timeout"}));
    assert_eq!((&failed.body["data"]["status"], &failed.body["data"]["retry_count"]), (&json!("pending"), &json!(1)));
    assert!(claim(&worker, 1, 0).is_empty(), "it rests for about five seconds");
    let failed = say(&worker, &claim(&worker, 1, 30)[0], "fail", json!({"error": "timeout again"}));
    assert_eq!(failed.body["data"]["status"], json!("failed"), "{failed:?}");
    let feed = feed_of(&editor, &id);
    let actions: Vec<&str> = feed.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["CREATE", "RETRY", "FAILED"]);
    assert_eq!((&feed[1].1["retryCount"], &feed[1].1["error"]), (&json!(1), &json!("timeout")));
    assert_eq!((&feed[2].1["error"], &feed[2].1["retriesExhausted"]), (&json!("timeout again"), &json!(true)));
    let errors: Vec<_> =
        editor.get(&format!("/api/v1/jobs/{id}/logs")).list().iter().map(|a| a["error"].clone()).collect();
    assert_eq!(errors, [json!("timeout again"), json!("timeout")]);
}

fn a_job_that_was_called_off_is_let_go_of(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    let id = queue(&editor, &json!({"job_type": "test"}));
    let claimed = claim(&worker, 1, 10).remove(0);
    let cancelled = editor.put(&format!("/api/v1/jobs/{id}/cancel"), &json!(null));
    assert_eq!((cancelled.status, &cancelled.body["data"]["status"]), (200, &json!("cancelled")));
    for (what, more) in [("heartbeat", json!({})), ("complete", json!({})), ("fail", json!({"error": "x"}))] {
        assert_problem(what, &say(&worker, &claimed, what, more), 409, "LEASE_LOST");
    }
    assert_eq!(feed_of(&editor, &id).last().unwrap().0, "CANCEL");
    assert!(claim(&worker, 1, 2).is_empty());
}

fn every_failed_job_is_tried_again_at_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    for _ in 0..120 {
        queue(&editor, &json!({"job_type": "test"}));
    }
    let mut failed = 0;
    while failed < 120 {
        for claimed in claim(&worker, 100, 10) {
            assert_eq!(say(&worker, &claimed, "fail", json!({"error": "x", "permanent": true})).status, 200);
            failed += 1;
        }
    }
    assert_problem("an editor", &editor.post("/api/v1/jobs/retry-failed", &json!(null)), 403, "FORBIDDEN");
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let retried = admin.post("/api/v1/jobs/retry-failed", &json!(null));
    assert_eq!(retried.body["data"], json!({"retried": 120}));
    let counts = editor.get("/api/v1/jobs/stats");
    assert_eq!(counts.list(), [json!({"job_type": "test", "status": "pending", "count": 120})]);
}
