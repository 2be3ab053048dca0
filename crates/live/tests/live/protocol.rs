//! Frames, answers and refusals.

use std::time::Duration;

use serde_json::json;
use showrunner_domain::event::Audience;
use showrunner_live::{Pace, close_code};
use tungstenite::Message;

use crate::log::{MemoryLog, episode};
use crate::server::Server;

#[test]
fn frames_are_answered_in_order_and_an_event_has_every_member_of_its_envelope() {
    let server = Server::of(MemoryLog::holding(2));
    let mut client = server.connect();
    client.authenticate("viewer/1");
    client.subscribe(&["episodes", "me"], None);
    client.send(&json!({"type": "ping"}));
    assert_eq!(client.next(), json!({"type": "ready", "head": 2}));
    assert_eq!(client.next(), json!({"type": "subscribed", "topics": ["episodes", "me"], "from": 2}));
    assert_eq!(client.next(), json!({"type": "pong"}));

    server.log.append(episode(1), Audience::Readers, r#"{"b":1,"a":"ä"}"#);
    let event = client.next();
    let expected = json!({
        "type": "event", "seq": 3, "id": "00000000-0000-0000-0000-000000000003", "event": "episode_updated",
        "data": {"b": 1, "a": "ä"}, "timestamp": "1970-01-01T00:00:00.000001Z",
    });
    assert_eq!(event, expected);
}

#[test]
fn every_refusal_has_its_code_and_leaves_the_connection_as_it_was() {
    let server = Server::of(MemoryLog::holding(2));
    let mut client = server.connect();
    client.subscribe(&["feed"], None);
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    client.send(&json!({"type": "unsubscribe", "topics": ["feed"]}));
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    client.authenticate("down");
    assert_eq!(client.next_error(), "UNAVAILABLE");
    client.authenticate("editor/1");
    assert_eq!(client.next()["type"], "ready");

    client.text("hello");
    assert_eq!(client.next_error(), "MALFORMED");
    client.message(Message::binary(b"{}".to_vec()));
    assert_eq!(client.next_error(), "MALFORMED");
    client.send(&json!({"type": "subscribe", "topics": ["feed"], "since": -1}));
    assert_eq!(client.next_error(), "MALFORMED");
    client.send(&json!({"type": "view", "resource": "episode", "id": "1"}));
    assert_eq!(client.next_error(), "MALFORMED");
    client.send(&json!({"type": "dance"}));
    assert_eq!(client.next_error(), "UNKNOWN_TYPE");
    client.subscribe(&["feed", "job"], None);
    assert_eq!(client.next_error(), "UNKNOWN_TOPIC");
    server.log.fail(true);
    client.subscribe(&["feed"], None);
    assert_eq!(client.next_error(), "UNAVAILABLE");
    server.log.fail(false);
    server.log.grow(1);
    assert!(client.hears_nothing());

    client.subscribe(&["feed"], Some(2));
    assert_eq!(client.next()["from"], 2);
    assert_eq!(client.next_event(), 3);
    client.subscribe(&["me"], Some(2));
    assert_eq!(client.next_error(), "SINCE_NOT_ALLOWED");
}

#[test]
fn a_worker_may_not_subscribe() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.admit("worker/1");
    client.subscribe(&["feed"], None);
    assert_eq!(client.next_error(), "FORBIDDEN");
}

#[test]
fn a_connection_holds_two_hundred_topics_and_counts_each_once() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.admit("editor/1");
    let topics: Vec<String> = (0..200).map(|n| format!("episode:00000000-0000-0000-0000-{n:012}")).collect();
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    for half in [&topics[..100], &topics[100..], &topics[..100]] {
        client.subscribe(half, None);
        assert_eq!(client.next()["type"], "subscribed");
    }
    client.subscribe(&["feed", "feed"], None);
    assert_eq!(client.next_error(), "TOO_MANY_TOPICS");
    client.send(&json!({"type": "unsubscribe", "topics": [topics[7]]}));
    client.subscribe(&["feed", "feed"], None);
    assert_eq!(client.next()["type"], "subscribed");
}

#[test]
fn a_hundred_refusals_in_a_row_end_a_connection_and_a_good_frame_starts_the_count_anew() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    for _ in 0..99 {
        client.text("{}");
        assert_eq!(client.next_error(), "MALFORMED");
    }
    assert!(client.hears_nothing());
    for _ in 0..100 {
        client.text("{}");
        assert_eq!(client.next_error(), "MALFORMED");
    }
    assert_eq!(client.next_close(), close_code::POLICY);
    server.wait_for_connections(0);
}

#[test]
fn a_message_that_is_too_long_is_refused_in_one_frame_and_in_many() {
    let server = Server::of(MemoryLog::default());
    let mut whole = server.connect();
    whole.text(" ".repeat(64 * 1024 + 1));
    assert_eq!(whole.next_close(), close_code::TOO_BIG);

    let mut in_parts = server.connect();
    in_parts.fragments(&" ".repeat(1000), 66);
    assert_eq!(in_parts.next_close(), close_code::TOO_BIG);

    let mut just_right = server.connect();
    just_right.text(format!(r#"{{"type":"ping"{}}}"#, " ".repeat(64 * 1024 - 16)));
    assert_eq!(just_right.next()["type"], "pong");
}

#[test]
fn a_frame_that_promises_to_be_huge_is_not_waited_for() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    client.begins_a_frame(1 << 30, 1 << 20);
    assert_eq!(client.next_close(), close_code::TOO_BIG);
}

#[test]
fn a_text_that_is_no_utf_8_is_named_so() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    client.raw(&[0x81, 0x81, 0, 0, 0, 0, 0xff]);
    assert_eq!(client.next_close(), close_code::NOT_UTF8);
}

#[test]
fn many_frames_at_once_are_all_answered() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    let padding = " ".repeat(60_000);
    for _ in 0..40 {
        client.text(format!(r#"{{"type":"ping"{padding}}}"#));
    }
    for _ in 0..40 {
        assert_eq!(client.next()["type"], "pong");
    }
}

#[test]
fn a_draining_server_tells_everybody_to_resume() {
    let server = Server::of(MemoryLog::default());
    let mut early = server.watch(&["feed"]);
    let mut stranger = server.connect();
    server.wait_for_connections(2);
    server.hub.drain();
    assert_eq!(early.next_close(), close_code::RESUME);
    assert_eq!(stranger.next_close(), close_code::RESUME);
    assert_eq!(server.connect().next_close(), close_code::RESUME);
    server.wait_for_connections(0);
}

#[test]
fn a_client_that_answers_pings_stays_and_one_that_is_silent_is_given_up() {
    let pace = Pace {
        ping: Duration::from_millis(20),
        silence: Duration::from_millis(200),
        farewell: Duration::from_millis(50),
        ..Pace::default()
    };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let _silent = server.connect();
    let mut lively = server.watch(&["feed"]);
    server.wait_for_connections(2);
    lively.answer_pings_while(|| server.hub.connections() == 2);
    server.log.grow(1);
    assert_eq!(lively.next_event(), 1);
}

#[test]
fn a_client_that_closes_gets_its_code_back() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["feed"]);
    client.close(4123);
    assert_eq!(client.next_close(), 4123);
    server.wait_for_connections(0);
}
