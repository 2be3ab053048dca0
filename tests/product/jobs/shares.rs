//! Places of a worker: neither one type of job nor one user holds all of them, and no job holds one for longer than it may.

use std::thread::available_parallelism;

use serde_json::json;

use super::media::film;
use super::{job_in, queue};
use crate::harness::{Backend, Store, on_both_stores};

on_both_stores!(
    long_films_of_one_user_hold_up_neither_other_types_nor_other_users,
    a_job_that_takes_longer_than_it_may_fails_and_says_so,
);

fn long_films_of_one_user_hold_up_neither_other_types_nor_other_users(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let other = server.api(&store.token("other@example.com", "editor"));
    let long = editor.upload("long.mp4", &film(&store, "1280x720", 60))["id"].clone();
    let short = other.upload("short.mp4", &film(&store, "160x90", 1))["id"].clone();
    let places = available_parallelism().map_or(2, |cores| cores.get().max(2));
    let film = json!({"job_type": "video-processing", "payload": {"file_id": long}, "priority": 100});
    let films: Vec<String> = (0..places + 3).map(|_| queue(&editor, &film)).collect();
    for id in &films[..places] {
        job_in(&editor, id, "processing");
    }
    let episode = editor.create("Pilot", 1);
    let deletion = json!({"job_type": "batch-delete", "payload": {"episode_ids": [episode]}});
    job_in(&editor, &queue(&editor, &deletion), "completed");
    let others = json!({"job_type": "video-processing", "payload": {"file_id": short}, "priority": -100});
    job_in(&other, &queue(&other, &others), "completed");
    let status = |id: &String| editor.get(&format!("/api/v1/jobs/{id}")).body["data"]["status"].clone();
    let statuses: Vec<_> = films.iter().map(status).collect();
    let of = |wanted: &str| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((of("processing"), of("pending")), (places, 3), "they were not done while others waited: {statuses:?}");
}

fn a_job_that_takes_longer_than_it_may_fails_and_says_so(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let long = editor.upload("long.mp4", &film(&store, "1280x720", 60))["id"].clone();
    for (limit, says) in [(json!(1), "longer than the 1 seconds"), (json!("1 h"), "from 1 to 21600")] {
        let payload = json!({"file_id": long, "timeout_seconds": limit});
        let job =
            job_in(&editor, &queue(&editor, &json!({"job_type": "video-processing", "payload": payload})), "failed");
        let error = job["error_message"].as_str().unwrap();
        assert!(error.contains(says) && job["attempt"] == 1, "{job}");
    }
    let payload = json!({"episode_ids": [editor.create("Pilot", 1)], "timeout_seconds": 60});
    job_in(&editor, &queue(&editor, &json!({"job_type": "batch-delete", "payload": payload})), "completed");
}
