//! Resuming: every event after `since`, then live ones, each once and in order; or one `resync`.

use std::time::Duration;

use serde_json::json;
use showrunner_live::Pace;
use uuid::Uuid;

use crate::client::Client;
use crate::log::MemoryLog;
use crate::server::Server;

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
        let readers: Vec<_> = (0..6)
            .map(|n| {
                let since = n * 600;
                let mut client = server.admit("editor/1");
                client.subscribe(&["feed"], Some(since));
                assert_eq!(client.next()["from"], since);
                scope.spawn(move || {
                    for expected in since + 1..=EVENTS {
                        assert_eq!(client.next_event(), expected as u64);
                    }
                    assert!(client.hears_nothing());
                })
            })
            .collect();
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[test]
fn a_since_that_the_log_does_not_reach_or_never_reached_gets_one_resync_and_then_what_is_new() {
    let server = Server::of(MemoryLog::holding(9));
    server.log.forget(5);
    for since in [0, 4, 10, usize::try_from(i64::MAX).unwrap()] {
        let mut client = server.admit("editor/1");
        client.subscribe(&["feed"], Some(since));
        let head = client.next();
        assert_eq!((&head["type"], &head["head"]), (&"resync".into(), &9.into()));
        assert!(head["reason"].is_string());
        assert_eq!(client.next(), json!({"type": "subscribed", "topics": ["feed"], "from": 9}));
        assert!(client.hears_nothing());
    }
    let mut client = server.admit("editor/1");
    client.subscribe(&["feed"], Some(5));
    assert_eq!(client.next()["from"], 5);
    assert_eq!(client.next_event(), 6);
}

#[test]
fn what_falls_out_of_the_log_before_it_was_sent_is_a_resync_and_never_a_part() {
    const EVENTS: u64 = 6_000;
    let pace = Pace { ping: Duration::from_millis(10), ..Pace::default() };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let mut late = server.admit("editor/1/100");
    late.subscribe(&["feed"], None);
    assert_eq!(late.next()["type"], "subscribed");
    server.clock.pass(100);
    assert_eq!(late.next_error(), "TOKEN_EXPIRED");

    let mut lively = server.watch(&["feed"]);
    server.log.grow(6_000);
    for expected in 1..=EVENTS {
        assert_eq!(lively.next_event(), expected);
    }
    server.log.forget(500);
    late.authenticate("editor/1/200");
    assert_eq!(late.next()["type"], "ready");
    let resync = late.next();
    assert_eq!((&resync["type"], &resync["head"]), (&"resync".into(), &EVENTS.into()));
    server.log.grow(1);
    assert_eq!(late.next_event(), EVENTS + 1);
}

#[test]
fn a_store_that_fails_during_a_replay_delays_it_and_loses_nothing() {
    let server = Server::of(MemoryLog::holding(10));
    let mut client = server.admit("editor/1");
    client.subscribe(&["feed"], Some(10));
    assert_eq!(client.next()["from"], 10);
    server.log.fail(true);
    server.log.grow(5);
    assert!(client.hears_nothing());
    server.log.fail(false);
    for expected in 11..=15 {
        assert_eq!(client.next_event(), expected);
    }
}

/// A subscription to the feed that resumes after place `since`, where it saw the event `since_id`.
fn resume(server: &Server, since: usize, since_id: u128) -> Client {
    let mut client = server.admit("editor/1");
    let since_id = Uuid::from_u128(since_id);
    client.send(&json!({"type": "subscribe", "topics": ["feed"], "since": since, "since_id": since_id}));
    client
}

#[test]
fn who_names_the_event_that_it_saw_resumes_where_the_log_has_it_and_gets_a_resync_where_not() {
    let server = Server::of(MemoryLog::holding(9));
    let mut client = resume(&server, 5, 5);
    assert_eq!(client.next()["from"], 5);
    assert_eq!(client.next_event(), 6);

    server.log.forget(4);
    for (since, since_id) in [(5, 6), (4, 4), (9, 1)] {
        let mut client = resume(&server, since, since_id);
        let told = client.next();
        assert_eq!((&told["type"], &told["head"]), (&"resync".into(), &9.into()), "{since}:{since_id}");
        assert_eq!(client.next()["from"], 9);
    }
}

#[test]
fn a_log_that_was_restored_goes_on_for_those_who_saw_no_more_than_the_backup_and_resyncs_the_others() {
    let server = Server::of(MemoryLog::holding(3));
    let mut client = server.watch(&["feed"]);
    server.log.move_on(1_000);
    for since in [4, 500, 1_002] {
        let mut other = server.admit("editor/1");
        other.subscribe(&["feed"], Some(since));
        let told = other.next();
        assert_eq!((&told["type"], &told["head"]), (&"resync".into(), &1_003.into()), "{since}");
    }
    server.log.grow(2);
    for since in [1, 3, 1_003] {
        let mut same = server.admit("editor/1");
        same.subscribe(&["feed"], Some(since));
        assert_eq!(same.next()["from"], since);
        for expected in (since + 1..=3).chain(1_004..=1_005) {
            assert_eq!(same.next_event(), expected as u64);
        }
    }
    assert_eq!((client.next_event(), client.next_event()), (1_004, 1_005), "a running hub is not held up");
}
