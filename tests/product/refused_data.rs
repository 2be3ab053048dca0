//! What the API accepts every projection can hold; and an event whose effects the store refuses is parked, alone.

use serde_json::json;

use crate::harness::{Answer, Backend, Store, eventually, on_both_stores};

on_both_stores!(
    text_with_the_character_nul_reaches_the_activity_feed_and_comes_back,
    an_event_whose_effects_the_store_refuses_is_parked_and_nothing_waits_for_it,
);

fn accepted(answer: &Answer) -> String {
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    answer.body["data"]["id"].as_str().unwrap().to_owned()
}

fn text_with_the_character_nul_reaches_the_activity_feed_and_comes_back(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let nul = json!({"a": "\0", "\0": [{"b": "x\0y"}], "n": 1e300});
    let schedule = json!({"name": "Nightly", "job_type": "outside", "cron": "0 3 * * *", "time_zone": "UTC"});
    let schedule = accepted(&admin.post("/api/v1/schedules", &schedule));
    let path = format!("/api/v1/schedules/{schedule}");
    accepted(&admin.try_json("PATCH", &path, &json!({"payload": nul})).unwrap());
    let job = accepted(&admin.post("/api/v1/jobs", &json!({"job_type": "outside", "payload": nul, "max_retries": 0})));
    let claim = json!({"job_types": ["outside"], "worker": "w", "limit": 1});
    let claimed = admin.post("/api/v1/jobs/claim", &claim);
    let handle = claimed.list()[0]["receipt_handle"].clone();
    let end = json!({"receipt_handle": handle, "results": nul});
    accepted(&admin.post(&format!("/api/v1/jobs/{job}/complete"), &end));
    let other = accepted(&admin.post("/api/v1/jobs", &json!({"job_type": "outside", "max_retries": 0})));
    let claimed = admin.post("/api/v1/jobs/claim", &claim);
    let handle = claimed.list()[0]["receipt_handle"].clone();
    let end = json!({"receipt_handle": handle, "error": "broken\0here"});
    accepted(&admin.post(&format!("/api/v1/jobs/{other}/fail"), &end));

    let mut outside = store.outside();
    outside.wait_until_read();
    let feed = admin.get(&format!("/api/v1/activities?resource_id={schedule}&action=UPDATE"));
    assert_eq!(feed.list()[0]["metadata"]["changes"]["payload"][1], nul, "{feed:?}");
    assert_eq!(admin.get(&format!("/api/v1/jobs/{job}")).body["data"]["results"], nul);
    assert_eq!((outside.count("parked_events"), admin.get("/readyz").status), (0, 200));
    // Nor is a question that no store can hold an outage.
    for path in ["episodes?q=%00", "episodes?category=%00", "episodes?show=%00", "activities?q=%00", "shows/%00"] {
        let status = admin.get(&format!("/api/v1/{path}")).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
}

fn an_event_whose_effects_the_store_refuses_is_parked_and_nothing_waits_for_it(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let mut outside = store.outside();
    outside.wait_until_read();
    outside.run("create unique index refuses on activities (resource_name)");
    let before = outside.count("activities");
    let creations = (0..40).map(|number| {
        let editor = editor.clone();
        let title = if number % 20 == 7 { "Twice".to_owned() } else { format!("Take {number}") };
        std::thread::spawn(move || editor.create(&title, number))
    });
    for creation in creations.collect::<Vec<_>>() {
        creation.join().unwrap();
    }
    outside.wait_until_read();
    assert_eq!(outside.count("parked_events where reader = 'activity'"), 1, "{}", server.log());
    assert_eq!(outside.count("parked_events"), 1);
    assert_eq!(outside.count("activities"), before + 39);
    eventually("the node is ready", || (editor.get("/readyz").status == 200).then_some(()));
    let feed = editor.get("/api/v1/activities");
    assert_eq!((feed.status, feed.header("showrunner-lag")), (200, None));
}
