//! Who is there and who looks at what, over all connections and nodes.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Api, Backend, Live, PATIENCE, Received, Server, Store, eventually, on_both_stores};

on_both_stores!(
    a_user_with_two_tabs_is_there_until_both_are_closed,
    a_plain_look_and_a_view_make_one_entry_of_a_user,
    what_a_user_chooses_is_seen_by_others,
    those_who_view_a_record_are_told_in_order_who_comes_and_goes,
    a_server_that_is_asked_to_end_takes_its_connections_along,
    #[ignore = "drill: two thousand connections that heartbeat for a while"]
    heartbeats_of_two_thousand_connections_cost_few_writes,
);

/// For how long a killed node may leave connections behind.
const GHOSTS_AT_MOST: Duration = Duration::from_secs(15);

fn view(episode: &str) -> Value {
    json!({"type": "view", "resource": "episode", "id": episode})
}

/// A connection that views `episode` and was answered.
fn viewer(server: &Server, token: &str, episode: &str) -> Live {
    let mut live = server.live(token);
    live.send(&view(episode)).unwrap();
    let Received::Frame(frame) = live.receive(PATIENCE).unwrap() else { panic!("no answer to a view") };
    assert_eq!(frame["type"], "presence", "{frame}");
    live
}

/// The names of those who look at `episode`, as others than they see them.
fn viewers(api: &Api, episode: &str) -> BTreeSet<String> {
    let answer = api.get(&format!("/api/v1/presence/episode/{episode}"));
    answer.list().iter().map(|viewer| viewer["userName"].as_str().unwrap().to_owned()).collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn a_user_with_two_tabs_is_there_until_both_are_closed(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create("Pilot", 1);
    let token = store.token("viewer@example.com", "viewer");
    let rows =
        format!("user_presence where user_name = 'viewer@example.com' and cast(subject_id as text) = '{episode}'");
    let (one, two) = (viewer(&server, &token, &episode), viewer(&server, &token, &episode));
    let mut outside = store.outside();
    eventually("the viewer's row", || (outside.count(&rows) == 1).then_some(()));
    assert_eq!(viewers(&editor, &episode), names(&["viewer@example.com"]));
    drop(one);
    // Another comes and goes meanwhile: had the viewer gone with the first tab, it would be seen by then.
    let mut other = viewer(&server, &store.token("other@example.com", "viewer"), &episode);
    eventually("the other comes", || (viewers(&editor, &episode).len() == 2).then_some(()));
    other.send(&json!({"type": "unview", "resource": "episode", "id": episode})).unwrap();
    eventually("the other goes", || {
        let there = viewers(&editor, &episode);
        assert!(there.contains("viewer@example.com"), "one tab is still open");
        (there.len() == 1).then_some(())
    });
    drop(two);
    eventually("nobody is there", || viewers(&editor, &episode).is_empty().then_some(()));
    eventually("no row is there", || (outside.count(&rows) == 0).then_some(()));
}

fn a_plain_look_and_a_view_make_one_entry_of_a_user(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let path = format!("/api/v1/episodes/{}", editor.create("Pilot", 1));
    let _tab = viewer(&server, &token, path.rsplit_once('/').unwrap().1);
    let answer = editor.get(&path);
    assert_eq!(answer.body["viewers"].as_array().unwrap().len(), 1, "{answer:?}");
}

fn what_a_user_chooses_is_seen_by_others(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let viewer_token = store.token("viewer@example.com", "viewer");
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let seen = |api: &Api| {
        let answer = api.get("/api/v1/presence");
        let entry = answer.list().iter().find(|entry| entry["user_name"] == "viewer@example.com").cloned();
        entry.map(|entry| (entry["state"].clone(), entry["status_message"].clone()))
    };
    assert_eq!(seen(&editor), None);
    let live = server.live(&viewer_token);
    eventually("they are online", || (seen(&editor)? == (json!("online"), Value::Null)).then_some(()));
    let api = server.api(&viewer_token);
    for state in ["busy", "away", "offline"] {
        let chosen = api.put("/api/v1/presence", &json!({"state": state, "status_message": "Cutting"}));
        assert_eq!((chosen.status, &chosen.body["data"]["state"]), (200, &json!(state)), "{chosen:?}");
        assert_eq!(seen(&editor), Some((json!(state), json!("Cutting"))));
    }
    drop(live);
    let rows = "presence_choices where state = 'offline' and status_message = 'Cutting'";
    let mut outside = store.outside();
    eventually("the choice is kept", || (outside.count(rows) == 1).then_some(()));
    drop(server);
    let server = store.serve();
    let _live = server.live(&viewer_token);
    let editor = server.api(&store.token("editor@example.com", "editor"));
    assert_eq!(seen(&editor), Some((json!("offline"), json!("Cutting"))), "a choice outlasts a restart");
}

fn those_who_view_a_record_are_told_in_order_who_comes_and_goes(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let episode = server.api(&token).create("Pilot", 1);
    let mut watcher = viewer(&server, &token, &episode);
    let mut guests: Vec<_> = (0..5)
        .map(|number| viewer(&server, &store.token(&format!("viewer{number}@example.com"), "viewer"), &episode))
        .collect();
    let mut last = 0;
    let mut told = |watcher: &mut Live, count: usize| {
        loop {
            let Received::Frame(frame) = watcher.receive(PATIENCE).unwrap() else { panic!("no frame") };
            assert_eq!((&frame["type"], &frame["id"]), (&json!("presence"), &json!(episode)), "{frame}");
            assert!(frame.get("seq").is_none());
            let version = frame["version"].as_i64().unwrap();
            assert!(version >= last, "version {version} after {last}");
            last = version;
            if frame["viewers"].as_array().unwrap().len() == count {
                return;
            }
        }
    };
    told(&mut watcher, 6);
    guests.truncate(2);
    told(&mut watcher, 3);
    guests.clear();
    told(&mut watcher, 1);
    let head = store.outside().wait_until_read();
    assert_eq!(watcher.subscribe(&["feed"], None), head, "presence has no place in the log");
}

fn a_server_that_is_asked_to_end_takes_its_connections_along(backend: Backend) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let episode = server.api(&token).create("Pilot", 1);
    let tabs = [viewer(&server, &token, &episode), viewer(&server, &token, &episode)];
    let rows = format!("user_presence where cast(subject_id as text) = '{episode}'");
    let mut outside = store.outside();
    eventually("the row", || (outside.count(&rows) == 1).then_some(()));
    server.terminate();
    for mut tab in tabs {
        assert!(tab.close_code().is_some());
    }
    assert!(server.wait().success());
    assert_eq!((outside.count(&rows), outside.count("presence_leases")), (0, 0));
}

/// Kills a node with `size` viewers of one episode; answers how long it took until none of them was left elsewhere.
fn kill_a_node_with(size: usize) -> Duration {
    let store = Store::new(Backend::Postgres);
    let (killed, witness) = (store.serve(), store.serve_from("other"));
    let token = store.token("editor@example.com", "editor");
    let editor = witness.api(&token);
    let episode = editor.create("Pilot", 1);
    let path = format!("/api/v1/presence/episode/{episode}");
    // First all tokens, then all connections: one that waited for the others' tokens would be given up for silence.
    let tokens: Vec<String> = thread::scope(|scope| {
        let store = &store;
        let minting = move |share: usize| {
            let numbers = (share..size).step_by(4);
            numbers.map(|number| store.token(&format!("viewer{number}@example.com"), "viewer")).collect::<Vec<_>>()
        };
        let minters: Vec<_> = (0..4).map(|share| scope.spawn(move || minting(share))).collect();
        minters.into_iter().flat_map(|minter| minter.join().unwrap()).collect()
    });
    let connections: Vec<_> = tokens.iter().map(|token| viewer_unanswered(&killed, token, &episode)).collect();
    let _stays = viewer(&witness, &token, &episode);
    // A list names a thousand at most.
    let seen = (size + 1).min(1_000);
    eventually("all are seen elsewhere", || (editor.get(&path).list().len() == seen).then_some(()));
    killed.kill();
    let begin = Instant::now();
    eventually("no ghost is left", || (viewers(&editor, &episode) == names(&["editor@example.com"])).then_some(()));
    let took = begin.elapsed();
    drop(connections);
    let mut outside = store.outside();
    let rows = format!("user_presence where cast(subject_id as text) = '{episode}'");
    assert_eq!(outside.count(&rows), 1, "their rows are gone too");
    took
}

/// A connection that views `episode`; the answer is left unread.
fn viewer_unanswered(server: &Server, token: &str, episode: &str) -> Live {
    let mut live = server.live(token);
    live.send(&view(episode)).unwrap();
    live
}

#[test]
fn a_killed_node_leaves_no_ghosts() {
    kill_a_node_with(10);
}

#[test]
#[ignore = "drill: a thousand viewers on a node that is killed"]
fn a_thousand_viewers_on_a_killed_node_are_gone_within_15_seconds() {
    let took = kill_a_node_with(1_000);
    println!("1,000 viewers of a killed node: 0 ghosts after {took:.1?}");
    assert!(took < GHOSTS_AT_MOST, "{took:?}");
}

/// Every write of presence draws one revision in its transaction, and nothing else does: what is drawn is what was
/// written.
fn heartbeats_of_two_thousand_connections_cost_few_writes(backend: Backend) {
    const CONNECTIONS: usize = 2_000;
    const LASTS: Duration = Duration::from_secs(30);
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episodes: Vec<String> = (0..40).map(|number| editor.create("Pilot", number)).collect();
    let users: Vec<String> =
        (0..50).map(|number| store.token(&format!("viewer{number}@example.com"), "viewer")).collect();
    let mut outside = store.outside();
    let mut revision = move || outside.number("select revision from presence_head");
    let (before, begin) = (revision(), Instant::now());
    // Each connection is the only one of its user at its record: a row of its own.
    let mut connections: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let live = viewer_unanswered(&server, &users[number % users.len()], &episodes[number / users.len()]);
            live.into_socket()
        })
        .collect();
    let joining = a_second(revision() - before, begin);
    let (before, begin) = (revision(), Instant::now());
    let mut heartbeats = 0;
    while begin.elapsed() < LASTS {
        for (number, connection) in connections.iter_mut().enumerate() {
            let ping = json!({"type": "ping"}).to_string();
            let again = view(&episodes[number / users.len()]).to_string();
            for text in [ping, again] {
                connection.send(tungstenite::Message::text(text)).unwrap();
                heartbeats += 1;
            }
            connection.get_ref().set_nonblocking(true).unwrap();
            while connection.read().is_ok() {}
            connection.get_ref().set_nonblocking(false).unwrap();
        }
        thread::sleep(Duration::from_millis(200));
    }
    let beating = a_second(revision() - before, begin);
    let rate = a_second(heartbeats, begin);
    println!(
        "{CONNECTIONS} connections on {backend:?}: {joining:.1} presence transactions a second while they join, \
         {beating:.1} at {rate:.0} heartbeats a second"
    );
    assert!(joining < 20.0 && beating < 20.0, "{joining} and {beating} transactions a second");
}

#[expect(clippy::cast_precision_loss, reason = "a rate to be looked at")]
fn a_second(count: i64, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}
