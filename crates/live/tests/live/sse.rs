//! The log as server-sent events.

use std::fmt::Display;
use std::time::Duration;

use showrunner_domain::event::Audience;
use showrunner_domain::identity::UserId;
use showrunner_live::Pace;
use uuid::Uuid;

use crate::event_stream::{ACCEPT, EventStream};
use crate::log::{MemoryLog, episode};
use crate::server::{PATIENCE, Server, wait_until};
use crate::slow_reader::is_open;

const EDITOR: &str = "authorization: Bearer editor/1";

/// An editor's stream.
fn watch(server: &Server, query: &str) -> EventStream {
    open(server, query, &[EDITOR])
}

/// An editor's stream that goes on after an event.
fn resume(server: &Server, last: impl Display, query: &str) -> EventStream {
    open(server, query, &[EDITOR, &format!("last-event-id: {last}")])
}

fn open(server: &Server, query: &str, headers: &[&str]) -> EventStream {
    let stream = EventStream::request(server.address, "GET", query, &[&[ACCEPT], headers].concat());
    assert_eq!(stream.status, 200);
    stream
}

/// The status and the problem that a request for a stream is answered with.
fn refusal(server: &Server, query: &str, headers: &[&str]) -> (u16, String) {
    let mut answer = EventStream::request(server.address, "GET", query, &[&[ACCEPT], headers].concat());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    (answer.status, answer.body())
}

#[test]
fn a_stream_has_the_form_of_the_standard_to_the_letter() {
    let server = Server::of(MemoryLog::default());
    server.log.append(episode(1), Audience::Readers, r#"{"b":1,"a":"ä"}"#);
    let mut stream = watch(&server, "?since=0");
    assert_eq!(stream.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(stream.header("cache-control"), Some("no-store"));
    assert_eq!(stream.header("x-accel-buffering"), Some("no"));
    assert_eq!(stream.header("transfer-encoding"), Some("chunked"));
    let first = r#"id: 1:00000000-0000-0000-0000-000000000001
event: episode_updated
data: {"seq":1,"id":"00000000-0000-0000-0000-000000000001","event":"episode_updated","data":{"b":1,"a":"ä"},"timestamp":"1970-01-01T00:00:00.000001Z"}"#;
    assert_eq!(stream.next().unwrap(), first, "replayed");
    server.log.append(episode(1), Audience::Readers, r#"{"b":1,"a":"ä"}"#);
    let second = first.replace("id: 1", "id: 2").replace(":1,\"id\"", ":2,\"id\"").replace("0001\"", "0002\"");
    let second = second.replace("0001\n", "0002\n");
    assert_eq!(stream.next().unwrap(), second, "live");
}

#[test]
fn resume_meets_live_without_gap_or_overlap_while_events_are_appended() {
    const EVENTS: usize = 12_000;
    let server = Server::of(MemoryLog::holding(3_000));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..(EVENTS - 3_000) / 9 {
                server.log.grow(9);
                std::thread::yield_now();
            }
        });
        for last in (0..6).map(|n| n * 600) {
            let mut stream = resume(&server, last, "");
            scope.spawn(move || {
                for expected in last + 1..=EVENTS {
                    assert_eq!(stream.next_event(), expected as u64);
                }
            });
        }
    });
}

#[test]
fn the_last_event_seen_wins_over_since_and_without_both_a_stream_begins_at_the_head() {
    let server = Server::of(MemoryLog::holding(9));
    assert_eq!(resume(&server, 7, "?since=2").next_event(), 8);
    assert_eq!(watch(&server, "?since=2").next_event(), 3);
    let mut stream = watch(&server, "");
    server.log.grow(1);
    assert_eq!(stream.next_event(), 10);
}

#[test]
fn who_names_the_event_that_it_saw_goes_on_where_the_log_has_it_and_is_refused_where_not() {
    let server = Server::of(MemoryLog::holding(9));
    let id = |number: u32| format!("00000000-0000-0000-0000-{number:012}");
    assert_eq!(resume(&server, format!("7:{}", id(7)), "").next_event(), 8);
    assert_eq!(watch(&server, &format!("?since=7&since_id={}", id(7))).next_event(), 8);
    let other = format!("?since=7&since_id={}", id(8));
    let wins = resume(&server, 2, &other).next_event();
    assert_eq!(wins, 3, "the header stands for both parameters");
    let header = format!("last-event-id: 7:{}", id(8));
    for (query, headers) in [(other.as_str(), [EDITOR].as_slice()), ("", &[EDITOR, &header])] {
        let (status, problem) = refusal(&server, query, headers);
        assert_eq!(status, 410, "{query}");
        assert!(problem.contains(r#""code":"LOG_TRUNCATED""#) && problem.contains(r#""head":9"#), "{problem}");
    }
}

#[test]
fn everybody_gets_what_they_asked_for_and_may_see() {
    let server = Server::of(MemoryLog::default());
    let user = |number| Audience::User(UserId::new(Uuid::from_u128(number)));
    let tell_everybody = || {
        server.log.append(episode(1), Audience::Readers, "{}");
        server.log.append(episode(2), Audience::Readers, "{}");
        server.log.append(episode(2), Audience::Admins, "{}");
        server.log.append(episode(2), user(1), "{}");
    };
    tell_everybody();
    let expectations = [
        ("viewer/1", "", [1, 2, 4, 5, 6, 8].as_slice()),
        ("viewer/2", "&topics=feed", &[1, 2, 5, 6]),
        ("viewer/1", "&topics=me", &[4, 8]),
        ("admin/3", "&topics=me,episode:00000000-0000-0000-0000-000000000002", &[2, 3, 6, 7]),
    ];
    let mut streams = expectations.map(|(token, topics, _)| {
        open(&server, &format!("?since=0{topics}"), &[&format!("authorization: Bearer {token}")])
    });
    tell_everybody();
    for (stream, (token, topics, expected)) in streams.iter_mut().zip(expectations) {
        let places: Vec<u64> = expected.iter().map(|_| stream.next_event()).collect();
        assert_eq!(places, expected, "{token} {topics}");
    }
}

#[test]
fn who_may_not_read_the_log_gets_no_stream() {
    let server = Server::of(MemoryLog::default());
    assert_eq!(refusal(&server, "", &[]).0, 401);
    assert_eq!(refusal(&server, "", &["authorization: Bearer nobody"]).0, 401);
    assert_eq!(refusal(&server, "", &["authorization: Bearer worker/1"]).0, 403);
    assert_eq!(server.hub.connections(), 0);
}

#[test]
fn what_is_wrong_with_a_request_is_told_before_a_stream_begins() {
    let server = Server::of(MemoryLog::holding(3));
    let many = format!("?topics={}", vec!["feed"; 101].join(","));
    for (query, field) in [
        ("?limit=5", "limit"),
        ("?since=-1", "since"),
        ("?since=1&since=1", "since"),
        ("?topics=feed,job", "topics"),
        (&many, "topics"),
    ] {
        let (status, problem) = refusal(&server, query, &[EDITOR]);
        assert_eq!(status, 422, "{query}");
        assert!(problem.contains(&format!(r#""field":"{field}""#)), "{query}: {problem}");
    }
    for query in ["?since=1&since_id=x", "?since=1&since_id=", "?since_id=00000000-0000-0000-0000-000000000001"] {
        let (status, problem) = refusal(&server, query, &[EDITOR]);
        assert_eq!(status, 400, "{query}");
        assert!(problem.contains(r#""code":"MALFORMED""#), "{problem}");
    }
    for id in [
        "x",
        "-1",
        "+1",
        "",
        "1:",
        "1:x",
        ":00000000-0000-0000-0000-000000000001",
        "9223372036854775808",
        "1\r\nlast-event-id: 1",
    ] {
        let (status, problem) = refusal(&server, "", &[EDITOR, &format!("last-event-id: {id}")]);
        assert_eq!(status, 400, "{id:?}");
        assert!(problem.contains(r#""code":"MALFORMED""#), "{problem}");
    }
    server.log.fail(true);
    assert_eq!(refusal(&server, "", &[EDITOR]).0, 503);
}

#[test]
fn a_place_that_the_log_does_not_reach_or_never_reached_is_refused_and_no_part_is_replayed() {
    let server = Server::of(MemoryLog::holding(9));
    server.log.forget(5);
    for since in [0, 4, 10, i64::MAX] {
        let header = format!("last-event-id: {since}");
        for (status, problem) in
            [refusal(&server, &format!("?since={since}"), &[EDITOR]), refusal(&server, "?since=9", &[EDITOR, &header])]
        {
            assert_eq!(status, 410);
            assert!(problem.contains(r#""code":"LOG_TRUNCATED","first_seq":6,"head":9"#), "{problem}");
        }
    }
    assert_eq!(resume(&server, 5, "").next_event(), 6);
}

#[test]
fn only_a_get_that_names_the_type_is_answered_with_a_stream() {
    let server = Server::of(MemoryLog::default());
    let status = |method, accept| EventStream::request(server.address, method, "", &[EDITOR, accept]).status;
    assert_eq!(status("GET", "accept: application/json, text/event-stream;q=0.1"), 200);
    assert_eq!(status("GET", "accept: TEXT/Event-Stream"), 200);
    for accept in ["accept: */*", "accept: text/*", "accept: text/event-stream;q=0", "accept:", "x: text/event-stream"]
    {
        assert_eq!(status("GET", accept), 404, "{accept}");
    }
    assert_eq!((status("HEAD", ACCEPT), status("POST", ACCEPT)), (404, 404));
}

#[test]
fn a_silent_stream_says_that_it_is_alive() {
    let server = Server::with_pace(MemoryLog::default(), Pace { ping: Duration::from_millis(10), ..Pace::default() });
    let mut stream = watch(&server, "");
    assert_eq!((stream.next().unwrap(), stream.next().unwrap()), (": keep-alive".into(), ": keep-alive".into()));
}

#[test]
fn a_client_that_goes_is_noticed() {
    let server = Server::with_pace(MemoryLog::default(), Pace { ping: Duration::from_millis(10), ..Pace::default() });
    let stream = watch(&server, "");
    server.wait_for_connections(1);
    drop(stream);
    server.wait_for_connections(0);
}

#[test]
fn a_stream_ends_with_its_token() {
    let server = Server::of(MemoryLog::default());
    let mut stream = open(&server, "", &["authorization: Bearer editor/1/100"]);
    server.log.grow(1);
    assert_eq!(stream.next_event(), 1);
    server.clock.pass(100);
    server.log.grow(1);
    let error = stream.next().unwrap();
    assert!(error.starts_with("event: error\ndata: {\"code\":\"TOKEN_EXPIRED\",\"message\":\""), "{error}");
    assert_eq!(stream.next(), None);
    assert!(stream.is_at_the_end());
    server.wait_for_connections(0);
    assert_eq!(open(&server, "", &["authorization: Bearer editor/1/200", "last-event-id: 1"]).next_event(), 2);
}

#[test]
fn a_server_that_drains_ends_its_streams_whole() {
    let server = Server::of(MemoryLog::holding(2));
    let mut streams = [watch(&server, "?since=0"), watch(&server, "?since=1")];
    assert_eq!((streams[0].next_event(), streams[0].next_event(), streams[1].next_event()), (1, 2, 2));
    server.wait_for_connections(2);
    server.hub.drain();
    for stream in &mut streams {
        assert_eq!(stream.next(), None);
        assert!(stream.is_at_the_end());
    }
    server.wait_for_connections(0);
    assert_eq!(watch(&server, "?since=0").next(), None);
}

/// An event's data that makes hundreds of them more than the kernel takes for a client that does not read.
fn bulk() -> String {
    format!(r#"{{"text":"{}"}}"#, "x".repeat(100_000))
}

#[test]
fn a_client_that_stops_reading_loses_its_socket_and_others_miss_nothing() {
    const EVENTS: u64 = 400;
    let pace = Pace { stall: Duration::from_millis(200), farewell: Duration::from_millis(100), ..Pace::default() };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let idle = watch(&server, "");
    let (mut lively, mut socket) = (watch(&server, ""), server.watch(&["feed"]));
    for expected in 1..=EVENTS {
        server.log.append(episode(1), Audience::Readers, &bulk());
        assert_eq!((lively.next_event(), socket.next_event()), (expected, expected));
    }
    server.wait_for_connections(2);
    wait_until(|| !is_open(server.address, idle.address()));

    server.log.grow(1);
    assert_eq!((lively.next_event(), socket.next_event()), (EVENTS + 1, EVENTS + 1));
}

#[test]
fn what_falls_out_of_the_log_before_it_was_sent_is_a_resync_and_never_a_part() {
    const EVENTS: u64 = 400;
    let server = Server::with_pace(MemoryLog::default(), Pace { stall: PATIENCE, ..Pace::default() });
    let (mut late, mut lively) = (watch(&server, ""), watch(&server, ""));
    for expected in 1..=EVENTS {
        server.log.append(episode(1), Audience::Readers, &bulk());
        assert_eq!(lively.next_event(), expected);
    }
    server.log.forget(399);
    let mut next = 1;
    let resync = loop {
        let record = late.next().unwrap();
        if !(record.starts_with(&format!("id: {next}:")) && record.contains("\nevent: episode_updated\n")) {
            break record;
        }
        next += 1;
    };
    assert!(next < EVENTS);
    let expected = r#"data: {"head":400,"reason":"the log no longer holds what comes next"}"#;
    assert_eq!(resync, format!("id: 400\nevent: resync\n{expected}"));
    server.log.grow(1);
    assert_eq!(late.next_event(), EVENTS + 1);
}

#[test]
fn a_store_that_fails_during_a_replay_delays_it_and_loses_nothing() {
    let server = Server::of(MemoryLog::holding(10));
    let mut stream = watch(&server, "?since=10");
    server.log.fail(true);
    server.log.grow(5);
    server.log.fail(false);
    for expected in 11..=15 {
        assert_eq!(stream.next_event(), expected);
    }
}
