//! A live client that stops reading costs itself its connection, and the server nothing for long; others notice
//! nothing.

use serde_json::json;

use crate::harness::{
    Api, Backend, Live, Server, Store, eventually, is_connected, on_both_stores, resident_kilobytes, sockets_of,
};

on_both_stores!(
    clients_that_stop_reading_lose_their_sockets_and_others_miss_nothing,
    #[ignore = "drill"]
    memory_of_clients_that_stop_reading_comes_back,
);

/// More than the kernel keeps for such a connection, in bytes.
const FLOOD: usize = 8 * 1024 * 1024;

fn clients_that_stop_reading_lose_their_sockets_and_others_miss_nothing(backend: Backend) {
    drill(backend, 5);
}

#[test]
fn each_client_takes_one_descriptor() {
    let store = Store::new(Backend::Sqlite);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let before = sockets_of(server.pid());
    let clients: Vec<Live> = (0..40).map(|_| server.live(&token)).collect();
    assert_eq!(sockets_of(server.pid()), before + clients.len());
}

/// How far resident memory may lie above where it was, in KB: what an allocator keeps for later.
const KEPT: u64 = 48 * 1024;

fn memory_of_clients_that_stop_reading_comes_back(backend: Backend) {
    let (before, after) = drill(backend, 100);
    println!("{backend:?}: resident {before} KB before, {after} KB after");
    assert!(after < before + KEPT, "{before} KB before, {after} KB after");
}

/// Lets so many clients stop reading and answers the server's resident memory before and after, in KB.
fn drill(backend: Backend, stalled: usize) -> (u64, u64) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let mut reader = server.live(&token);
    reader.subscribe(&["episodes"], None);
    let id = editor.create("Pilot", 1);
    let (sockets, memory) = (sockets_of(server.pid()), resident_kilobytes(server.pid()));

    let mut clients: Vec<Live> = (0..stalled).map(|_| Live::connect_narrow(&server.address, &token).unwrap()).collect();
    for client in &mut clients {
        client.subscribe(&["episodes"], None);
    }
    assert!(sockets_of(server.pid()) >= sockets + stalled);
    let mut seen = vec![reader.event().seq];
    let mut sent = 0;
    while sent < FLOOD {
        sent += write_much(&editor, &id, sent);
        let event = reader.event();
        seen.push(event.seq);
    }
    for client in &mut clients {
        let port = client.stream().local_addr().unwrap().port();
        eventually("the server lets go of the socket", || (!held(&server, port)).then_some(()));
    }
    eventually("all descriptors have come back", || (sockets_of(server.pid()) <= sockets).then_some(()));

    write_much(&editor, &id, 0);
    seen.push(reader.event().seq);
    assert_eq!(seen, store.outside().episode_seqs(), "the reading client has seen everything");
    (memory, resident_kilobytes(server.pid()))
}

/// Updates the episode with long texts, which tells of old and new ones, and answers how many bytes that makes.
fn write_much(editor: &Api, id: &str, turn: usize) -> usize {
    let text = format!("{turn:010}").repeat(1_000);
    let answer = editor.put(&format!("/api/v1/episodes/{id}"), &json!({"description": text}));
    assert_eq!(answer.status, 200, "{answer:?}");
    2 * text.len()
}

fn held(server: &Server, client: u16) -> bool {
    let port = server.address.rsplit_once(':').unwrap().1.parse().unwrap();
    is_connected(port, client)
}
