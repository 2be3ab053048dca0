//! Who follows a show or an episode is told of what others do to it, as long as they want to be.

use serde_json::{Value, json};

use crate::harness::{Api, Backend, Store, on_both_stores};

on_both_stores!(followers_are_told_of_what_others_do_until_they_mute_it);

const PREFERENCES: &str = "/api/v1/notifications/preferences";

#[track_caller]
fn set(api: &Api, preferences: &Value) {
    let answer = api.put(PREFERENCES, preferences);
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// The messages of one's notifications, oldest first.
fn told(api: &Api) -> Vec<String> {
    let notifications = api.get("/api/v1/notifications");
    let messages = notifications.list().iter().rev().map(|told| told["message"].as_str().unwrap().to_owned());
    messages.collect()
}

fn followers_are_told_of_what_others_do_until_they_mute_it(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let [editor, follower] = ["editor", "viewer"].map(|role| store.token(&format!("{role}@example.com"), role));
    let (editor, mut live, follower) = (server.api(&editor), server.live(&follower), server.api(&follower));
    let show = editor.post("/api/v1/shows", &json!({"name": "Breaking Bad"})).body["data"]["id"].clone();
    set(&follower, &json!({"follows": [{"resource_type": "show", "resource_id": show}]}));
    assert_eq!(follower.get(PREFERENCES).body["data"]["follows"][0]["resource_id"], show);
    live.subscribe(&["me"], None);

    let pilot = editor.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": 1, "show_id": show}));
    let pilot = format!("/api/v1/episodes/{}", pilot.body["data"]["id"].as_str().unwrap());
    editor.create("Of another show", 2);
    let expected = ["Episode \"Pilot\" was created.", "Episode \"Pilot\" was deleted."];
    assert_eq!(told(&follower), expected[..1], "what was committed before one asks is there");
    set(&follower, &json!({"muted_events": ["episode_created"]}));
    editor.post("/api/v1/episodes", &json!({"title": "Muted", "episode_number": 2, "show_id": show}));
    editor.delete(&pilot);

    assert_eq!(told(&follower), expected);
    assert_eq!(told(&editor).len(), 4, "the acting user is told of everything, once");
    let seen: Vec<Value> = [live.event(), live.event()].iter().map(|event| event.data()["message"].clone()).collect();
    assert_eq!(seen, expected);
}
