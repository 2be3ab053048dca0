//! Requests that nobody thought of: made of the API's own document, with something wrong in most of them. Whatever
//! comes, the server answers, and not that it failed.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::harness::{Api, Backend, Store, on_both_stores};

on_both_stores!(
    hundreds_of_bad_requests_are_answered,
    #[ignore = "drill"]
    seven_thousand_bad_requests_are_answered,
);

/// Values that fit few fields, as JSON.
const VALUES: [&str; 34] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e308",
    "1e999",
    "-1e-400",
    "9007199254740993",
    "99999999999999999999999999",
    "2147483648",
    r#""""#,
    r#"" ""#,
    r#""\u0000""#,
    r#""a\u0000b""#,
    r#""\ud800""#,
    r#""\u202eRTL \u05d0""#,
    r#""%00%0a""#,
    r#""../../etc/passwd""#,
    r#""' or 1=1 --""#,
    r#""$serde_json::private::Number""#,
    r#""00000000-0000-0000-0000-000000000000""#,
    r#""9999-12-31T23:59:59.999999Z""#,
    r#""-0001-01-01""#,
    r#""+275760-09-13T00:00:00Z""#,
    r#""2026-02-30""#,
    r#""* * * * *""#,
    r#""internal:a""#,
    "[]",
    "[null]",
    "{}",
    r#"{"$serde_json::private::Number":"1"}"#,
    r#"{"$serde_json::private::RawValue":"["}"#,
    r#"{"":{"a":[[[[{}]]]]}}"#,
];
/// Text for paths, queries and headers: already fit for an address.
const TEXTS: [&str; 20] = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "1.5",
    "true",
    "%00",
    "%ff",
    "%F0%9F%92%A9",
    "a%0Ab",
    "..%2f..%2f",
    "%E2%80%AE",
    "00000000-0000-0000-0000-000000000000",
    "01890000-0000-7000-8000-000000000000",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "-9999-01-01T00:00:00Z",
    "eyJhIjoxfQ",
    "%25%5F%27",
    "draft,published,draft",
];

fn hundreds_of_bad_requests_are_answered(backend: Backend) {
    bad_requests_are_answered(backend, 400);
}

fn seven_thousand_bad_requests_are_answered(backend: Backend) {
    bad_requests_are_answered(backend, 7_000);
}

fn bad_requests_are_answered(backend: Backend, count: usize) {
    let store = Store::new(backend);
    let server = store.serve();
    let callers: Vec<Api> = ["admin", "editor", "viewer", "worker"]
        .map(|role| server.api(&store.token(&format!("{role}@example.com"), role)))
        .into_iter()
        .chain([server.api("")])
        .collect();
    let seed = fastrand::u64(..);
    let mut maker = Maker::new(&callers[0], Rng::with_seed(seed));
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for number in 0..count {
        let request = maker.make();
        // Most is refused to most callers: so the first one asks most.
        let caller = callers.get(maker.rng.usize(..callers.len() * 2)).unwrap_or(&callers[0]);
        let headers: Vec<(&str, &str)> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = caller.send(request.method, &request.path, &headers, &request.body);
        let answer = answer.unwrap_or_else(|error| panic!("seed {seed}, request {number}: {error}: {request:?}"));
        assert!(answer.status < 500, "seed {seed}, request {number}: {request:?}: {answer:?}");
        *answers.entry(answer.status).or_default() += 1;
    }
    println!("{backend:?}: {count} requests, seed {seed}: {answers:?}");
    assert_eq!(callers[0].get("/api/v1/auth/me").status, 200);
    assert!(!server.log().contains("panicked"), "seed {seed}: {}", server.log());
    store.outside().wait_until_read();
    assert_eq!(
        store.outside().count("parked_events"),
        0,
        "seed {seed}: something was accepted that readers cannot take"
    );
}

/// What is sent.
struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { method, path, headers, body } = self;
        write!(f, "{method} {path} {headers:?} {:.2000}", String::from_utf8_lossy(body))
    }
}

/// Makes requests of what the document tells of each operation.
struct Maker {
    rng: Rng,
    operations: Vec<(&'static str, String, Value)>,
    ids: Vec<String>,
}

impl Maker {
    fn new(admin: &Api, rng: Rng) -> Self {
        let document = admin.get("/api/v1/openapi.json").body;
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (name, operation) in methods.as_object().unwrap() {
                let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
                let method = known.into_iter().find(|method| method.eq_ignore_ascii_case(name));
                // A claim waits on purpose, and a session of a connection is no answer.
                if let Some(method) = method.filter(|_| !path.ends_with("/claim") && path != "/ws") {
                    operations.push((method, path.clone(), operation.clone()));
                }
            }
        }
        let created = [
            ("/api/v1/shows", json!({"name": "Show"})),
            ("/api/v1/episodes", json!({"title": "Pilot", "episode_number": 1})),
            ("/api/v1/compositions", json!({"name": "Pilot"})),
            ("/api/v1/jobs", json!({"job_type": "test", "run_at": "9999-01-01T00:00:00Z"})),
            ("/api/v1/schedules", json!({"name": "s", "cron": "0 0 1 1 *", "job_type": "test"})),
        ];
        let id = |(path, body): (&str, Value)| admin.post(path, &body).body["data"]["id"].as_str().unwrap().to_owned();
        let mut ids: Vec<String> = created.into_iter().map(id).collect();
        ids.push(admin.upload("a.txt", b"text")["id"].as_str().unwrap().to_owned());
        Self { rng, operations, ids }
    }

    fn make(&mut self) -> Request {
        let (method, path, operation) = self.operations[self.rng.usize(..self.operations.len())].clone();
        let mut request = Request { method, path: self.filled(&path), headers: Vec::new(), body: Vec::new() };
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            if self.rng.u8(..3) == 0 {
                let mark = if request.path.contains('?') { '&' } else { '?' };
                request.path = format!("{}{mark}{}={}", request.path, parameter["name"].as_str().unwrap(), self.text());
            }
        }
        for name in ["if-match", "idempotency-key", "if-none-match", "range"] {
            if self.rng.u8(..12) == 0 {
                let values =
                    ["\"1\"", "*", "W/\"2\"", "\"", "bytes=0-0", "bytes=9-1", "a b", "\"99999999999999999999\""];
                request.headers.push((name, values[self.rng.usize(..values.len())].to_owned()));
            }
        }
        if method != "GET" && method != "DELETE" {
            request.body = self.body(&operation["requestBody"]["content"]["application/json"]["example"]);
            let kinds = ["application/json", "application/json; charset=utf-8", "text/csv", "application/octet-stream"];
            let kind = if self.rng.u8(..10) == 0 { self.rng.usize(..kinds.len()) } else { 0 };
            request.headers.push(("content-type", kinds[kind].to_owned()));
        }
        request
    }

    /// The path with something in place of each variable.
    fn filled(&mut self, path: &str) -> String {
        let filled = |part: &str| if part.starts_with('{') { self.text() } else { part.to_owned() };
        path.split('/').map(filled).collect::<Vec<_>>().join("/")
    }

    fn text(&mut self) -> String {
        if self.rng.bool() {
            return self.ids[self.rng.usize(..self.ids.len())].clone();
        }
        TEXTS[self.rng.usize(..TEXTS.len())].to_owned()
    }

    /// The example with some members replaced, some missing and some too many; now and then cut off or spoilt.
    fn body(&mut self, example: &Value) -> Vec<u8> {
        let mut members = example.as_object().cloned().unwrap_or_default();
        for _ in 0..self.rng.usize(..3) {
            self.spoil(&mut members);
        }
        let mut text = Value::Object(members).to_string();
        // Some values are no JSON that can be made otherwise.
        for (place, value) in VALUES.iter().enumerate() {
            text = text.replace(&format!("\"value {place}\""), value);
        }
        let mut body = text.into_bytes();
        match self.rng.u8(..20) {
            0 => body.truncate(self.rng.usize(..body.len())),
            1 => {
                let place = self.rng.usize(..body.len());
                body[place] = self.rng.u8(..);
            }
            2 => body = format!("{{\"payload\":{}{}}}", "[".repeat(500), "]".repeat(500)).into_bytes(),
            _ => {}
        }
        body
    }

    fn spoil(&mut self, members: &mut Map<String, Value>) {
        let names: Vec<String> = members.keys().cloned().collect();
        let value = json!(format!("value {}", self.rng.usize(..VALUES.len())));
        let others = ["payload", "description", "categories", "layers", "unique_key", "episode_id", "surprise", "name"];
        match (self.rng.u8(..5), names.is_empty()) {
            (0, false) => drop(members.remove(&names[self.rng.usize(..names.len())])),
            (1, _) | (_, true) => drop(members.insert(others[self.rng.usize(..others.len())].to_owned(), value)),
            (2, false) => {
                drop(members.insert(names[0].clone(), json!({ "payload": [value], "a": { "b": "x".repeat(9_000) } })));
            }
            _ => drop(members.insert(names[self.rng.usize(..names.len())].clone(), value)),
        }
    }
}
