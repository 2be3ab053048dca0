//! Clients that do not read: what waits for them is bounded by bytes, however large the events are, and not for long.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketType};
use serde_json::json;

use crate::harness::{Backend, Live, Server, Store, eventually, is_connected, on_both_stores, peak_kilobytes};

on_both_stores!(
    a_few_clients_that_do_not_read_large_events_take_little_memory,
    a_client_that_does_not_read_the_answer_to_a_get_loses_its_connection,
    #[ignore = "drill"]
    eight_hundred_clients_that_do_not_read_large_events_take_less_than_300_mb,
);

/// How many events of a megabyte the log holds.
const LARGE: u32 = 150;

/// How much the server's memory may grow, in KB.
const MOST: u64 = 300_000;

/// Puts large events into the log, as changes of large records do.
fn fill(store: &Store) {
    let id = match store.outside().backend() {
        Backend::Sqlite => "'00000000-0000-7000-8000-' || substr('000000000000' || n, -12)",
        Backend::Postgres => "cast('00000000-0000-7000-8000-' || lpad(cast(n as text), 12, '0') as uuid)",
    };
    let text = match store.outside().backend() {
        Backend::Sqlite => "hex(zeroblob(500000))",
        Backend::Postgres => "repeat('x', 1000000)",
    };
    let head = store.outside().wait_until_read();
    let time = match store.outside().backend() {
        Backend::Sqlite => "1",
        Backend::Postgres => "now()",
    };
    store.outside().run(&format!(
        "begin;
         insert into events (seq, id, name, data, created_at, actor_name, subject_kind, subject_id, audience)
         with recursive places (n) as (select 1 union all select n + 1 from places where n < {LARGE})
         select {head} + n, {id}, 'template_updated', '{{\"text\":\"' || {text} || '\"}}', {time}, 'a test', 'template', {id}, 'readers'
         from places;
         update log_head set seq = seq + {LARGE};
         update reader_cursors set seq = (select seq from log_head);
         commit"
    ));
}

/// A connection whose kernel keeps little for it: when it stops reading, the server soon feels it.
fn narrow(server: &Server) -> TcpStream {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    set_socket_recv_buffer_size(&socket, 4 * 1024).unwrap();
    let remote: SocketAddr = server.address.parse().unwrap();
    rustix::net::connect(&socket, &remote).unwrap();
    socket.into()
}

/// Asks for `/api/v1/events` and reads no more than the beginning of the answer.
fn ask(server: &Server, token: &str, query: &str, accept: &str) -> TcpStream {
    let mut stream = narrow(server);
    let request = format!(
        "GET /api/v1/events{query} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\naccept: {accept}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut beginning = [0; 12];
    stream.read_exact(&mut beginning).unwrap();
    assert_eq!(&beginning, b"HTTP/1.1 200");
    stream
}

/// Has so many clients of each kind begin at the start of the log and not read, and answers by how much the server's
/// memory grew at most, in KB.
fn growth(backend: Backend, sockets: usize, streams: usize, lists: usize) -> u64 {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    fill(&store);
    let before = peak_kilobytes(server.pid());
    let mut live: Vec<Live> = (0..sockets).map(|_| Live::connect_narrow(&server.address, &token).unwrap()).collect();
    for client in &mut live {
        client.send(&json!({"type": "subscribe", "topics": ["feed"], "since": 0})).unwrap();
    }
    let streams = (0..streams).map(|_| ask(&server, &token, "?since=0", "text/event-stream"));
    let mut others: Vec<TcpStream> = streams.collect();
    others.extend((0..lists).map(|_| ask(&server, &token, "?since=0&limit=100", "*/*")));

    // All of them are given up in the end, and until then their number is as large as it gets.
    let ports: Vec<u16> = live
        .iter_mut()
        .map(|client| client.stream().local_addr().unwrap().port())
        .chain(others.iter().map(|stream| stream.local_addr().unwrap().port()))
        .collect();
    let port = server.address.rsplit_once(':').unwrap().1.parse().unwrap();
    for client in ports {
        eventually("the server lets go of the connection", || (!is_connected(port, client)).then_some(()));
    }
    let grown = peak_kilobytes(server.pid()) - before;
    println!(
        "{backend:?}: {sockets} sockets, {streams} streams and {lists} lists: {grown} KB more at the peak",
        streams = others.len() - lists
    );
    assert_eq!(server.api(&token).get("/readyz").status, 200);
    grown
}

fn a_few_clients_that_do_not_read_large_events_take_little_memory(backend: Backend) {
    let grown = growth(backend, 40, 40, 10);
    assert!(grown < MOST, "{grown} KB");
}

fn eight_hundred_clients_that_do_not_read_large_events_take_less_than_300_mb(backend: Backend) {
    let grown = growth(backend, 800, 0, 0);
    assert!(grown < MOST, "{grown} KB");
}

fn a_client_that_does_not_read_the_answer_to_a_get_loses_its_connection(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    fill(&store);
    let stream = ask(&server, &token, "?since=0&limit=100", "*/*");
    let (port, client) =
        (server.address.rsplit_once(':').unwrap().1.parse().unwrap(), stream.local_addr().unwrap().port());
    assert!(is_connected(port, client), "it has more to say than the kernel keeps");
    eventually("the server lets go of the connection", || (!is_connected(port, client)).then_some(()));
}
