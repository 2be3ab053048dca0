//! Requests with an `Idempotency-Key`, sent again and again: to two servers at once, and to one that was killed.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Api, Audit, Backend, PASSWORD, Store, eventually, on_both_stores};
use crate::two_processes::other_folder;

on_both_stores!(
    a_hundred_equal_requests_at_once_to_two_servers_make_one_record_and_get_one_answer,
    a_request_repeated_after_a_kill_is_carried_out_once,
    a_repeated_update_is_answered_as_it_was_first,
    what_nobody_may_repeat_any_more_is_forgotten,
    the_same_key_with_another_password_is_another_request_on_every_server,
);

fn keyed(api: &Api, method: &str, path: &str, key: &str, body: &Value) -> Option<Answer> {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    api.send(method, path, &headers, body.to_string().as_bytes()).ok()
}

fn pilot() -> Value {
    json!({"title": "Pilot", "episode_number": 1})
}

fn a_hundred_equal_requests_at_once_to_two_servers_make_one_record_and_get_one_answer(backend: Backend) {
    let store = Store::new(backend);
    let other = if backend == Backend::Sqlite { "data" } else { "other" };
    let servers = [store.serve(), store.serve_from(other)];
    let token = store.token("editor@example.com", "editor");
    let answers: Vec<Answer> = thread::scope(|scope| {
        let requests: Vec<_> = servers
            .iter()
            .cycle()
            .take(100)
            .map(|server| {
                let api = server.api(&token);
                scope.spawn(move || keyed(&api, "POST", "/api/v1/episodes", "pilot", &pilot()).unwrap())
            })
            .collect();
        requests.into_iter().map(|request| request.join().unwrap()).collect()
    });
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
    let mut outside = store.outside();
    assert_eq!(outside.count("episodes"), 1);
    Audit::default().check(&mut outside, &[]);
    let another = keyed(
        &servers[1].api(&token),
        "POST",
        "/api/v1/episodes",
        "pilot",
        &json!({"title": "Other", "episode_number": 2}),
    );
    assert_eq!(another.unwrap().body["code"], "IDEMPOTENCY_KEY_REUSED");
}

/// The kill falls before the commit, between commit and answer, or after: whichever it was, the client that does not
/// know sends again, and there is one episode.
fn a_request_repeated_after_a_kill_is_carried_out_once(backend: Backend) {
    let store = Store::migrated(backend);
    let token = store.token("editor@example.com", "editor");
    let mut unanswered = 0;
    for round in 0..10 {
        let key = format!("round-{round}");
        let server = store.serve();
        let api = server.api(&token);
        let first = thread::scope(|scope| {
            let request = scope.spawn(|| keyed(&api, "POST", "/api/v1/episodes", &key, &pilot()));
            thread::sleep(Duration::from_micros(fastrand::u64(0..4_000)));
            server.kill();
            request.join().unwrap()
        });
        let server = store.serve();
        let again = keyed(&server.api(&token), "POST", "/api/v1/episodes", &key, &pilot()).unwrap();
        assert_eq!(again.status, 201, "{again:?}");
        match first {
            Some(first) => assert_eq!(first.body, again.body),
            None => unanswered += 1,
        }
        assert_eq!(store.outside().count("episodes"), round + 1);
    }
    println!("{backend:?}: {unanswered} of 10 requests were killed before their answer");
}

fn a_repeated_update_is_answered_as_it_was_first(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let api = server.api(&store.token("editor@example.com", "editor"));
    let path = format!("/api/v1/episodes/{}", api.create("Pilot", 1));
    let publish = || keyed(&api, "PATCH", &path, "publish", &json!({"status": "published"})).unwrap();
    let first = publish();
    assert_eq!(api.put(&path, &json!({"title": "Renamed meanwhile"})).status, 200);
    let again = publish();
    assert_eq!((again.status, again.header("etag"), &again.body), (200, Some("\"2\""), &first.body));
    assert_eq!(api.get(&path).body["data"]["version"], 3);
}

fn what_nobody_may_repeat_any_more_is_forgotten(backend: Backend) {
    let store = Store::migrated(backend);
    let token = store.token("editor@example.com", "editor");
    let server = store.serve();
    for number in 0..3 {
        let key = format!("key-{number}");
        assert_eq!(keyed(&server.api(&token), "POST", "/api/v1/episodes", &key, &pilot()).unwrap().status, 201);
    }
    let past = if backend == Backend::Sqlite { "0" } else { "to_timestamp(0)" };
    store.outside().run(&format!("update receipts set created_at = {past} where scope not like '%key-2%'"));
    server.kill();
    let server = store.serve();
    eventually("what has expired is removed", || (store.outside().count("receipts") == 1).then_some(()));
    let repeated = keyed(&server.api(&token), "POST", "/api/v1/episodes", "key-2", &pilot()).unwrap();
    assert_eq!((repeated.status, store.outside().count("episodes")), (201, 3), "the others are answered as before");
}

fn the_same_key_with_another_password_is_another_request_on_every_server(backend: Backend) {
    let store = Store::new(backend);
    let servers = [store.serve(), store.serve_from(other_folder(backend))];
    store.account("admin@example.com", "admin");
    let admin = servers.each_ref().map(|server| server.api(&server.login("admin@example.com")));
    let body = |password: Option<&str>| {
        let mut body = json!({"email": "editor@example.com", "name": "An editor", "role": "editor"});
        if let Some(password) = password {
            body["password"] = password.into();
        }
        body
    };
    let ask = |server: usize, method: &str, path: &str, body: &Value| {
        let answer = keyed(&admin[server], method, path, "key", body).unwrap();
        (answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned())
    };
    let reused = || (422, "IDEMPOTENCY_KEY_REUSED".to_owned());
    let again = |method: &str, path: &str, status: u16| {
        for server in [0, 1] {
            assert_eq!(ask(server, method, path, &body(Some(PASSWORD))), (status, String::new()));
            assert_eq!(ask(server, method, path, &body(Some("another battery"))), reused());
            assert_eq!(ask(server, method, path, &body(None)), reused());
        }
    };
    again("POST", "/api/v1/users", 201);
    let users = admin[0].get("/api/v1/users");
    let editor = users.list().iter().find(|user| user["role"] == "editor").unwrap();
    again("PATCH", &format!("/api/v1/users/{}", editor["id"].as_str().unwrap()), 200);
    servers[1].login("editor@example.com");
    let kept = store.outside().texts("select fingerprint as t from receipts");
    assert!(
        kept.len() == 2 && kept.iter().all(|kept| kept.contains("$argon2id$") && !kept.contains(PASSWORD)),
        "{kept:?}"
    );
}
