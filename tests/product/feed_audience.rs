//! What people who have signed in by a password find in the feed: what they may learn of live, and nothing else.

use serde_json::{Value, json};

use crate::harness::{Answer, Api, Backend, Store, on_both_stores};

on_both_stores!(what_was_done_to_accounts_is_in_the_feed_of_administrators_alone);

/// The kinds of records in a list of activities.
#[track_caller]
fn kinds(api: &Api, filter: &str) -> Vec<String> {
    let listed = api.get(&format!("/api/v1/activities?limit=100&{filter}"));
    listed.list().iter().map(|activity| activity["resourceType"].as_str().unwrap().to_owned()).collect()
}

fn stats(api: &Api, filter: &str) -> Value {
    let Answer { status, body, .. } = api.get(&format!("/api/v1/activities/stats?{filter}"));
    assert_eq!(status, 200, "{body}");
    body["data"].clone()
}

fn what_was_done_to_accounts_is_in_the_feed_of_administrators_alone(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let operator = server.api(&store.token("operator@example.com", "admin"));
    let admin = server.sign_in_new(&operator, "admin@example.com", "admin");
    let editor = server.sign_in_new(&admin.api, "editor@example.com", "editor");
    let viewer = server.sign_in_new(&admin.api, "viewer@example.com", "viewer");
    let account = format!("/api/v1/users/{}", editor.id);
    for change in [
        json!({"email": "secret-address@example.com"}),
        json!({"role": "viewer"}),
        json!({"role": "editor"}),
        json!({"password": "another battery"}),
    ] {
        let changed = admin.api.try_json("PATCH", &account, &change).unwrap();
        assert_eq!(changed.status, 200, "{changed:?}");
    }
    admin.api.create("Pilot", 1);
    let mut live = server.live(&viewer.token);
    live.subscribe(&["feed"], Some(0));
    let told = live.events_until_named("episode_created");
    assert!(told.iter().all(|event| !event.name.starts_with("user_")), "live it was so before");

    let filters = [
        String::new(),
        "resource_type=user".to_owned(),
        format!("resource_id={}", editor.id),
        "action=LOGIN".to_owned(),
        "action=UPDATE".to_owned(),
        format!("user_id={}", admin.id),
        "q=example.com".to_owned(),
    ];
    let seen: Vec<usize> = filters.iter().map(|filter| kinds(&viewer.api, filter).len()).collect();
    assert_eq!(seen, [1, 0, 0, 0, 0, 1, 0]);
    let seen: Vec<usize> = filters.iter().map(|filter| kinds(&admin.api, filter).len()).collect();
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
    let listed = viewer.api.get("/api/v1/activities?total=true");
    assert_eq!(listed.body["page"]["total"], 1);
    assert!(!String::from_utf8_lossy(&listed.bytes.0).contains("secret-address"));

    let (few, all) = (stats(&viewer.api, ""), stats(&admin.api, ""));
    assert_eq!((&few["total"], few["by_resource"].as_array().unwrap().len()), (&json!(1), 1), "{few}");
    assert_eq!(few["by_user"].as_array().unwrap().len(), 1, "{few}");
    assert!(all["total"].as_u64().unwrap() > 8, "{all}");
    assert_eq!(stats(&viewer.api, "action=LOGIN")["total"], 0);

    // What counts is who asks now.
    let viewers = format!("/api/v1/users/{}", viewer.id);
    let promoted = admin.api.try_json("PATCH", &viewers, &json!({"role": "admin"})).unwrap();
    assert_eq!(promoted.status, 200, "{promoted:?}");
    let session = json!({"email": "viewer@example.com", "password": "correct horse battery"});
    let session = server.api("").post("/api/v1/auth/login", &session);
    let token = session.body["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{session:?}"));
    assert!(kinds(&server.api(token), "").len() > 8);
}
