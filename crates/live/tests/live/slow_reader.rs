//! A slow reader costs only itself.

use std::net::SocketAddr;
use std::time::Duration;

use showrunner_domain::event::Audience;
use showrunner_live::Pace;

use crate::log::{MemoryLog, episode};
use crate::server::{Server, wait_until};

#[test]
fn a_client_that_stops_reading_loses_its_socket_and_others_miss_nothing() {
    const EVENTS: u64 = 400;
    let pace = Pace { stall: Duration::from_millis(200), farewell: Duration::from_millis(100), ..Pace::default() };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let mut idle = server.watch(&["feed"]);
    let mut lively = server.watch(&["feed"]);
    let data = format!(r#"{{"text":"{}"}}"#, "x".repeat(100_000));
    for expected in 1..=EVENTS {
        server.log.append(episode(1), Audience::Readers, &data);
        assert_eq!(lively.next_event(), expected);
    }
    server.wait_for_connections(1);
    wait_until(|| !is_open(server.address, idle.address()));
    idle.exhaust();

    server.log.grow(1);
    assert_eq!(lively.next_event(), EVENTS + 1);
}

#[test]
fn a_client_that_does_not_go_after_the_close_frame_loses_its_socket() {
    let pace =
        Pace { authentication: Duration::from_millis(50), farewell: Duration::from_millis(100), ..Pace::default() };
    let server = Server::with_pace(MemoryLog::default(), pace);
    let stubborn = server.connect();
    server.wait_for_connections(1);
    server.wait_for_connections(0);
    wait_until(|| !is_open(server.address, stubborn.address()));
}

/// Whether the kernel still keeps the server's end of the connection from `client`, with a descriptor or without.
pub(crate) fn is_open(server: SocketAddr, client: SocketAddr) -> bool {
    let ends = [server, client].map(|end| {
        let SocketAddr::V4(end) = end else { panic!("the server listens on 127.0.0.1") };
        format!("{:08X}:{:04X}", u32::from_ne_bytes(end.ip().octets()), end.port())
    });
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().any(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let found = columns.next() == Some(&ends[0]) && columns.next() == Some(&ends[1]);
        // 06 is TIME_WAIT: a connection that ended well, kept without buffers for a minute.
        found && columns.next() != Some("06")
    })
}
