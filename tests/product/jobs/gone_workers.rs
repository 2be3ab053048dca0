//! Workers outside that go while their claim waits: no job is given to them, however they went.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_linger;
use serde_json::{Value, json};

use super::{people, queue};
use crate::harness::{Backend, Server, Store, eventually, is_read, on_both_stores};

on_both_stores!(
    a_claim_that_waits_takes_no_job_for_a_worker_that_is_gone,
    a_claim_that_waits_is_answered_at_once_when_the_server_ends
);

/// How long a claim waits for jobs at most, in seconds.
const WAIT: u64 = 30;

/// What a claim says that waits for half a minute and takes jobs for an hour.
fn wish() -> Value {
    json!({"job_types": ["test"], "worker": "gone", "lease_seconds": 3600, "wait_seconds": WAIT})
}

fn request(token: &str) -> String {
    let body = wish().to_string();
    format!(
        "POST /api/v1/jobs/claim HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Claims on a connection to `address`, which is one to the server or leads there.
fn waiting_on(address: &str, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request(token).as_bytes()).unwrap();
    stream
}

/// Claims, and waits until the server has read that.
fn waiting(server: &Server, token: &str) -> TcpStream {
    let stream = waiting_on(&server.address, token);
    wait_until_read(server, stream.local_addr().unwrap().port());
    stream
}

fn wait_until_read(server: &Server, client: u16) {
    let port = server.address.rsplit_once(':').unwrap().1.parse().unwrap();
    eventually("the server has read the claim", || is_read(port, client).then_some(()));
}

fn closes(server: &Server, token: &str) {
    drop(waiting(server, token));
}

fn ends_its_sending_half(server: &Server, token: &str) -> TcpStream {
    let stream = waiting(server, token);
    stream.shutdown(Shutdown::Write).unwrap();
    stream
}

/// Ends the connection without a farewell, as a machine does that has lost its state.
fn resets(server: &Server, token: &str) {
    let stream = waiting(server, token);
    set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
}

fn is_killed(server: &Server, token: &str) {
    let (url, body) = (format!("http://{}/api/v1/jobs/claim", server.address), wish().to_string());
    let mut curl = Command::new("curl");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    curl.args(["-s", "-v", "-H", &format!("Authorization: Bearer {token}"), "--json", &body, &url]);
    curl.args(["--local-port", &port.to_string()]);
    let mut curl = curl.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut remarks = BufReader::new(curl.stderr.take().unwrap()).lines();
    assert!(remarks.any(|line| line.unwrap().starts_with("> POST ")), "the claim is sent");
    wait_until_read(server, port);
    curl.kill().unwrap();
    curl.wait().unwrap();
}

/// Closes its connection to a proxy, which then closes the one to the server.
fn closes_behind_a_proxy(server: &Server, token: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, upstream) = (listener.local_addr().unwrap(), server.address.clone());
    let (sender, port) = std::sync::mpsc::channel();
    let proxy = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut server = TcpStream::connect(upstream).unwrap();
        sender.send(server.local_addr().unwrap().port()).unwrap();
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            server.write_all(&buffer[..length]).unwrap();
        }
    });
    let stream = waiting_on(&address.to_string(), token);
    wait_until_read(server, port.recv().unwrap());
    drop(stream);
    proxy.join().unwrap();
}

fn a_claim_that_waits_takes_no_job_for_a_worker_that_is_gone(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (editor, worker) = people(&store, &server);
    let token = store.token("worker@example.com", "worker");
    let half_closed = ends_its_sending_half(&server, &token);
    closes(&server, &token);
    resets(&server, &token);
    closes_behind_a_proxy(&server, &token);
    is_killed(&server, &token);

    let mut jobs: Vec<String> =
        (0..5).map(|_| queue(&editor, &json!({"job_type": "test", "max_retries": 0}))).collect();
    let mut claimed = Vec::new();
    while claimed.len() < jobs.len() {
        let wish =
            json!({"job_types": ["test"], "worker": "here", "lease_seconds": 60, "wait_seconds": 10, "limit": 10});
        let more = worker.post("/api/v1/jobs/claim", &wish).list().to_vec();
        assert!(!more.is_empty(), "{} of 5 jobs are in the hands of workers that are gone", 5 - claimed.len());
        claimed.extend(more);
    }
    for job in &claimed {
        assert_eq!((&job["attempt"], &job["retry_count"], &job["worker"]), (&json!(1), &json!(0), &json!("here")));
        let attempts = editor.get(&format!("/api/v1/jobs/{}/logs", job["id"].as_str().unwrap()));
        assert_eq!(attempts.list().len(), 0, "no attempt has ended: {attempts:?}");
    }
    let mut ids: Vec<&str> = claimed.iter().map(|job| job["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    jobs.sort_unstable();
    assert_eq!(ids, jobs);
    drop(half_closed);
}

fn a_claim_that_waits_is_answered_at_once_when_the_server_ends(backend: Backend) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let token = store.token("worker@example.com", "worker");
    let claims: Vec<TcpStream> = (0..4).map(|_| waiting(&server, &token)).collect();
    let begun = Instant::now();
    server.terminate();
    for mut claim in claims {
        let mut answer = String::new();
        claim.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(r#"{"data":[]}"#), "{answer}");
    }
    assert_eq!(server.wait().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(WAIT), "nobody waits for what a claim still waits for");
}
