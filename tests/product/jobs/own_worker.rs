//! What the product's own workers do.

use serde_json::json;

use super::{Worker, feed_of, job_in, queue};
use crate::harness::{Backend, Event, Server, Store, eventually, on_both_stores};

/// What works out of the box.
const BUILT_IN: [&str; 7] = [
    "batch-delete",
    "composition-render",
    "bulk-export",
    "data-import",
    "bulk-upload",
    "thumbnail-generation",
    "video-processing",
];

on_both_stores!(
    a_job_is_done_told_logged_and_notified,
    a_job_whose_payload_does_not_fit_fails_at_once,
    a_worker_alone_does_what_a_server_queues,
    a_server_that_stops_hands_nothing_over_half_done,
);

fn a_job_is_done_told_logged_and_notified(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let episodes: Vec<String> = (1..=3).map(|number| editor.create("Pilot", number)).collect();
    let mut live = server.live(&token);
    live.subscribe(&["jobs"], None);
    let id = queue(&editor, &json!({"job_type": "batch-delete", "payload": {"episode_ids": episodes}}));
    let job = job_in(&editor, &id, "completed");
    assert_eq!(
        (&job["results"], &job["progress"], &job["attempt"]),
        (&json!({"deleted": 3, "gone": 0}), &json!(100), &json!(1))
    );
    let told: Vec<_> = (0..3).map(|_| live.event()).collect();
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["job_created", "job_started", "job_completed"]);
    assert_eq!(
        (&told[0].data()["createdBy"], &told[2].data()["results"]["deleted"]),
        (&json!("editor@example.com"), &json!(3))
    );
    let actions: Vec<String> = feed_of(&editor, &id).into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["CREATE", "COMPLETE"]);
    assert_eq!(feed_of(&editor, &episodes[0]).last().unwrap().0, "DELETE");
    let notified = editor.get("/api/v1/notifications?type=success");
    assert_eq!((notified.list().len(), &notified.list()[0]["data"]["resourceId"]), (1, &json!(id)));
    assert!(episodes.iter().all(|episode| editor.get(&format!("/api/v1/episodes/{episode}")).status == 404));
}

fn a_job_whose_payload_does_not_fit_fails_at_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let id = queue(&editor, &json!({"job_type": "batch-delete", "payload": {"episodes": 7}}));
    let job = job_in(&editor, &id, "failed");
    assert!(job["error_message"].as_str().unwrap().contains("unknown field `episodes`"), "{job}");
    assert_eq!((&job["retry_count"], &job["attempt"]), (&json!(0), &json!(1)));
    let (action, particulars) = feed_of(&editor, &id).pop().unwrap();
    assert_eq!((action.as_str(), &particulars["retriesExhausted"]), ("FAILED", &json!(false)));
    let notified = editor.get("/api/v1/notifications?type=error");
    assert_eq!((notified.list().len(), &notified.list()[0]["priority"]), (1, &json!("high")));
}

fn a_worker_alone_does_what_a_server_queues(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let mut live = server.live(&token);
    live.subscribe(&["jobs"], None);
    let worker = Worker::start(&store);
    let pid = format!(":{}", worker.pid());
    let by_it = |event: &Event| event.data()["worker"].as_str().is_some_and(|name| name.ends_with(&pid));
    let begun = live.events_until(by_it).pop().unwrap();
    assert_eq!((begun.name.as_str(), &begun.data()["jobTypes"]), ("job_processor_started", &json!(BUILT_IN)));
    let name = begun.data()["worker"].as_str().unwrap().to_owned();
    let editor = server.api(&token);
    let workers = eventually("both have worked", || {
        let id = queue(&editor, &json!({"job_type": "batch-delete", "payload": {"episode_ids": []}}));
        let job = job_in(&editor, &id, "completed");
        (job["worker"] == name.as_str()).then_some(job)
    });
    assert_eq!(workers["results"], json!({"deleted": 0, "gone": 0}));
}

fn a_server_that_stops_hands_nothing_over_half_done(backend: Backend) {
    let store = Store::new(backend);
    let mut server: Server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let episodes: Vec<String> = (1..=300).map(|number| editor.create("Pilot", number)).collect();
    let id = queue(&editor, &json!({"job_type": "batch-delete", "payload": {"episode_ids": episodes}}));
    job_in(&editor, &id, "processing");
    server.terminate();
    assert!(server.wait().success());
    let server = store.serve();
    let editor = server.api(&token);
    let job = job_in(&editor, &id, "completed");
    assert_eq!(job["retry_count"], json!(0), "what was in hand was finished or handed back: {job}");
    let deleted = job["results"]["deleted"].as_u64().unwrap() + job["results"]["gone"].as_u64().unwrap();
    assert_eq!(deleted, 300);
}
