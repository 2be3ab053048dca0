//! JSON that has no form of its own, in jobs and schedules: what is accepted comes back as it was written, and can be
//! decoded wherever it stands.

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Server, Store, eventually, on_both_stores, resident_kilobytes};
use crate::jobs::{feed_of, job_in};

on_both_stores!(
    numbers_come_back_as_they_were_written,
    a_payload_is_nested_no_deeper_than_an_event_around_it_can_be_decoded,
    what_is_too_large_for_an_event_is_named_there_and_kept_in_the_record,
    nobody_can_hold_a_key_of_this_system,
    who_may_not_import_is_refused_before_anything_is_read,
    a_table_of_commas_is_refused_in_little_memory,
);

const JSON: (&str, &str) = ("content-type", "application/json");
/// Beyond 2^53 and 2^64, with trailing zeros, and with more digits than a double has.
const NUMBERS: &str = r#"{"a":9007199254740993,"b":-123456789012345678901234567890,"c":0.1000,"d":3.14159265358979323846264338327950288,"e":[1.0,-0.50]}"#;

struct Place {
    server: Server,
    store: Store,
    admin: Api,
    editor: Api,
}

fn place(backend: Backend) -> Place {
    let store = Store::new(backend);
    let server = store.serve();
    let api = |name: &str, role| server.api(&store.token(&format!("{name}@example.com"), role));
    let (admin, editor) = (api("admin", "admin"), api("editor", "editor"));
    Place { server, store, admin, editor }
}

#[track_caller]
fn send(api: &Api, method: &str, path: &str, body: &str, status: u16) -> Answer {
    let answer = api.send(method, path, &[JSON], body.as_bytes()).unwrap();
    assert_eq!(answer.status, status, "{body:.200}: {answer:?}");
    answer
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.bytes.0).unwrap()
}

fn id(answer: &Answer) -> String {
    answer.body["data"]["id"].as_str().unwrap().to_owned()
}

fn numbers_come_back_as_they_were_written(backend: Backend) {
    let Place { server, store, editor, .. } = &place(backend);
    let worker = server.api(&store.token("worker@example.com", "worker"));
    let body = format!(r#"{{"job_type":"test","payload":{NUMBERS}}}"#);
    let queued = send(editor, "POST", "/api/v1/jobs", &body, 201);
    let claim = r#"{"job_types":["test"],"worker":"w","wait_seconds":20}"#;
    let claimed = send(&worker, "POST", "/api/v1/jobs/claim", claim, 200);
    let handle = &claimed.list()[0]["receipt_handle"];
    let path = format!("/api/v1/jobs/{}", id(&queued));
    let results = format!(r#"{{"receipt_handle":{handle},"results":{NUMBERS}}}"#);
    let completed = send(&worker, "POST", &format!("{path}/complete"), &results, 200);
    let read = editor.get(&path);
    let events = editor.get("/api/v1/events?topics=jobs");
    for (answer, member) in [
        (&queued, "payload"),
        (&claimed, "payload"),
        (&completed, "payload"),
        (&completed, "results"),
        (&read, "payload"),
        (&read, "results"),
        (&events, "results"),
    ] {
        assert!(text(answer).contains(&format!(r#""{member}":{NUMBERS}"#)), "{member}: {}", text(answer));
    }
    let schedule = format!(r#"{{"name":"s","cron":"0 0 1 1 *","job_type":"test","payload":{NUMBERS}}}"#);
    let schedule = send(editor, "POST", "/api/v1/schedules", &schedule, 201);
    let path = format!("/api/v1/schedules/{}", id(&schedule));
    let patched = send(editor, "PATCH", &path, r#"{"payload":{"a":9007199254740992.0}}"#, 200);
    assert!(text(&patched).contains(r#""payload":{"a":9007199254740992.0}"#), "{}", text(&patched));
    let told = editor.get(&format!("/api/v1/activities?resource_id={}", id(&schedule)));
    let changes = format!(r#""changes":{{"payload":[{NUMBERS},{{"a":9007199254740992.0}}]}}"#);
    assert!(text(&told).replace(": ", ":").replace(", ", ",").contains(&changes), "{}", text(&told));
}

/// An object so deep.
fn nested(depth: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
}

fn a_payload_is_nested_no_deeper_than_an_event_around_it_can_be_decoded(backend: Backend) {
    let Place { admin, .. } = &place(backend);
    let body = |depth| format!(r#"{{"name":"s","cron":"0 0 1 1 *","job_type":"test","payload":{}}}"#, nested(depth));
    let schedule = id(&send(admin, "POST", "/api/v1/schedules", &body(63), 201));
    let path = format!("/api/v1/schedules/{schedule}");
    for depth in [64, 100, 122, 125, 127, 10_000] {
        assert_problem("deep", &send(admin, "POST", "/api/v1/schedules", &body(depth), 400), 400, "MALFORMED");
        let change = format!(r#"{{"payload":{}}}"#, nested(depth));
        assert_problem("deep", &send(admin, "PATCH", &path, &change, 400), 400, "MALFORMED");
        let job = format!(r#"{{"job_type":"test","payload":{}}}"#, nested(depth));
        assert_problem("deep", &send(admin, "POST", "/api/v1/jobs", &job, 400), 400, "MALFORMED");
    }
    send(admin, "PATCH", &path, &format!(r#"{{"payload":{{"b":{}}}}}"#, nested(62)), 200);
    let actions: Vec<String> = feed_of(admin, &schedule).into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["CREATE", "UPDATE"]);
    assert_eq!(admin.get("/api/v1/events?topics=jobs").list().last().unwrap()["event"], "schedule_updated");
}

fn what_is_too_large_for_an_event_is_named_there_and_kept_in_the_record(backend: Backend) {
    let Place { admin, store, .. } = &place(backend);
    let large = json!({"text": "x".repeat(200_000)});
    let new = json!({"name": "s", "cron": "0 0 1 1 *", "job_type": "test", "payload": large});
    let created = send(admin, "POST", "/api/v1/schedules", &new.to_string(), 201);
    let path = format!("/api/v1/schedules/{}", id(&created));
    for _ in 0..3 {
        send(admin, "PATCH", &path, &json!({"payload": {}}).to_string(), 200);
        send(admin, "PATCH", &path, &json!({"payload": large}).to_string(), 200);
    }
    assert_eq!(admin.get(&path).body["data"]["payload"], large);
    let (events, told) = (admin.get("/api/v1/events?topics=jobs"), feed_of(admin, &id(&created)));
    let schedules: Vec<&Value> = events.list().iter().filter(|event| event["data"].get("schedule").is_some()).collect();
    assert_eq!((schedules.len(), told.len()), (7, 7));
    for event in schedules {
        assert_eq!(
            (&event["data"]["schedule"]["payload"], &event["data"]["omitted"]),
            (&json!({}), &json!(["payload"]))
        );
    }
    assert_eq!(store.outside().number("select max(length(data)) / 65536 from events"), 0);
}

fn nobody_can_hold_a_key_of_this_system(backend: Backend) {
    let Place { admin, editor, .. } = &place(backend);
    let composition = id(&send(editor, "POST", "/api/v1/compositions", r#"{"name":"Pilot"}"#, 201));
    let user = editor.get("/api/v1/auth/me").body["data"]["id"].as_str().unwrap().to_owned();
    let render = format!("/api/v1/compositions/{composition}/render");
    let body = r#"{"formats":["TWITTER"]}"#;
    let rendered = send(editor, "POST", &render, body, 202);
    let key = rendered.body["data"]["unique_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("internal:") && key.contains(&user), "{key}");
    job_in(editor, &id(&rendered), "completed");
    let squat = |key: &str| {
        let later = "9999-01-01T00:00:00Z";
        json!({"job_type": "composition-render", "unique_key": key, "run_at": later, "payload": {"composition_id": composition}})
    };
    assert_problem("squat", &admin.post("/api/v1/jobs", &squat(&key)), 422, "VALIDATION_FAILED");
    let others = [key.trim_start_matches("internal:").to_owned(), format!("{composition} 1 jpeg TWITTER")];
    for key in others {
        assert_eq!(admin.post("/api/v1/jobs", &squat(&key)).status, 201);
    }
    let rendered = send(editor, "POST", &render, r#"{"formats":["TWITTER"],"encoding":"png"}"#, 202);
    job_in(editor, &id(&rendered), "completed");
    let again = send(editor, "POST", &render, body, 202);
    job_in(editor, &id(&again), "completed");
}

fn who_may_not_import_is_refused_before_anything_is_read(backend: Backend) {
    let Place { editor, .. } = &place(backend);
    let file = editor.upload("episodes", b"title,episode_number\nPilot,1\n");
    let job = json!({"job_type": "data-import", "payload": {"file_id": file["id"]}});
    assert_problem("import", &editor.post("/api/v1/jobs", &job), 403, "FORBIDDEN");
    let schedule = json!({"name": "s", "cron": "* * * * *", "job_type": "data-import", "payload": job["payload"]});
    assert_problem("schedule", &editor.post("/api/v1/schedules", &schedule), 403, "FORBIDDEN");
    let other = json!({"name": "s", "cron": "0 0 1 1 *", "job_type": "test"});
    let other = editor.post("/api/v1/schedules", &other).body["data"]["id"].as_str().unwrap().to_owned();
    let patch = editor.try_json("PATCH", &format!("/api/v1/schedules/{other}"), &json!({"job_type": "data-import"}));
    assert_problem("patch", &patch.unwrap(), 403, "FORBIDDEN");
}

fn a_table_of_commas_is_refused_in_little_memory(backend: Backend) {
    let store = Store::new(backend);
    let server = Server::start(&store, "data", |command| {
        command.args(["--file-limits", "script=64"]);
    });
    let admin = server.api(&store.token("admin@example.com", "admin"));
    for (name, table) in
        [("commas", ",".repeat(60 << 20)), ("members", format!("[{{\"mood\":[{}1]}}]", "1,".repeat(20 << 20)))]
    {
        let file = admin.upload(name, table.as_bytes());
        drop(table);
        let before = resident_kilobytes(server.pid());
        let job = json!({"job_type": "data-import", "payload": {"file_id": file["id"]}, "max_retries": 0});
        let job = id(&admin.post("/api/v1/jobs", &job));
        let mut most = before;
        let failed = eventually("the import is refused", || {
            most = most.max(resident_kilobytes(server.pid()));
            let job = admin.get(&format!("/api/v1/jobs/{job}")).body["data"].clone();
            (job["status"] == "failed").then_some(job)
        });
        let message = failed["error_message"].as_str().unwrap();
        assert!(message.contains("too large") || message.contains("\"mood\""), "{message}");
        println!("{name}: {} MB before, {} MB at most", before / 1024, most / 1024);
        assert!(most - before < 300 * 1024, "{name}: {before} KB before, {most} KB at most");
    }
}
