//! Who is let in, for how long, and what they are told when they are not.

use std::time::Duration;

use showrunner_live::{Pace, close_code};

use crate::client::Client;
use crate::log::MemoryLog;
use crate::server::Server;

fn hasty() -> Pace {
    Pace {
        authentication: Duration::from_millis(100),
        renewal: Duration::from_millis(100),
        ping: Duration::from_millis(10),
        ..Pace::default()
    }
}

#[test]
fn a_token_on_the_upgrade_is_enough_and_a_bad_one_is_refused_there() {
    let server = Server::of(MemoryLog::holding(3));
    let mut client = Client::connect(server.address, Some("viewer/1")).unwrap();
    let ready = client.next();
    assert_eq!((&ready["type"], &ready["head"]), (&"ready".into(), &3.into()));
    assert_eq!(Client::connect(server.address, Some("nobody")).err(), Some(401));
    assert_eq!(Client::connect(server.address, Some("down")).err(), Some(503));
}

#[test]
fn without_a_token_a_connection_is_closed_in_time() {
    let server = Server::with_pace(MemoryLog::default(), hasty());
    let mut client = server.connect();
    assert_eq!(client.next_close(), close_code::AUTHENTICATE);
    server.wait_for_connections(0);
}

#[test]
fn a_bad_token_in_a_frame_closes_the_connection() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.connect();
    client.authenticate("nobody");
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    assert_eq!(client.next_close(), close_code::AUTHENTICATE);
}

#[test]
fn an_expired_token_pauses_delivery_until_it_is_renewed_and_nothing_is_lost() {
    let pace = Pace { ping: Duration::from_millis(10), ..Pace::default() };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let mut client = server.admit("editor/1/100");
    client.subscribe(&["feed"], None);
    assert_eq!(client.next()["type"], "subscribed");
    server.clock.pass(100);
    assert_eq!(client.next_error(), "TOKEN_EXPIRED");
    server.log.grow(2);
    assert!(client.hears_nothing());
    client.subscribe(&["me"], None);
    assert_eq!(client.next_error(), "TOKEN_EXPIRED");
    client.authenticate("editor/1/200");
    assert_eq!(client.next()["type"], "ready");
    assert_eq!((client.next_event(), client.next_event()), (1, 2));
}

#[test]
fn an_expired_token_that_is_not_renewed_closes_the_connection() {
    let server = Server::with_pace(MemoryLog::default(), hasty());
    let mut client = server.admit("editor/1/100");
    server.clock.pass(100);
    assert_eq!(client.next_error(), "TOKEN_EXPIRED");
    assert_eq!(client.next_close(), close_code::AUTHENTICATE);
}

#[test]
fn a_connection_cannot_be_handed_to_another_user() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["feed"]);
    client.authenticate("editor/2");
    assert_eq!(client.next_error(), "UNAUTHENTICATED");
    assert_eq!(client.next_close(), close_code::AUTHENTICATE);
}
