//! What a change of an episode brings about, as those who use it see it.

use serde_json::{Value, json};

use crate::harness::{
    Api, Backend, Event, Live, PATIENCE, Received, Server, Store, episode_id, eventually, on_both_stores,
};

on_both_stores!(
    creating_an_episode_answers_its_id_logs_notifies_and_reaches_live_clients,
    publishing_an_episode_logs_which_fields_changed,
    deleting_an_episode_logs_notifies_and_reaches_live_clients,
    a_deleted_episode_comes_back_by_restore,
    whoever_looks_at_an_episode_is_among_its_viewers_once,
    read_marks_stay_and_unread_notifications_are_counted,
    catching_up_over_http_gives_what_was_seen_live,
    a_viewer_sees_changes_live_but_makes_none,
    a_notification_reaches_its_owner_alone,
    an_unchanged_update_makes_no_event,
    what_was_committed_before_a_restart_is_there_after_it,
    a_client_that_resumes_beyond_the_head_is_told_to_begin_anew,
    whoever_asks_is_told_whether_the_server_is_well,
);

/// A server with an editor, and a live client of theirs on everything.
struct Stage {
    server: Server,
    editor: Api,
    live: Live,
    store: Store,
}

fn stage(backend: Backend) -> Stage {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let (editor, mut live) = (server.api(&token), server.live(&token));
    live.subscribe(&["feed"], None);
    Stage { server, editor, live, store }
}

fn activities_of(api: &Api, episode: &str, action: &str) -> Vec<Value> {
    let path = format!("/api/v1/activities?resource_type=episode&resource_id={episode}&action={action}");
    let answer = api.get(&path);
    assert_eq!((answer.status, answer.header("showrunner-lag")), (200, None), "{answer:?}");
    answer.list().to_vec()
}

fn creating_an_episode_answers_its_id_logs_notifies_and_reaches_live_clients(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    let answer = editor.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": 1}));
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let id = episode_id(&answer);

    let activities = activities_of(editor, &id, "CREATE");
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["userName"], "editor@example.com");
    assert_eq!(activities[0]["metadata"]["title"], "Pilot");

    let notifications = editor.get("/api/v1/notifications");
    let [notification] = notifications.list() else { panic!("{notifications:?}") };
    assert_eq!(notification["type"], "info");
    assert_eq!(notification["event"], "episode_created");
    assert_eq!(notification["data"]["resourceId"], *id);

    let events = live.events_until_named("notification");
    assert_eq!(events[0].name, "episode_created");
    assert_eq!(events[0].data()["episode"], answer.body["data"]);
    assert_eq!(events[0].data()["createdBy"], "editor@example.com");
    assert_eq!(events[1].data()["id"], notification["id"]);
    assert_eq!(events.len(), 2);
}

fn publishing_an_episode_logs_which_fields_changed(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    let id = editor.create("Pilot", 1);
    let answer = editor.put(&format!("/api/v1/episodes/{id}"), &json!({"status": "published"}));
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"2\"")), "{answer:?}");
    assert_eq!(answer.body["data"]["status"], "published");

    let activities = activities_of(editor, &id, "UPDATE");
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["metadata"]["changedFields"], json!(["status"]));
    assert_eq!(activities[0]["metadata"]["changes"], json!({"status": ["draft", "published"]}));

    let updated = live.events_until_named("episode_updated").pop().unwrap();
    assert_eq!(updated.data()["episode"], answer.body["data"]);
    assert_eq!(updated.data()["changedFields"], json!(["status"]));
    assert_eq!(updated.data()["updatedBy"], "editor@example.com");
}

fn deleting_an_episode_logs_notifies_and_reaches_live_clients(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    let id = editor.create("Pilot", 1);
    let path = format!("/api/v1/episodes/{id}");
    let answer = editor.delete(&path);
    assert_eq!((answer.status, &answer.body["data"]["title"]), (200, &json!("Pilot")), "{answer:?}");
    assert_eq!(editor.get(&path).status, 404);

    assert_eq!(activities_of(editor, &id, "DELETE").len(), 1);
    let notifications = editor.get("/api/v1/notifications");
    let told: Vec<&Value> = notifications.list().iter().map(|notification| &notification["event"]).collect();
    assert_eq!(told, ["episode_deleted", "episode_created"]);

    let deleted = live.events_until_named("episode_deleted").pop().unwrap();
    let data = json!({"episodeId": id, "title": "Pilot", "deleteType": "soft", "deletedBy": "editor@example.com"});
    assert_eq!(*deleted.data(), data);
}

fn a_deleted_episode_comes_back_by_restore(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    let id = editor.create("Pilot", 1);
    let path = format!("/api/v1/episodes/{id}");
    editor.delete(&path);
    let restored = editor.post(&format!("{path}/restore"), &Value::Null);
    assert_eq!((restored.status, &restored.body["data"]["version"]), (200, &json!(3)), "{restored:?}");
    assert_eq!(editor.get(&path).body["data"], restored.body["data"]);
    assert_eq!(activities_of(editor, &id, "RESTORE").len(), 1);
    let told = live.events_until_named("episode_restored").pop().unwrap();
    assert_eq!(told.data()["restoredBy"], "editor@example.com");
    assert_eq!(editor.post(&format!("{path}/restore"), &Value::Null).status, 409);
}

fn whoever_looks_at_an_episode_is_among_its_viewers_once(backend: Backend) {
    let Stage { server, editor, store, .. } = &stage(backend);
    let id = editor.create("Pilot", 1);
    let path = format!("/api/v1/episodes/{id}");
    let viewer = server.api(&store.token("viewer@example.com", "viewer"));
    assert_eq!(editor.get(&path).body["viewers"].as_array().unwrap().len(), 1);
    editor.get(&path);
    let answer = viewer.get(&path);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let viewers = answer.body["viewers"].as_array().unwrap();
    let mut names: Vec<&str> = viewers.iter().map(|viewer| viewer["userName"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["editor@example.com", "viewer@example.com"]);
    assert!(viewers.iter().all(|viewer| viewer["userId"].is_string() && viewer["since"].is_string()));
    let mut outside = store.outside();
    let row = format!("user_presence where user_name = 'viewer@example.com' and cast(subject_id as text) = '{id}'");
    eventually("the viewer's row", || (outside.count(&row) == 1).then_some(()));
}

fn read_marks_stay_and_unread_notifications_are_counted(backend: Backend) {
    let Stage { editor, .. } = &stage(backend);
    let unread = || editor.get("/api/v1/notifications/unread-count").body["data"]["unread"].clone();
    for number in 0..3 {
        editor.create("Pilot", number);
    }
    assert_eq!(unread(), 3);
    let id = editor.get("/api/v1/notifications").list()[0]["id"].as_str().unwrap().to_owned();
    let read = editor.post(&format!("/api/v1/notifications/{id}/read"), &Value::Null);
    assert!(read.status == 200 && read.body["data"]["read_at"].is_string(), "{read:?}");
    assert_eq!(unread(), 2);
    assert_eq!(editor.get("/api/v1/notifications?unread=true").list().len(), 2);
    assert_eq!(editor.post("/api/v1/notifications/read-all", &Value::Null).status, 200);
    assert_eq!(unread(), 0);
    assert_eq!(editor.delete(&format!("/api/v1/notifications/{id}")).status, 200);
    assert_eq!(editor.get("/api/v1/notifications").list().len(), 2);
}

fn catching_up_over_http_gives_what_was_seen_live(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    for number in 0..20 {
        let id = editor.create("Pilot", number);
        editor.put(&format!("/api/v1/episodes/{id}"), &json!({"genre": "Drama"}));
    }
    let last = editor.create("Finale", 20);
    let seen = live.events_until(|event| event.name == "notification" && event.data()["data"]["resourceId"] == *last);

    let mut caught_up: Vec<Value> = Vec::new();
    let mut since = (seen[0].seq - 1).to_string();
    loop {
        let answer = editor.get(&format!("/api/v1/events?since={since}&limit=7"));
        assert_eq!(answer.status, 200, "{answer:?}");
        if answer.list().is_empty() {
            break;
        }
        caught_up.extend_from_slice(answer.list());
        answer.body["page"]["next_cursor"].as_str().unwrap().clone_into(&mut since);
    }
    let seen: Vec<Value> = seen.into_iter().map(|event: Event| event.envelope).collect();
    assert_eq!(caught_up, seen);
}

fn a_viewer_sees_changes_live_but_makes_none(backend: Backend) {
    let Stage { server, editor, store, .. } = &stage(backend);
    let token = server.sign_in(store, "viewer@example.com", "viewer");
    let (viewer, mut live) = (server.api(&token), server.live(&token));
    live.subscribe(&["episodes"], None);
    let refused = viewer.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": 1}));
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("FORBIDDEN")));
    let id = editor.create("Pilot", 2);
    assert_eq!(live.event().data()["episode"]["id"], *id);
}

fn a_notification_reaches_its_owner_alone(backend: Backend) {
    let Stage { server, editor, live, store } = &mut stage(backend);
    let mut other = server.live(&store.token("viewer@example.com", "viewer"));
    other.subscribe(&["feed"], None);
    for number in 0..2 {
        editor.create("Pilot", number);
    }
    let own = live.events_until_named("notification");
    assert_eq!(own.last().unwrap().name, "notification");
    let seen = [other.event(), other.event()];
    assert!(seen.iter().all(|event| event.name == "episode_created"), "{seen:?}");
    assert!(server.api(&store.token("viewer@example.com", "viewer")).get("/api/v1/notifications").list().is_empty());
}

fn an_unchanged_update_makes_no_event(backend: Backend) {
    let Stage { editor, live, .. } = &mut stage(backend);
    let id = editor.create("Pilot", 1);
    let unchanged = editor.put(&format!("/api/v1/episodes/{id}"), &json!({"title": "Pilot"}));
    assert_eq!((unchanged.status, &unchanged.body["data"]["version"]), (200, &json!(1)));
    editor.put(&format!("/api/v1/episodes/{id}"), &json!({"title": "Later"}));
    let events = live.events_until_named("episode_updated");
    assert_eq!(events.last().unwrap().data()["episode"]["version"], 2);
}

fn what_was_committed_before_a_restart_is_there_after_it(backend: Backend) {
    let Stage { mut server, editor, store, mut live } = stage(backend);
    let id = editor.create("Pilot", 1);
    let seen = live.events_until_named("notification");
    server.terminate();
    assert!(server.wait().success());
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    assert_eq!(server.api(&token).get(&format!("/api/v1/episodes/{id}")).body["data"]["title"], "Pilot");
    let mut live = server.live(&token);
    live.subscribe(&["feed"], Some(seen[0].seq - 1));
    for event in seen {
        assert_eq!(live.event_within(PATIENCE).unwrap(), Some(event));
    }
}

fn a_client_that_resumes_beyond_the_head_is_told_to_begin_anew(backend: Backend) {
    let Stage { server, editor, store, .. } = &stage(backend);
    editor.create("Pilot", 1);
    let head = store.outside().wait_until_read();
    let mut live = server.live(&store.token("editor@example.com", "editor"));
    live.send(&json!({"type": "subscribe", "topics": ["feed"], "since": head + 1})).unwrap();
    let Received::Frame(resync) = live.receive(PATIENCE).unwrap() else { panic!("no frame") };
    assert_eq!((&resync["type"], &resync["head"]), (&json!("resync"), &json!(head)), "{resync}");
    editor.create("Second", 2);
    let Received::Frame(subscribed) = live.receive(PATIENCE).unwrap() else { panic!("no frame") };
    assert_eq!((&subscribed["type"], &subscribed["from"]), (&json!("subscribed"), &json!(head)), "{subscribed}");
    assert_eq!(live.event().seq, head + 1);
}

fn whoever_asks_is_told_whether_the_server_is_well(backend: Backend) {
    let Stage { server, .. } = &stage(backend);
    let nobody = server.api("");
    for path in ["/livez", "/readyz", "/health"] {
        let answer = nobody.get(path);
        assert_eq!((answer.status, &answer.body["status"]), (200, &json!("ok")), "{path}: {answer:?}");
    }
}
