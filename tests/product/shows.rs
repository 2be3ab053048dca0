//! Shows as those who use them see them, and what binds episodes to one.

use serde_json::{Value, json};

use crate::harness::{Api, Backend, Store, episode_id, on_both_stores};

on_both_stores!(a_show_is_followed_live_with_its_episodes, a_show_goes_when_its_last_episode_has_gone);

const SHOWS: &str = "/api/v1/shows";

#[track_caller]
fn create_show(api: &Api, name: &str) -> String {
    let answer = api.post(SHOWS, &json!({"name": name}));
    assert_eq!((answer.status, answer.header("etag")), (201, Some("\"1\"")), "{answer:?}");
    answer.body["data"]["id"].as_str().unwrap().to_owned()
}

fn a_show_is_followed_live_with_its_episodes(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let (editor, mut live, mut of_shows) = (server.api(&token), server.live(&token), server.live(&token));
    of_shows.subscribe(&["shows"], None);
    let show = create_show(&editor, "Breaking Bad");
    live.subscribe(&[&format!("show:{show}")], Some(0));

    let pilot = json!({"title": "Pilot", "episode_number": 1, "season_number": 1, "show_id": show});
    let created = editor.post("/api/v1/episodes", &pilot);
    assert_eq!((created.status, &created.body["data"]["show_id"]), (201, &json!(show)), "{created:?}");
    let again = editor.post("/api/v1/episodes", &pilot);
    assert_eq!((again.status, &again.body["code"]), (409, &json!("ALREADY_EXISTS")), "{again:?}");
    editor.create("Of no show", 1);
    let path = format!("{SHOWS}/{show}");
    let renamed = editor.put(&path, &json!({"name": "Better Call Saul", "status": "active"}));
    assert_eq!((renamed.status, &renamed.body["data"]["slug"]), (200, &json!("breaking-bad")), "{renamed:?}");

    let seen = live.events_until_named("show_updated");
    let names: Vec<&str> = seen.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["show_created", "episode_created", "show_updated"]);
    assert_eq!(seen[1].data()["episode"], created.body["data"]);
    assert_eq!(seen[2].data()["changes"]["name"], json!(["Breaking Bad", "Better Call Saul"]));
    assert!(seen.iter().all(|event| event.envelope.get("show_id").is_none()), "what is stored is not sent");
    let names: Vec<String> = of_shows.events_until_named("show_updated").into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["show_created", "show_updated"]);

    let listed = editor.get(&format!("{path}/episodes?sort=episode_number"));
    assert_eq!(listed.list(), [created.body["data"].clone()]);
    assert_eq!(editor.get(&format!("/api/v1/episodes?show_id={show}")).list(), listed.list());
    let activities = editor.get(&format!("/api/v1/activities?resource_type=show&resource_id={show}"));
    let actions: Vec<&Value> = activities.list().iter().map(|activity| &activity["action"]).collect();
    assert_eq!(actions, ["UPDATE", "CREATE"]);
    assert_eq!(activities.list()[1]["metadata"], json!({"name": "Breaking Bad"}));
}

fn a_show_goes_when_its_last_episode_has_gone(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let show = create_show(&editor, "Breaking Bad");
    let path = format!("{SHOWS}/{show}");
    let pilot = editor.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": 1, "show_id": show}));
    let episode = format!("/api/v1/episodes/{}", episode_id(&pilot));
    let refused = editor.delete(&path);
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("CONFLICT")), "{refused:?}");
    assert_eq!(editor.delete(&episode).status, 200);
    assert_eq!(editor.delete(&path).status, 409, "it can be restored");
    let restored = editor.post(&format!("{episode}/restore"), &Value::Null);
    assert_eq!((restored.status, &restored.body["data"]["show_id"]), (200, &json!(show)), "{restored:?}");
    assert_eq!(editor.put(&episode, &json!({"show_id": null})).status, 200);
    let deleted = editor.delete(&path);
    assert_eq!((deleted.status, &deleted.body["data"]["version"]), (200, &json!(2)), "{deleted:?}");
    assert_eq!(editor.get(&path).status, 404);
    let orphan = editor.put(&episode, &json!({"show_id": show}));
    assert_eq!((orphan.status, &orphan.body["errors"][0]["field"]), (422, &json!("show_id")), "{orphan:?}");
}
