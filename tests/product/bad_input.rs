//! Requests that are wrong in some way: each is told what is wrong, and nothing changes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, Backend, Outside, PATIENCE, Server, Store, on_both_stores};

on_both_stores!(
    bodies_that_cannot_be_taken_are_refused_and_nothing_changes,
    paths_and_queries_that_cannot_be_understood_are_refused_and_nothing_changes,
    writes_that_the_record_does_not_allow_are_refused_and_nothing_changes,
    no_forged_cursor_and_no_time_at_the_ends_of_the_calendar_gets_a_server_error,
    every_wrong_field_is_named_at_once,
    a_body_that_does_not_come_holds_nobody_up,
);

const EPISODES: &str = "/api/v1/episodes";
const JSON: (&str, &str) = ("content-type", "application/json");
const UNKNOWN_ID: &str = "01890000-0000-7000-8000-000000000000";

struct Stage {
    server: Server,
    editor: Api,
    outside: Outside,
    /// The path of an episode that is a draft in version 1.
    draft: String,
    token: String,
    _store: Store,
}

fn stage(backend: Backend) -> Stage {
    let store = Store::new(backend);
    let server = store.serve();
    let token = server.sign_in(&store, "editor@example.com", "editor");
    let editor = server.api(&token);
    let draft = format!("{EPISODES}/{}", editor.create("Pilot", 1));
    let outside = store.outside();
    Stage { server, editor, outside, draft, token, _store: store }
}

/// Everything that a change would leave a trace in.
pub(crate) fn traces(outside: &mut Outside) -> Vec<i64> {
    let head = outside.wait_until_read();
    let tables = ["episodes", "users", "events", "activities", "notifications", "parked_events"];
    let mut traces: Vec<i64> = tables.iter().map(|table| outside.count(table)).collect();
    traces.extend([head, outside.number("select coalesce(sum(version), 0) from episodes")]);
    traces
}

/// Panics unless `answer` is a problem document with this status and code that tells its request's id.
#[track_caller]
pub(crate) fn assert_problem(name: &str, answer: &Answer, status: u16, code: &str) {
    let problem = &answer.body;
    assert_eq!((answer.status, &problem["code"]), (status, &json!(code)), "{name}: {answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert_eq!(problem["status"], status, "{name}");
    for text in ["type", "title", "detail", "instance"] {
        assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{name}: no {text} in {problem}");
    }
    assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"), "{name}");
    assert!(problem["request_id"].is_string(), "{name}");
}

fn bodies_that_cannot_be_taken_are_refused_and_nothing_changes(backend: Backend) {
    let Stage { editor, outside, draft, .. } = &mut stage(backend);
    let before = traces(outside);
    let huge = format!(r#"{{"title":"Pilot","episode_number":1,"description":"{}"}}"#, "x".repeat(8 * 1024 * 1024));
    let deep = format!(r#"{{"title":{}}}"#, "[".repeat(20_000));
    let bodies: [(&[u8], u16, &str); 25] = [
        (b"", 400, "MALFORMED"),
        (b"{", 400, "MALFORMED"),
        (b"{\"title\":\"Pilot\",}", 400, "MALFORMED"),
        (b"nonsense", 400, "MALFORMED"),
        (b"{\"title\":\"\xff\xfe\",\"episode_number\":1}", 400, "MALFORMED"),
        (br#"{"title":"\ud800","episode_number":1}"#, 400, "MALFORMED"),
        (br#"{"title":"One","title":"Two","episode_number":1}"#, 400, "MALFORMED"),
        (deep.as_bytes(), 400, "MALFORMED"),
        (huge.as_bytes(), 413, "TOO_LARGE"),
        (br"{}", 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot"}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":7,"episode_number":1}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":null,"episode_number":1}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":"1"}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1.5}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":-1}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":99999999999999999999}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"surprise":true}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"version":9}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"status":"finished"}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"air_date":"yesterday"}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"rating":11}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pi\u0000lot","episode_number":1}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"Pilot","episode_number":1,"description":"nul \u0000"}"#, 422, "VALIDATION_FAILED"),
        (br#"{"title":"   ","episode_number":1}"#, 422, "VALIDATION_FAILED"),
    ];
    for (body, status, code) in bodies {
        let name = String::from_utf8_lossy(&body[..body.len().min(100)]);
        assert_problem(&name, &editor.send("POST", EPISODES, &[JSON], body).unwrap(), status, code);
    }
    for body in [b"{".as_slice(), b"[]", br#"{"title":""}"#, br#"{"created_at":"2000-01-01T00:00:00Z"}"#] {
        let answer = editor.send("PUT", draft, &[JSON], body).unwrap();
        assert!(matches!(answer.status, 400 | 422), "{answer:?}");
    }
    let unlabelled = editor.send("POST", EPISODES, &[("content-type", "text/csv")], b"title,1").unwrap();
    assert_problem("a table", &unlabelled, 415, "UNSUPPORTED_TYPE");
    for (path, body) in [
        (EPISODES, br#"{"title":"Pilot","episode_number":1}"#.as_slice()),
        ("/api/v1/files?name=a.txt", b"text"),
        ("/api/v1/auth/login", br#"{"email":"a@example.com","password":"correct horse"}"#),
        ("/api/v1/jobs", br#"{"job_type":"of-others"}"#),
    ] {
        for encoding in ["gzip", "br", "identity, gzip", "anything"] {
            let encoded = editor.send("POST", path, &[JSON, ("content-encoding", encoding)], body).unwrap();
            assert_problem(&format!("{encoding} for {path}"), &encoded, 415, "UNSUPPORTED_TYPE");
        }
    }
    assert_eq!(outside.count("files") + outside.count("jobs"), 0);
    assert_eq!(traces(outside), before);
}

fn paths_and_queries_that_cannot_be_understood_are_refused_and_nothing_changes(backend: Backend) {
    let Stage { editor, outside, .. } = &mut stage(backend);
    let before = traces(outside);
    let beyond = format!("/api/v1/events?since={}", before[6] + 1);
    let unknown = format!("{EPISODES}/{UNKNOWN_ID}");
    let queries = [
        ("/api/v1/episodes/seven", 400, "MALFORMED"),
        ("/api/v1/episodes/00000000", 400, "MALFORMED"),
        ("/api/v1/episodes?cursor=nonsense", 400, "MALFORMED"),
        ("/api/v1/episodes?cursor=", 400, "MALFORMED"),
        ("/api/v1/episodes?cursor=eyJhIjoxfQ", 400, "MALFORMED"),
        ("/api/v1/activities?cursor=nonsense", 400, "MALFORMED"),
        ("/api/v1/notifications?cursor=nonsense", 400, "MALFORMED"),
        ("/api/v1/episodes?limit=0", 422, "VALIDATION_FAILED"),
        ("/api/v1/episodes?limit=101", 422, "VALIDATION_FAILED"),
        ("/api/v1/episodes?limit=many", 422, "VALIDATION_FAILED"),
        ("/api/v1/episodes?sort=mood", 422, "VALIDATION_FAILED"),
        ("/api/v1/episodes?status=finished", 422, "VALIDATION_FAILED"),
        ("/api/v1/episodes?surprise=1", 422, "VALIDATION_FAILED"),
        ("/api/v1/activities?action=EXPLODE", 422, "VALIDATION_FAILED"),
        ("/api/v1/activities?from=yesterday", 422, "VALIDATION_FAILED"),
        ("/api/v1/notifications?unread=perhaps", 422, "VALIDATION_FAILED"),
        ("/api/v1/events?topics=weather", 422, "VALIDATION_FAILED"),
        (&beyond, 410, "LOG_TRUNCATED"),
        (&unknown, 404, "NOT_FOUND"),
        ("/api/v1/weather", 404, "NOT_FOUND"),
    ];
    for (path, status, code) in queries {
        assert_problem(path, &editor.get(path), status, code);
    }
    for since in ["-1", "abc", "1.5", "99999999999999999999"] {
        assert_problem(since, &editor.get(&format!("/api/v1/events?since={since}")), 422, "VALIDATION_FAILED");
    }
    assert_problem("method", &editor.delete(EPISODES), 405, "METHOD_NOT_ALLOWED");
    assert!(editor.delete(EPISODES).header("allow").is_some_and(|allow| allow.contains("POST")));
    assert_eq!(traces(outside), before);
}

fn writes_that_the_record_does_not_allow_are_refused_and_nothing_changes(backend: Backend) {
    let Stage { editor, outside, draft, .. } = &mut stage(backend);
    let before = traces(outside);
    let title = br#"{"title":"Later"}"#;
    for (precondition, status, code) in [
        ("\"2\"", 412, "VERSION_MISMATCH"),
        ("\"0\", \"7\"", 412, "VERSION_MISMATCH"),
        ("W/\"1\"", 412, "VERSION_MISMATCH"),
        ("1", 400, "MALFORMED"),
        ("\"1", 400, "MALFORMED"),
    ] {
        let answer = editor.send("PUT", draft, &[JSON, ("if-match", precondition)], title).unwrap();
        assert_problem(precondition, &answer, status, code);
    }
    let answer = editor.send("DELETE", draft, &[("if-match", "\"2\"")], b"").unwrap();
    assert_problem("DELETE", &answer, 412, "VERSION_MISMATCH");
    let answer = editor.put(draft, &json!({"status": "rejected"}));
    assert_problem("transition", &answer, 409, "INVALID_TRANSITION");
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("draft") && detail.contains("rejected"), "{detail}");
    assert_problem("restore", &editor.post(&format!("{draft}/restore"), &Value::Null), 409, "CONFLICT");
    assert_problem("erase", &editor.delete(&format!("{draft}?permanent=true")), 403, "FORBIDDEN");
    let unknown = format!("{EPISODES}/{UNKNOWN_ID}");
    assert_problem("unknown", &editor.put(&unknown, &json!({"title": "Later"})), 404, "NOT_FOUND");
    assert_problem("unknown", &editor.delete(&unknown), 404, "NOT_FOUND");
    assert_eq!(traces(outside), before);
}

fn every_wrong_field_is_named_at_once(backend: Backend) {
    let Stage { editor, .. } = &stage(backend);
    let wrong = json!({"title": "", "episode_number": -1, "rating": "good", "surprise": 1});
    let answer = editor.post(EPISODES, &wrong);
    let errors = answer.body["errors"].as_array().unwrap();
    let mut fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["episode_number", "rating", "surprise", "title"]);
    assert!(errors.iter().all(|error| error["message"].as_str().is_some_and(|message| !message.is_empty())));
}

/// Begins a create whose body does not come.
fn stalled_request(server: &Server, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST {EPISODES} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"title\":",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn a_body_that_does_not_come_holds_nobody_up(backend: Backend) {
    let Stage { server, editor, outside, token, .. } = &mut stage(backend);
    let before = traces(outside);
    let stalled: Vec<TcpStream> = (0..100).map(|_| stalled_request(server, token)).collect();
    for _ in 0..20 {
        assert_eq!(editor.get(EPISODES).status, 200);
    }
    assert_eq!(traces(outside), before);
    for mut stream in stalled {
        stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        assert!(stream.read(&mut [0; 1]).is_err(), "an answer to half a request");
    }
}

#[test]
#[ignore = "drill"]
fn a_body_that_does_not_come_is_given_up() {
    let Stage { server, outside, token, .. } = &mut stage(Backend::Sqlite);
    let before = traces(outside);
    let mut answer = String::new();
    stalled_request(server, token).read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains(r#""code":"REQUEST_TIMEOUT""#), "{answer}");
    assert_eq!(traces(outside), before);
}

/// Each part of each cursor with values at and beyond the ends of what stores hold, and each time in a query.
fn no_forged_cursor_and_no_time_at_the_ends_of_the_calendar_gets_a_server_error(backend: Backend) {
    let Stage { server, editor, outside, draft, _store: store, .. } = &mut stage(backend);
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let show = editor.post("/api/v1/shows", &json!({"name": "Breaking Bad"})).body["data"]["id"].clone();
    let composition = editor.post("/api/v1/compositions", &json!({"name": "Poster"})).body["data"]["id"].clone();
    let job = editor.post("/api/v1/jobs", &json!({"job_type": "test"})).body["data"]["id"].clone();
    let before = traces(outside);
    let times = [
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "-4713-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-23:59",
        "294277-01-01T00:00:00Z",
    ];
    let days = ["+262142-12-31", "-262143-01-01", "-4713-01-01", "0000-01-01", "9999-12-31", "10000-01-01"];
    let numbers = [i64::MIN, -1, 0, i64::from(i32::MAX) + 1, i64::MAX].map(|number| json!(number));
    let texts = ["", "\u{0}", "x\u{0}y", "\u{ffff}", &"x".repeat(4_000)].map(|text| json!(text));
    let sorted =
        |key: &str, value: Value| json!({"sort": {"key": key, "descending": false}, "value": value, "id": UNKNOWN_ID});
    let mut cursors: Vec<(String, Value)> = Vec::new();
    for time in times {
        for key in ["CreatedAt", "UpdatedAt"] {
            let query = if key == "CreatedAt" { "created_at" } else { "updated_at" };
            for list in ["episodes", "shows"] {
                cursors.push((format!("{list}?sort={query}"), sorted(key, json!({"Time": time}))));
            }
        }
        for list in ["files?", "jobs?", "schedules?", "compositions?", "templates?"] {
            cursors.push((list.to_owned(), json!({"created_at": time, "id": UNKNOWN_ID})));
        }
        cursors.push(("activities?".to_owned(), json!({"created_at": time, "seq": 1})));
    }
    cursors.extend(days.map(|day| ("episodes?sort=air_date".to_owned(), sorted("AirDate", json!({"Day": day})))));
    for text in texts {
        cursors.push(("episodes?sort=title".to_owned(), sorted("Title", json!({"Text": text}))));
        cursors.push(("episodes?sort=status".to_owned(), sorted("Status", json!({"Text": text}))));
        cursors.push(("shows?sort=name".to_owned(), sorted("Name", json!({"Text": text}))));
        cursors.push(("presence?".to_owned(), json!({"user_name": text, "user_id": UNKNOWN_ID})));
    }
    for number in numbers {
        cursors.push(("episodes?sort=episode_number".to_owned(), sorted("EpisodeNumber", json!({"Number": number}))));
        cursors.push(("activities?".to_owned(), json!({"created_at": "2026-01-01T00:00:00Z", "seq": number})));
        cursors.push(("notifications?".to_owned(), json!({"seq": number, "id": UNKNOWN_ID})));
        cursors.push(("JOB/logs?".to_owned(), number.clone()));
        cursors.push(("COMPOSITION/versions?".to_owned(), number));
    }
    let path = |list: &str| {
        let list = list.replace("JOB", &format!("jobs/{}", job.as_str().unwrap()));
        format!("/api/v1/{}", list.replace("COMPOSITION", &format!("compositions/{}", composition.as_str().unwrap())))
    };
    let mut answered = [0; 2];
    for (list, cursor) in cursors {
        let query = format!("{}&cursor={}", path(&list), URL_SAFE_NO_PAD.encode(cursor.to_string()));
        let answer = admin.get(&query);
        if answer.status == 200 {
            answered[0] += 1;
        } else {
            assert_problem(&format!("{list} {cursor}"), &answer, 400, "MALFORMED");
            answered[1] += 1;
        }
    }
    assert!(answered.iter().all(|count| *count > 20), "{answered:?}: some are good, others are not");
    let members = format!("shows/{}/members?", show.as_str().unwrap());
    for list in ["users?", &members] {
        let cursor = URL_SAFE_NO_PAD.encode(json!({"id": "x", "user_id": "x"}).to_string());
        assert_problem(list, &admin.get(&format!("/api/v1/{list}&cursor={cursor}")), 400, "MALFORMED");
    }
    for time in times {
        for parameter in ["from", "to"] {
            for list in ["activities", "activities/stats"] {
                let status = admin.get(&format!("/api/v1/{list}?{parameter}={}", time.replace('+', "%2B"))).status;
                assert!(matches!(status, 200 | 422), "{list} {parameter} {time}: {status}");
            }
        }
        let run_at = editor.post("/api/v1/jobs", &json!({"job_type": "test", "run_at": time})).status;
        assert!(matches!(run_at, 201 | 422), "run_at {time}: {run_at}");
    }
    for day in days {
        for parameter in ["air_from", "air_to"] {
            let status = admin.get(&format!("/api/v1/episodes?{parameter}={}", day.replace('+', "%2B"))).status;
            assert!(matches!(status, 200 | 422), "{parameter} {day}: {status}");
        }
        let status = editor.put(draft, &json!({"air_date": day})).status;
        assert!(matches!(status, 200 | 422), "air_date {day}: {status}");
    }
    assert_eq!(outside.count("parked_events"), before[5], "what was accepted can be digested");
    assert_eq!(editor.get("/readyz").status, 200);
}
