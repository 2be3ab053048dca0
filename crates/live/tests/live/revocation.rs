//! Who was let in and may not stay: connections end when an account's event says so, and nobody else's do.

use showrunner_domain::identity::{SigningKeyId, TokenId};
use showrunner_live::close_code;
use uuid::Uuid;

use crate::event_stream::{ACCEPT, EventStream};
use crate::log::MemoryLog;
use crate::server::Server;

#[test]
fn a_socket_whose_user_is_gone_is_closed_and_others_stay() {
    let server = Server::of(MemoryLog::default());
    let mut gone = server.watch(&["feed"]);
    let mut silent = server.admit("viewer/1");
    let mut other = server.admit("viewer/2");
    server.users.banish(1);
    for event in ["user_deleted", "user_logged_out"] {
        server.log.tell_of_account(event, 1);
    }
    assert_eq!(gone.next_close(), close_code::AUTHENTICATE);
    assert_eq!(silent.next_close(), close_code::AUTHENTICATE, "without any subscription too");
    other.send(&serde_json::json!({"type": "ping"}));
    assert_eq!(other.next()["type"], "pong");
}

#[test]
fn a_socket_that_was_let_in_while_its_user_went_is_closed() {
    let server = Server::of(MemoryLog::default());
    let mut early = server.connect();
    server.users.banish(1);
    server.log.tell_of_account("user_deleted", 1);
    early.authenticate("editor/1");
    assert_eq!(early.next_error(), "UNAUTHENTICATED");
    assert_eq!(early.next_close(), close_code::AUTHENTICATE);
}

#[test]
fn an_account_that_only_changed_keeps_its_sockets() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["episodes"]);
    server.log.tell_of_account("user_updated", 1);
    server.log.grow(1);
    assert_eq!(client.next_event(), 2);
}

#[test]
fn while_the_store_fails_nobody_is_thrown_out_and_afterwards_who_is_gone_is() {
    let server = Server::of(MemoryLog::default());
    let mut client = server.watch(&["episodes"]);
    server.users.fail(true);
    server.log.tell_of_account("user_deleted", 1);
    server.log.grow(1);
    assert_eq!(client.next_event(), 2);
    server.users.banish(1);
    server.users.fail(false);
    assert_eq!(client.next_close(), close_code::AUTHENTICATE);
}

#[test]
fn a_stream_whose_user_is_gone_says_so_and_ends() {
    let server = Server::of(MemoryLog::default());
    let mut stream = EventStream::request(server.address, "GET", "", &[ACCEPT, "authorization: Bearer editor/1"]);
    server.users.banish(1);
    server.log.tell_of_account("user_deleted", 1);
    let record = stream.next().unwrap();
    assert!(record.starts_with("event: error\ndata: {\"code\":\"UNAUTHENTICATED\""), "{record}");
    assert_eq!(stream.next(), None);
}

#[test]
fn a_revoked_token_ends_its_own_connections_and_a_revoked_key_all() {
    let server = Server::of(MemoryLog::default());
    let mut socket = server.watch(&["feed"]);
    let mut stream = EventStream::request(server.address, "GET", "", &[ACCEPT, "authorization: Bearer editor/1"]);
    let mut late = server.connect();
    late.authenticate("viewer/1");
    assert_eq!(late.next()["type"], "ready");
    let mut other = server.admit("viewer/2");
    server.revoke(|revoked| revoked.tokens.extend([TokenId::new(Uuid::from_u128(1))]));
    assert_eq!(socket.next_close(), close_code::AUTHENTICATE);
    assert_eq!(late.next_close(), close_code::AUTHENTICATE);
    let record = stream.next().unwrap();
    assert!(record.starts_with("event: error\ndata: {\"code\":\"UNAUTHENTICATED\""), "{record}");
    assert_eq!(stream.next(), None);
    other.send(&serde_json::json!({"type": "ping"}));
    assert_eq!(other.next()["type"], "pong");
    server.revoke(|revoked| revoked.keys.extend([SigningKeyId("key".to_owned())]));
    assert_eq!(other.next_close(), close_code::AUTHENTICATE);
    let mut new = server.connect();
    new.authenticate("viewer/3");
    assert_eq!(new.next_error(), "UNAUTHENTICATED");
}
