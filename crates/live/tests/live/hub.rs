//! The hub goes on, whatever the log does.

use crate::log::MemoryLog;
use crate::server::{Server, wait_until};

#[test]
fn live_delivery_survives_a_log_that_panics() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["feed"]);
    server.log.grow(1);
    assert_eq!(client.next_event(), 1);
    server.log.panic(2);
    wait_until(|| server.log.panics_seen() == 2);
    server.log.grow(1);
    assert_eq!(client.next_event(), 2);
}

#[test]
fn live_delivery_survives_a_log_that_fails_at_first_and_in_between() {
    let log = MemoryLog::holding(1);
    log.fail(true);
    let server = Server::of(log);
    server.log.fail(false);
    let mut client = server.watch(&["feed"]);
    server.log.grow(1);
    assert_eq!(client.next_event(), 2);
    server.log.fail(true);
    server.log.grow(1);
    assert!(client.hears_nothing());
    server.log.fail(false);
    assert_eq!(client.next_event(), 3);
}
