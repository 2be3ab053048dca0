//! What a client sees on its connection when the server refuses a body, or when the framework itself refuses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, rt, web};
use showrunner_web::{BodyLimits, JsonBody, Problem, boundary};

async fn take(body: JsonBody) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(body.read().await?))
}

/// Starts a server of small limits on a thread of its own, which ends with the test.
fn serve() -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        rt::System::new().block_on(async move {
            let limits = BodyLimits { bytes: 100, time: Duration::from_millis(50) };
            let app =
                move || App::new().wrap(from_fn(boundary)).app_data(limits).service(web::resource("/").post(take));
            let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
            sender.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

/// Sends `request` and reads until the server closes the connection.
fn exchange(request: &str) -> String {
    let mut stream = TcpStream::connect(serve()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_body_that_does_not_arrive_is_given_up_with_its_connection() {
    let answer =
        exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    assert!(answer.contains("REQUEST_TIMEOUT"), "{answer}");
}

#[test]
fn a_body_that_is_too_large_is_refused_without_being_read() {
    let answer = exchange(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 101\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_chunked_body_is_measured_as_it_comes() {
    let body = format!("80\r\n{}\r\n0\r\n\r\n", " ".repeat(0x80));
    let answer = exchange(&format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
    ));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn an_answer_of_the_framework_becomes_a_problem() {
    for (line, status, code) in [("GET /nothing", "404", "NOT_FOUND"), ("GET /", "405", "METHOD_NOT_ALLOWED")] {
        let answer = exchange(&format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("application/problem+json") && answer.contains(code), "{answer}");
    }
}

#[test]
fn the_answer_to_head_has_no_body() {
    let answer = exchange("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.ends_with("\r\n\r\n"), "{answer}");
}
