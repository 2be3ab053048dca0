//! What the replaced system promised of compositions, and what has come since: decisions, versions, the one of an episode.

use serde_json::json;

use super::{COMPOSITIONS, create, outputs, render};
use crate::bad_input::assert_problem;
use crate::harness::{Backend, Store, on_both_stores};
use crate::jobs::feed_of;

on_both_stores!(
    creating_updating_and_deleting_a_composition_is_told_and_logged,
    a_composition_is_submitted_and_decided_about,
    versions_are_compared_and_brought_back,
    the_primary_composition_gives_its_episode_a_thumbnail,
    faulty_layers_are_refused_by_their_paths,
    templates_say_what_layers_leave_open,
);

fn creating_updating_and_deleting_a_composition_is_told_and_logged(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let mut live = server.live(&token);
    live.subscribe(&["compositions"], None);
    let composition = create(&editor, &json!({"name": "Test Composition"}));
    let record = editor.get(&composition).body["data"].clone();
    assert_eq!(
        (&record["layers"], &record["status"], &record["approval"]),
        (&json!([]), &json!("draft"), &json!("draft"))
    );
    assert_eq!(editor.put(&composition, &json!({"name": "Renamed"})).status, 200);
    assert_eq!(editor.delete(&composition).status, 200);
    assert_problem("deleted", &editor.get(&composition), 404, "NOT_FOUND");

    let told: Vec<_> = (0..3).map(|_| live.event()).collect();
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["composition_created", "composition_updated", "composition_deleted"]);
    let by = |place: usize, key: &str| told[place].data()[key].clone();
    assert_eq!((by(0, "createdBy"), &told[0].data()["composition"]), (json!("editor@example.com"), &record));
    assert_eq!((by(1, "updatedBy"), by(1, "changedFields")), (json!("editor@example.com"), json!(["name"])));
    assert_eq!((by(2, "deletedBy"), by(2, "compositionId")), (json!("editor@example.com"), record["id"].clone()));

    let feed = feed_of(&editor, record["id"].as_str().unwrap());
    let entries: Vec<_> = feed.iter().map(|(action, metadata)| (action.as_str(), metadata["name"].clone())).collect();
    let (first, later) = (json!("Test Composition"), json!("Renamed"));
    assert_eq!(entries, [("CREATE", first), ("UPDATE", later.clone()), ("DELETE", later)]);
}

fn a_composition_is_submitted_and_decided_about(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&server.sign_in(&store, "editor@example.com", "editor"));
    let admin = server.api(&server.sign_in(&store, "admin@example.com", "admin"));
    let composition = create(&editor, &json!({"name": "Pilot"}));
    let act = |api: &crate::harness::Api, what: &str, body: &serde_json::Value| {
        api.post(&format!("{composition}/{what}"), body)
    };
    assert_problem("too early", &act(&admin, "approve", &json!({})), 409, "INVALID_TRANSITION");
    assert_eq!(act(&editor, "submit", &json!({})).body["data"]["approval"], "pending");
    assert_problem("an editor", &act(&editor, "approve", &json!({})), 403, "FORBIDDEN");
    let rejected = act(&admin, "reject", &json!({"reason": "too dark"})).body["data"].clone();
    assert_eq!((&rejected["approval"], &rejected["rejection_reason"]), (&json!("rejected"), &json!("too dark")));
    assert_eq!(act(&editor, "submit", &json!({})).status, 200);
    let approved = act(&admin, "approve", &json!({})).body["data"].clone();
    assert_eq!((&approved["approval"], &approved["rejection_reason"]), (&json!("approved"), &json!(null)));
    assert_eq!(editor.put(&composition, &json!({"name": "Pilot 2"})).body["data"]["approval"], "draft");
    let actions: Vec<_> =
        feed_of(&editor, approved["id"].as_str().unwrap()).into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["CREATE", "SUBMIT", "REJECT", "SUBMIT", "APPROVE", "UPDATE"]);
}

fn versions_are_compared_and_brought_back(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let shade = |fill: &str| json!([{"role": "shade", "kind": "shape", "fill": fill}]);
    let composition = create(&editor, &json!({"name": "Pilot", "layers": shade("#000000")}));
    assert_eq!(editor.put(&composition, &json!({"layers": shade("#ff0000")})).header("etag"), Some("\"2\""));
    let difference = editor.get(&format!("{composition}/versions/1/compare/2")).body["data"].clone();
    assert_eq!(difference["changes"]["layers"][0][0]["fill"], "#000000");
    assert_eq!(difference["changes"].as_object().unwrap().len(), 1);
    let reverted = editor.post(&format!("{composition}/revert/1"), &json!({}));
    assert_eq!(
        (reverted.header("etag"), &reverted.body["data"]["layers"][0]["fill"]),
        (Some("\"3\""), &json!("#000000"))
    );
    let versions = editor.get(&format!("{composition}/versions?limit=2"));
    let numbers: Vec<_> = versions.list().iter().map(|version| version["version"].clone()).collect();
    assert_eq!(numbers, [3, 2]);
    assert_problem("none", &editor.get(&format!("{composition}/versions/9")), 404, "NOT_FOUND");
    assert_problem("no number", &editor.get(&format!("{composition}/versions/last")), 400, "MALFORMED");
}

fn the_primary_composition_gives_its_episode_a_thumbnail(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create("Pilot", 1);
    let thumbnail = || editor.get(&format!("/api/v1/episodes/{episode}")).body["data"]["thumbnail_url"].clone();
    let artwork = |name: &str| {
        create(&editor, &json!({"name": name, "episode_id": episode, "layers": [{"role": "shade", "kind": "shape"}]}))
    };
    let (first, second) = (artwork("First"), artwork("Second"));
    let choose = |composition: &str| editor.post(&format!("{composition}/primary"), &json!({}));
    assert_eq!(choose(&first).body["data"]["is_primary"], true);
    assert_eq!(thumbnail(), json!(null));
    render(&editor, &first, &json!({}));
    let shown = thumbnail();
    assert_eq!(shown, format!("/api/v1/files/{}/content", outputs(&editor, &first)[0]["file_id"].as_str().unwrap()));
    render(&editor, &second, &json!({"encoding": "png"}));
    assert_eq!(thumbnail(), shown, "another composition stands for it");
    assert_eq!(choose(&second).body["data"]["is_primary"], true);
    assert_eq!(editor.get(&first).body["data"]["is_primary"], false);
    let url = thumbnail();
    assert_ne!(url, shown);
    let picture = editor.get(url.as_str().unwrap());
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
}

fn faulty_layers_are_refused_by_their_paths(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let faulty = json!({"name": "", "formats": ["CINEMA"], "layers": [
        {"role": "title", "kind": "text", "frame": {"x": 0, "y": 0, "w": 9, "h": 1}, "colour": "red"},
        {"kind": "shape", "opacity": 2},
    ]});
    let answer = editor.post(COMPOSITIONS, &faulty);
    assert_problem("faulty", &answer, 422, "VALIDATION_FAILED");
    let fields: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    let expected =
        ["name", "formats[0]", "layers[0].frame.w", "layers[0].colour", "layers[1].role", "layers[1].opacity"];
    assert_eq!(fields, expected);
    let text = editor.upload("notes.txt", b"no picture");
    let layers = json!([{"role": "host", "kind": "image", "source": {"file_id": text["id"]}}]);
    let answer = editor.post(COMPOSITIONS, &json!({"name": "Pilot", "layers": layers}));
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("which is no image"), "{answer:?}");
}

fn templates_say_what_layers_leave_open(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let known = editor.get("/api/v1/templates");
    assert_eq!(known.list().iter().filter(|template| template["built_in"] == true).count(), 3);
    let place = json!({"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4});
    let made = editor.post(
        "/api/v1/templates",
        &json!({"name": "Interview", "layers": [{"role": "host", "kind": "image", "frame": place, "radius": 0.5}]}),
    );
    assert_eq!(made.status, 201, "{made:?}");
    let template = made.body["data"]["id"].clone();
    let composition = create(&editor, &json!({"name": "Pilot", "template_id": template, "layers": [{"role": "host"}]}));
    let layer = editor.get(&composition).body["data"]["layers"][0].clone();
    assert_eq!((&layer["frame"], &layer["radius"], &layer["kind"]), (&place, &json!(0.5), &json!("image")));
    let built_in = known.list().last().unwrap()["id"].as_str().unwrap();
    assert_problem("built in", &editor.delete(&format!("/api/v1/templates/{built_in}")), 409, "CONFLICT");
    let template = format!("/api/v1/templates/{}", template.as_str().unwrap());
    assert_problem("chosen by a composition", &editor.delete(&template), 409, "CONFLICT");
    let admin = server.api(&store.token("admin@example.com", "admin"));
    assert_eq!(admin.delete(&format!("{template}?force=true")).status, 200);
    assert_eq!(editor.get(&composition).body["data"]["layers"][0], layer, "what was taken from it stays");
}
