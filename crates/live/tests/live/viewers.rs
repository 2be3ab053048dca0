//! Who looks at a record: views, and whom connections are told of.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::log::MemoryLog;
use crate::presence::EPISODES;
use crate::server::Server;

fn record(kind: &str, number: u128) -> Value {
    json!({"type": kind, "resource": "episode", "id": Uuid::from_u128(number)})
}

/// The users of the next presence frame of episode 1 that names `expected`; versions never fall until then.
fn told(client: &mut Client, expected: &[u128]) -> u64 {
    let mut last = 0;
    loop {
        let frame = client.next();
        assert_eq!(
            (&frame["type"], &frame["resource"], &frame["id"]),
            (&json!("presence"), &json!("episode"), &json!(Uuid::from_u128(1))),
            "{frame}"
        );
        let version = frame["version"].as_u64().unwrap();
        assert!(version >= last, "{frame} after version {last}");
        last = version;
        let viewers = frame["viewers"].as_array().unwrap();
        assert!(viewers.iter().all(|viewer| viewer["userName"] == "Somebody" && viewer["since"].is_string()));
        let mut users: Vec<u128> = viewers
            .iter()
            .map(|viewer| viewer["userId"].as_str().unwrap().parse::<Uuid>().unwrap().as_u128())
            .collect();
        users.sort_unstable();
        if users == expected {
            return last;
        }
    }
}

#[test]
fn whoever_views_a_record_is_told_at_once_who_does_and_then_who_comes_and_goes() {
    let server = Server::of(MemoryLog::default());
    let (mut first, mut second) = (server.admit("editor/1"), server.admit("viewer/2"));
    first.send(&record("view", 1));
    told(&mut first, &[1]);
    second.send(&record("view", 1));
    told(&mut second, &[1, 2]);
    let both = told(&mut first, &[1, 2]);
    second.send(&record("unview", 1));
    assert!(told(&mut first, &[1]) > both);
}

#[test]
fn a_user_with_two_connections_is_gone_when_both_are() {
    let server = Server::of(MemoryLog::default());
    let mut watcher = server.watch(&[&format!("episode:{}", Uuid::from_u128(1))]);
    let mut tabs = [(); 2].map(|()| server.admit("viewer/2"));
    for tab in &mut tabs {
        tab.send(&record("view", 1));
        told(tab, &[2]);
    }
    told(&mut watcher, &[2]);
    let [tab, other] = tabs;
    drop(tab);
    server.wait_for_connections(2);
    // A third user comes and goes: had the second gone, that would be told by then.
    let mut third = server.admit("viewer/3");
    third.send(&record("view", 1));
    told(&mut watcher, &[2, 3]);
    third.send(&record("unview", 1));
    told(&mut watcher, &[2]);
    drop(other);
    told(&mut watcher, &[]);
}

#[test]
fn only_those_who_view_a_record_or_subscribe_to_it_are_told() {
    let server = Server::of(MemoryLog::default());
    let mut others = [
        server.watch(&["feed", "episodes"]),
        server.watch(&[&format!("episode:{}", Uuid::from_u128(2))]),
        server.admit("editor/1"),
    ];
    others[2].send(&record("view", 2));
    assert_eq!(others[2].next()["id"], json!(Uuid::from_u128(2)));
    assert_eq!(others[1].next()["id"], json!(Uuid::from_u128(2)));
    let mut watcher = server.watch(&[&format!("episode:{}", Uuid::from_u128(1))]);
    let mut viewer = server.admit("viewer/2");
    viewer.send(&record("view", 1));
    told(&mut watcher, &[2]);
    assert!(others[0].hears_nothing());
    for other in &mut others[1..] {
        other.send(&json!({"type": "ping"}));
        while let frame = other.next()
            && frame["type"] != "pong"
        {
            assert_eq!(frame["id"], json!(Uuid::from_u128(2)), "{frame}");
        }
    }
    watcher.send(&json!({"type": "unsubscribe", "topics": [format!("episode:{}", Uuid::from_u128(1))]}));
    assert!(watcher.hears_nothing());
    viewer.send(&record("unview", 1));
    let mut later = server.watch(&[&format!("episode:{}", Uuid::from_u128(1))]);
    viewer.send(&record("view", 1));
    told(&mut later, &[2]);
    assert!(watcher.hears_nothing());
}

#[test]
fn a_view_that_is_repeated_counts_once_and_is_answered_once() {
    let server = Server::of(MemoryLog::default());
    let mut watcher = server.watch(&[&format!("episode:{}", Uuid::from_u128(1))]);
    let mut viewer = server.admit("viewer/2");
    viewer.send(&record("view", 1));
    told(&mut watcher, &[2]);
    for _ in 0..50 {
        viewer.send(&record("view", 1));
    }
    viewer.send(&record("unview", 1));
    told(&mut watcher, &[]);
}

#[test]
fn a_view_that_cannot_be_is_refused_and_counts_for_nothing() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    client.send(&record("view", 1));
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    client.send(&record("unview", 1));
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    client.authenticate("viewer/2");
    assert_eq!(client.next()["type"], "ready");
    client.send(&record("view", EPISODES + 1));
    assert_eq!(client.next_error(), "NOT_FOUND");
    client.send(&json!({"type": "view", "resource": "server", "id": Uuid::nil()}));
    assert_eq!(client.next_error(), "MALFORMED");
    let mut worker = server.admit("worker/3");
    worker.send(&record("view", 1));
    assert_eq!(worker.next_error(), "FORBIDDEN");
    client.send(&record("view", 1));
    told(&mut client, &[2]);
}

#[test]
fn a_connection_views_at_most_32_records() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.admit("viewer/2");
    let refusal = |client: &mut Client, number: u128| {
        client.send(&record("view", number));
        client.send(&json!({"type": "ping"}));
        loop {
            let frame = client.next();
            match frame["type"].as_str().unwrap() {
                "presence" => {}
                "pong" => return None,
                "error" => return frame["code"].as_str().map(str::to_owned),
                _ => panic!("{frame}"),
            }
        }
    };
    for number in 1..=32 {
        assert_eq!(refusal(&mut client, number), None);
    }
    assert_eq!(refusal(&mut client, 33).as_deref(), Some("TOO_MANY_VIEWS"));
}
