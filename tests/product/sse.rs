//! The log as server-sent events, read by a client that knows HTTP and nothing else of the product.

use std::io::{BufRead as _, BufReader};
use std::thread;

use serde_json::{Value, json};
use ureq::{Agent, BodyReader};

use crate::harness::{Backend, PATIENCE, Server, Store, on_both_stores};

on_both_stores!(
    changes_stream_as_they_are_made_and_go_on_after_the_last_event_seen,
    a_server_that_is_asked_to_end_ends_its_streams_and_then_itself,
    without_the_media_type_the_path_is_the_list_that_it_was,
);

const EPISODES: &str = "/api/v1/episodes";
const PATH: &str = "/api/v1/events";
const EVENT_STREAM: &str = "text/event-stream";

/// A stream of events.
pub(crate) struct Stream(BufReader<BodyReader<'static>>);

/// What came between two empty lines.
#[derive(Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: Value,
}

fn agent() -> Agent {
    Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().new_agent()
}

impl Stream {
    /// Opens one of the events of all episodes, to go on after `last` where that is given.
    pub(crate) fn open(server: &Server, token: &str, last: Option<&str>) -> Self {
        Self::of_topics(server, token, "episodes", last)
    }

    /// Opens one of everything that its reader may see.
    pub(crate) fn of_feed(server: &Server, token: &str) -> Self {
        Self::of_topics(server, token, "feed", None)
    }

    fn of_topics(server: &Server, token: &str, topics: &str, last: Option<&str>) -> Self {
        let request = agent().get(format!("http://{}{PATH}?topics={topics}", server.address));
        let mut request = request.header("accept", EVENT_STREAM).header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.call().unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        Self(BufReader::new(response.into_body().into_reader()))
    }

    /// The next record; none when the stream ends.
    pub(crate) fn next(&mut self) -> Option<Record> {
        let mut record = Record { id: String::new(), event: String::new(), data: Value::Null };
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut record.id),
                Some(("event", event)) => event.clone_into(&mut record.event),
                Some(("data", data)) => record.data = serde_json::from_str(data).unwrap(),
                Some(("", _comment)) => {}
                None if record.event.is_empty() => {}
                None => return Some(record),
                Some(other) => panic!("not a field: {other:?}"),
            }
        }
    }

    /// The next so many events.
    fn take(&mut self, count: usize) -> Vec<Record> {
        (0..count).map(|_| self.next().expect("an event")).collect()
    }
}

fn changes_stream_as_they_are_made_and_go_on_after_the_last_event_seen(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    editor.create("Before anybody watches", 1);

    let mut stream = Stream::open(&server, &token, None);
    let id = editor.create("Pilot", 2);
    assert_eq!(editor.put(&format!("{EPISODES}/{id}"), &json!({"status": "published"})).status, 200);
    let mut seen = stream.take(2);
    drop(stream);
    editor.create("While nobody watches", 3);

    let mut stream = Stream::open(&server, &token, Some(&seen[1].id));
    seen.extend(stream.take(1));
    assert_eq!(editor.delete(&format!("{EPISODES}/{id}")).status, 200);
    seen.extend(stream.take(1));

    let names: Vec<&str> = seen.iter().map(|record| record.event.as_str()).collect();
    assert_eq!(names, ["episode_created", "episode_updated", "episode_created", "episode_deleted"]);
    let listed = editor.get(&format!("{PATH}?topics=episodes"));
    let listed = listed.list()[1..].iter().map(|envelope| Record {
        id: format!("{}:{}", envelope["seq"], envelope["id"].as_str().unwrap()),
        event: envelope["event"].as_str().unwrap().to_owned(),
        data: envelope.clone(),
    });
    assert_eq!(seen, listed.collect::<Vec<_>>());
}

fn a_server_that_is_asked_to_end_ends_its_streams_and_then_itself(backend: Backend) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let mut streams: Vec<Stream> = (0..5).map(|_| Stream::open(&server, &token, None)).collect();
    server.api(&token).create("Pilot", 1);
    let readers: Vec<_> = streams
        .drain(..)
        .map(|mut stream| {
            assert_eq!(stream.take(1)[0].event, "episode_created");
            thread::spawn(move || stream.next())
        })
        .collect();
    server.terminate();
    for reader in readers {
        assert_eq!(reader.join().unwrap(), None);
    }
    assert_eq!(server.wait().code(), Some(0));
}

fn without_the_media_type_the_path_is_the_list_that_it_was(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    for accept in ["*/*", "application/json", "text/event-stream;q=0"] {
        let answer = editor.send("GET", PATH, &[("accept", accept)], b"").unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{accept}");
        assert!(answer.body["page"]["next_cursor"].is_string());
    }
    let head = agent().head(format!("http://{}{PATH}", server.address));
    let head = head.header("accept", EVENT_STREAM).header("authorization", format!("Bearer {token}")).call().unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["content-type"]), (200, &"application/json".parse().unwrap()));
    let answer = editor.send("POST", PATH, &[("accept", EVENT_STREAM)], b"").unwrap();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
}
