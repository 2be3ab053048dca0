//! WebSocket clients that break the protocol: they are told or cut off, others notice nothing, nothing changes.

use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bad_input::traces;
use crate::harness::{Backend, Live, PATIENCE, Received, Store, eventually, is_connected, on_both_stores};

on_both_stores!(
    frames_that_make_no_sense_are_answered_with_an_error_and_the_connection_goes_on,
    bytes_that_are_no_frames_end_their_connection_alone,
);

fn frames_that_make_no_sense_are_answered_with_an_error_and_the_connection_goes_on(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("admin@example.com", "admin");
    let mut outside = store.outside();
    let before = traces(&mut outside);
    let mut live = server.live(&token);
    let since = json!({"type": "subscribe", "topics": ["feed"], "since": 0});
    let frames = [
        (json!({"type": "subscribe", "topics": ["weather"]}), "UNKNOWN_TOPIC"),
        (json!({"type": "dance"}), "UNKNOWN_TYPE"),
        (json!({"type": "subscribe"}), "MALFORMED"),
        (json!({"type": "subscribe", "topics": []}), "MALFORMED"),
        (json!({"type": "subscribe", "topics": ["feed"], "since": -1}), "MALFORMED"),
        (json!({"type": "subscribe", "topics": ["feed"], "since": "1"}), "MALFORMED"),
        (json!([1, 2]), "MALFORMED"),
        (Value::Null, "MALFORMED"),
    ];
    for (frame, code) in &frames {
        assert_error(&mut live, frame, code);
    }
    live.subscribe(&["feed"], Some(0));
    live.events_until(|event| event.seq == before[6]);
    assert_error(&mut live, &since, "SINCE_NOT_ALLOWED");
    live.send(&json!({"type": "ping"})).unwrap();
    assert!(matches!(live.receive(PATIENCE).unwrap(), Received::Frame(frame) if frame["type"] == "pong"));
    assert_eq!(traces(&mut outside), before);
}

#[track_caller]
fn assert_error(live: &mut Live, frame: &Value, code: &str) {
    live.send(frame).unwrap();
    match live.receive(PATIENCE).unwrap() {
        Received::Frame(answer) => {
            assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!(code)), "{frame}");
        }
        other => panic!("{frame}: {other:?}"),
    }
}

fn bytes_that_are_no_frames_end_their_connection_alone(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let mut outside = store.outside();
    let before = traces(&mut outside);
    let mut bystander = server.live(&token);
    bystander.subscribe(&["episodes"], None);

    let masked = |head: &[u8], payload: &[u8]| [head, &[0, 0, 0, 0], payload].concat();
    let garbage: [(&str, Vec<u8>); 8] = [
        ("a text that is not masked", [b"\x81\x02".as_slice(), b"{}"].concat()),
        ("a reserved opcode", masked(b"\x83\x82", b"{}")),
        ("reserved bits", masked(b"\xf1\x82", b"{}")),
        ("a text that is no UTF-8", masked(b"\x81\x82", b"\xff\xfe")),
        ("a frame of many terabytes", masked(b"\x81\xff\x00\x00\xff\xff\xff\xff\xff\xff", &b"\0".repeat(1 << 20))),
        ("a fragmented ping", masked(b"\x09\x82", b"{}")),
        ("a continuation of nothing", masked(b"\x80\x82", b"{}")),
        ("HTTP", b"GET / HTTP/1.1\r\nhost: nowhere\r\n\r\n".to_vec()),
    ];
    let server_port = server.address.rsplit_once(':').unwrap().1.parse().unwrap();
    for (name, bytes) in &garbage {
        let mut live = server.live(&token);
        let port = live.stream().local_addr().unwrap().port();
        // The server may hang up before it has heard all.
        let _ = live.stream().write_all(bytes);
        live.close_code();
        eventually(name, || (!is_connected(server_port, port)).then_some(()));
    }
    assert_eq!(traces(&mut outside), before);
    assert!(bystander.event_within(Duration::from_millis(1)).unwrap().is_none());
    let id = server.api(&token).create("Pilot", 1);
    assert_eq!(bystander.event().data()["episode"]["id"], *id);
}
