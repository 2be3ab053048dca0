//! Who gets which event, and from where on.

use serde_json::json;
use showrunner_domain::event::Audience;
use showrunner_domain::identity::UserId;
use showrunner_domain::{ResourceKind, Subject};
use uuid::Uuid;

use crate::log::{MemoryLog, episode};
use crate::server::Server;

const EPISODE_1: &str = "episode:00000000-0000-0000-0000-000000000001";

fn user(number: u128) -> Audience {
    Audience::User(UserId::new(Uuid::from_u128(number)))
}

#[test]
fn an_event_of_several_topics_comes_once() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["episodes", EPISODE_1, "feed"]);
    server.log.grow(2);
    assert_eq!((client.next_event(), client.next_event()), (1, 2));
    assert!(client.hears_nothing());
}

#[test]
fn a_topic_that_is_added_later_counts_from_its_own_place() {
    let server = Server::of(MemoryLog::holding(4));
    server.log.append(episode(2), Audience::Readers, "{}");
    let mut client = server.admit("editor/1");
    client.subscribe(&[EPISODE_1], Some(2));
    client.subscribe(&["feed"], None);
    assert_eq!(client.next(), json!({"type": "subscribed", "topics": [EPISODE_1], "from": 2}));
    let mut places = Vec::new();
    while places.len() < 3 {
        let frame = client.next();
        match frame["type"].as_str() {
            Some("subscribed") => {
                assert_eq!(frame["from"], 5);
                server.log.append(episode(2), Audience::Readers, "{}");
            }
            _ => places.push(frame["seq"].as_u64().unwrap()),
        }
    }
    assert_eq!(places, [3, 4, 6]);
}

#[test]
fn unsubscribing_is_silent_and_coming_back_starts_at_the_head() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["feed"]);
    client.send(&json!({"type": "unsubscribe", "topics": ["feed", "me"]}));
    assert!(client.hears_nothing());
    server.log.grow(3);
    client.subscribe(&["feed"], None);
    assert_eq!(client.next(), json!({"type": "subscribed", "topics": ["feed"], "from": 3}));
    server.log.grow(1);
    assert_eq!(client.next_event(), 4);
}

#[test]
fn everybody_gets_what_they_may_see_live_and_replayed_alike() {
    let server = Server::of(MemoryLog::default());
    let account = Subject::new(ResourceKind::User, Uuid::from_u128(9));
    let tell_everybody = || {
        server.log.append(episode(1), Audience::Readers, "{}");
        server.log.append(account.clone(), Audience::Admins, "{}");
        server.log.append(account.clone(), user(1), "{}");
        server.log.append(account.clone(), user(2), "{}");
    };
    let expectations = [
        ("viewer/1", "feed", [1, 3, 5, 7].as_slice()),
        ("viewer/2", "feed", &[1, 4, 5, 8]),
        ("viewer/2", "me", &[4, 8]),
        ("viewer/2", "episodes", &[1, 5]),
        ("admin/3", "feed", &[1, 2, 5, 6]),
    ];
    tell_everybody();
    let mut clients = expectations.map(|(token, topic, _)| {
        let mut client = server.admit(token);
        client.subscribe(&[topic], Some(0));
        assert_eq!(client.next()["from"], 0);
        client
    });
    tell_everybody();
    for (client, (token, topic, expected)) in clients.iter_mut().zip(expectations) {
        let places: Vec<u64> = expected.iter().map(|_| client.next_event()).collect();
        assert_eq!(places, expected, "{token} {topic}");
        assert!(client.hears_nothing());
    }
}
