//! Deleting what others refer to, over HTTP, by people who have signed in by a password.

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Store, on_both_stores};

on_both_stores!(
    a_refusal_names_what_uses_the_record_and_force_clears_it_by_events,
    a_show_is_not_cut_off_from_its_deleted_episodes,
    who_may_not_delete_for_good_may_not_force,
);

fn id(answer: &Answer) -> String {
    answer.body["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// A composition with the picture in this file.
fn poster(api: &Api, file: &str, name: &str) -> String {
    let layers = json!([{"role": "host", "kind": "image", "source": {"file_id": file}}]);
    id(&api.post("/api/v1/compositions", &json!({"name": name, "layers": layers})))
}

/// An image of one pixel.
fn picture(api: &Api) -> String {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
    api.upload("host.png", PNG)["id"].as_str().unwrap().to_owned()
}

fn a_refusal_names_what_uses_the_record_and_force_clears_it_by_events(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let operator = server.api(&store.token("operator@example.com", "admin"));
    let admin = server.sign_in_new(&operator, "admin@example.com", "admin");
    let editor = server.sign_in_new(&admin.api, "editor@example.com", "editor");
    let file = picture(&editor.api);
    let posters: Vec<String> = (0..22).map(|number| poster(&editor.api, &file, &format!("Poster {number}"))).collect();
    let episode = editor.api.create("Pilot", 1);
    let shown = json!({"thumbnail_url": format!("/api/v1/files/{file}/content")});
    assert_eq!(editor.api.put(&format!("/api/v1/episodes/{episode}"), &shown).status, 200);

    let path = format!("/api/v1/files/{file}");
    let refused = editor.api.delete(&path);
    assert_problem("a file in use", &refused, 409, "CONFLICT");
    let used_by = refused.body["used_by"].as_array().unwrap();
    assert_eq!((used_by.len(), &refused.body["used_by_total"]), (20, &json!(23)));
    let known = |used: &Value| match used["type"].as_str() {
        Some("composition") => posters.iter().any(|id| used["id"] == **id),
        Some("episode") => used["id"] == *episode && used["name"] == "Pilot",
        _ => false,
    };
    assert!(used_by.iter().all(known), "{used_by:?}");
    assert_eq!(editor.api.get(&path).status, 200, "nothing happened");

    let mut live = server.live(&editor.token);
    live.subscribe(&["feed"], None);
    assert_eq!(admin.api.delete(&format!("{path}?force=true")).status, 200);
    let told: Vec<String> = live.events_until_named("file_deleted").into_iter().map(|event| event.name).collect();
    let count = |name: &str| told.iter().filter(|told| *told == name).count();
    assert_eq!((count("composition_updated"), count("episode_updated")), (22, 1), "{told:?}");
    let after = editor.api.get(&format!("/api/v1/episodes/{episode}"));
    assert!(after.body["data"]["thumbnail_url"].is_null());
    let after = editor.api.get(&format!("/api/v1/compositions/{}", posters[0]));
    assert!(after.body["data"]["layers"][0]["source"].is_null(), "{after:?}");
    let gone = editor.api.put(&format!("/api/v1/episodes/{episode}"), &shown);
    assert_problem("a file that is gone", &gone, 422, "VALIDATION_FAILED");
    assert_eq!(gone.body["errors"][0]["field"], "thumbnail_url");
}

fn a_show_is_not_cut_off_from_its_deleted_episodes(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let operator = server.api(&store.token("operator@example.com", "admin"));
    let admin = server.sign_in_new(&operator, "admin@example.com", "admin").api;
    let show = id(&admin.post("/api/v1/shows", &json!({"name": "A show"})));
    let body = json!({"title": "Pilot", "episode_number": 1, "show_id": show});
    let episode = id(&admin.post("/api/v1/episodes", &body));
    let episode = format!("/api/v1/episodes/{episode}");
    assert_eq!(admin.delete(&episode).status, 200);
    let path = format!("/api/v1/shows/{show}");
    let refused = admin.delete(&path);
    assert_problem("a show of a deleted episode", &refused, 409, "CONFLICT");
    assert_eq!((&refused.body["used_by"][0]["name"], &refused.body["used_by_total"]), (&json!("Pilot"), &json!(1)));
    let restored = admin.post(&format!("{episode}/restore"), &Value::Null);
    assert_eq!(restored.body["data"]["show_id"], json!(show));
    assert_eq!(admin.delete(&format!("{path}?force=true")).status, 200);
    assert!(admin.get(&episode).body["data"]["show_id"].is_null());
    assert_problem("without permanent", &admin.delete(&format!("{episode}?force=true")), 422, "VALIDATION_FAILED");
    assert_eq!(admin.delete(&format!("{episode}?permanent=true")).status, 200);
}

fn who_may_not_delete_for_good_may_not_force(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let operator = server.api(&store.token("operator@example.com", "admin"));
    let editor = server.sign_in_new(&operator, "editor@example.com", "editor").api;
    let (file, show) = (picture(&editor), id(&editor.post("/api/v1/shows", &json!({"name": "A show"}))));
    let template = id(&editor.post("/api/v1/templates", &json!({"name": "Layout"})));
    for path in [format!("files/{file}"), format!("shows/{show}"), format!("templates/{template}")] {
        assert_problem(&path, &editor.delete(&format!("/api/v1/{path}?force=true")), 403, "FORBIDDEN");
        assert_eq!(editor.delete(&format!("/api/v1/{path}")).status, 200, "what nothing refers to goes as ever");
    }
}
