//! People: the first start, signing in and out, what ends a session, and accounts beside a running server.

use std::process::Output;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Outside, PASSWORD, Server, Store, eventually, on_both_stores};
use crate::sse::Stream;
use crate::two_processes::other_folder;

on_both_stores!(
    from_the_first_start_to_signing_out_every_step_works_and_counts_at_once,
    tabs_that_refresh_at_once_get_the_same_tokens_and_go_on,
    until_an_administrator_has_a_password_each_start_prints_a_link_and_older_ones_end,
    wrong_passwords_slow_down_who_sends_them_also_over_a_restart_and_the_right_one_lets_in,
    accounts_are_kept_on_the_command_line_beside_a_running_server,
    no_secret_is_in_events_activities_the_log_or_in_plain_text_at_rest,
    one_address_can_try_a_hundred_times_and_then_has_to_wait,
    a_second_start_that_cannot_listen_leaves_the_set_up_link_as_it_is,
);

const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh";
const ME: &str = "/api/v1/auth/me";
/// The close code that says "authenticate again".
const AUTHENTICATE: Option<u16> = Some(4401);

/// Somebody who has signed in.
struct SignedIn {
    access: String,
    refresh: String,
}

impl SignedIn {
    #[track_caller]
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let text = |name: &str| answer.body["data"][name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

#[track_caller]
fn set_up(server: &Server, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password, "email": "admin@example.com", "name": "An admin"});
    server.api("").post("/api/v1/auth/setup", &body)
}

#[track_caller]
fn login(server: &Server, password: &str) -> Answer {
    server.api("").post(LOGIN, &json!({"email": "admin@example.com", "password": password}))
}

#[track_caller]
fn refresh(server: &Server, token: &str) -> Answer {
    server.api("").post(REFRESH, &json!({"refresh_token": token}))
}

/// A server whose first administrator is set up, and their session.
fn administered(store: &Store) -> (Server, SignedIn) {
    let server = store.serve();
    let admin = SignedIn::of(&set_up(&server, server.set_up.as_deref().unwrap(), PASSWORD));
    (server, admin)
}

fn status(api: &Api) -> u16 {
    api.get(ME).status
}

fn from_the_first_start_to_signing_out_every_step_works_and_counts_at_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let link = server.set_up.clone().expect("a set-up link");
    assert_problem("a short password", &set_up(&server, &link, "short"), 422, "VALIDATION_FAILED");
    let first = SignedIn::of(&set_up(&server, &link, PASSWORD));
    assert_problem("the link again", &set_up(&server, &link, PASSWORD), 401, "UNAUTHENTICATED");

    let admin = server.api(&first.access);
    let me = admin.get(ME);
    assert_eq!((&me.body["data"]["email"], &me.body["data"]["role"]), (&json!("admin@example.com"), &json!("admin")));
    let users = admin.get("/api/v1/users");
    assert_eq!(users.list().len(), 1);
    let logins = admin.get("/api/v1/activities?action=LOGIN");
    assert_eq!((logins.list().len(), &logins.list()[0]["resourceType"]), (1, &json!("user")));
    assert_eq!(logins.list()[0]["userName"], "An admin");

    assert_problem("a wrong password", &login(&server, "wrong"), 401, "UNAUTHENTICATED");
    let session = SignedIn::of(&login(&server, PASSWORD));
    let rotated = SignedIn::of(&refresh(&server, &session.refresh));
    assert_eq!(status(&server.api(&rotated.access)), 200);
    let redeemed = SignedIn::of(&refresh(&server, &rotated.refresh));

    let mut live = server.live(&rotated.access);
    live.subscribe(&["feed"], None);
    let mut others = server.live(&first.access);
    assert_problem("a used token", &refresh(&server, &session.refresh), 401, "UNAUTHENTICATED");
    for access in [&session.access, &rotated.access, &redeemed.access] {
        assert_problem("after reuse", &server.api(access).get(ME), 401, "UNAUTHENTICATED");
    }
    for newer in [&rotated.refresh, &redeemed.refresh] {
        assert_problem("a newer token", &refresh(&server, newer), 401, "UNAUTHENTICATED");
    }
    assert_eq!(live.close_code(), AUTHENTICATE, "reuse closes the session's sockets");

    others.subscribe(&["feed"], None);
    assert_eq!(admin.post("/api/v1/auth/logout", &Value::Null).status, 200);
    assert_problem("after signing out", &admin.get(ME), 401, "UNAUTHENTICATED");
    assert_eq!(others.close_code(), AUTHENTICATE, "signing out closes the session's sockets");
}

/// Two servers: on Postgres each has a data folder of its own, and nothing but the store in common.
fn tabs_that_refresh_at_once_get_the_same_tokens_and_go_on(backend: Backend) {
    let store = Store::new(backend);
    let (here, first) = administered(&store);
    let there = store.serve_from(other_folder(backend));
    let mut live = here.live(&first.access);
    live.subscribe(&["feed"], None);
    let mut token = first.refresh.clone();
    for _ in 0..3 {
        let tabs = [&here, &there, &here, &there, &here, &there];
        let answers: Vec<Answer> = thread::scope(|scope| {
            let asked = tabs.map(|server| scope.spawn(|| refresh(server, &token)));
            asked.into_iter().map(|tab| tab.join().unwrap()).collect()
        });
        let tokens: Vec<SignedIn> = answers.iter().map(SignedIn::of).collect();
        for SignedIn { access, refresh } in &tokens {
            assert_eq!(refresh, &tokens[0].refresh);
            assert_eq!([&here, &there].map(|server| status(&server.api(access))), [200, 200]);
        }
        token.clone_from(&tokens[0].refresh);
    }
    assert_eq!(live.event_within(Duration::ZERO).unwrap(), None, "the session goes on");
    assert_problem("an older token", &refresh(&there, &first.refresh), 401, "UNAUTHENTICATED");
    assert_eq!(live.close_code(), AUTHENTICATE, "reuse ends the session");
    assert_problem("the latest token", &refresh(&here, &token), 401, "UNAUTHENTICATED");
}

fn until_an_administrator_has_a_password_each_start_prints_a_link_and_older_ones_end(backend: Backend) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let older = server.set_up.clone().unwrap();
    server.terminate();
    server.wait();
    let mut server = store.serve();
    let newer = server.set_up.clone().unwrap();
    assert_problem("an older link", &set_up(&server, &older, PASSWORD), 401, "UNAUTHENTICATED");
    SignedIn::of(&set_up(&server, &newer, PASSWORD));
    server.terminate();
    server.wait();
    let server = store.serve();
    assert_eq!(server.set_up, None);
    assert_eq!(store.outside().count("users"), 1);
    SignedIn::of(&login(&server, PASSWORD));
}

fn wrong_passwords_slow_down_who_sends_them_also_over_a_restart_and_the_right_one_lets_in(backend: Backend) {
    let store = Store::new(backend);
    let (mut server, _) = administered(&store);
    for _ in 0..10 {
        assert_problem("a wrong password", &login(&server, "wrong"), 401, "UNAUTHENTICATED");
    }
    // It waits for a second and is let in, though somebody goes on beside it.
    thread::scope(|scope| {
        let guesses = scope.spawn(|| login(&server, "still wrong").status);
        eventually("the right password lets in", || (login(&server, PASSWORD).status == 200).then_some(()));
        assert!([401, 429].contains(&guesses.join().unwrap()));
    });
    assert_problem("a wrong password", &login(&server, "wrong"), 401, "UNAUTHENTICATED");
    server.terminate();
    server.wait();
    // As though it had gone on for a while. The other guess may have been counted after the right password.
    store.outside().run("update sign_in_attempts set failures = 20 where failures between 1 and 5");
    let server = store.serve();
    let refused = login(&server, PASSWORD);
    assert_problem("a long delay, after a restart too", &refused, 429, "RATE_LIMITED");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((11..=60).contains(&seconds), "{seconds}");
    succeeds(&store.user(&["set-password", "admin@example.com"], "another battery"));
    let body = json!({"email": "admin@example.com", "password": "another battery"});
    SignedIn::of(&server.api("").post(LOGIN, &body));
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn fails(output: &Output, reason: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains(reason), "{told}");
}

fn accounts_are_kept_on_the_command_line_beside_a_running_server(backend: Backend) {
    let store = Store::new(backend);
    let (server, admin) = administered(&store);
    let mut live = server.live(&admin.access);
    live.subscribe(&["feed"], None);
    let editor = "editor@example.com";
    let link = succeeds(&store.user(&["add", editor, "--role", "viewer", "--name", "An editor"], ""));
    assert!(link.contains("/setup?token="), "{link}");
    assert_eq!(live.event().data()["user"]["name"], "An editor");
    succeeds(&store.user(&["set-role", editor, "--role", "editor"], ""));
    assert_eq!(live.event().data()["changes"], json!({"role": ["viewer", "editor"]}));
    assert!(succeeds(&store.user(&["list"], "")).contains("editor@example.com\teditor\tAn editor\n"));

    fails(&store.user(&["set-password", editor], "short\n"), "at least 12 characters");
    succeeds(&store.user(&["set-password", editor], "battery staple\n"));
    let old_link = link.trim_end().split_once("token=").unwrap().1;
    assert_problem("an older link", &set_up(&server, old_link, PASSWORD), 401, "UNAUTHENTICATED");
    let body = json!({"email": editor, "password": "battery staple"});
    let session = SignedIn::of(&server.api("").post(LOGIN, &body));
    let mut theirs = server.live(&session.access);
    assert!(succeeds(&store.user(&["set-up-link", editor], "")).contains("/setup?token="));
    succeeds(&store.user(&["remove", editor], ""));
    assert_eq!(theirs.close_code(), AUTHENTICATE);
    assert_eq!(status(&server.api(&session.access)), 401);

    for words in [["remove", "admin@example.com"].as_slice(), &["set-role", "admin@example.com", "--role", "viewer"]] {
        fails(&store.user(words, ""), "last administrator");
    }
    fails(&store.user(&["remove", editor], ""), "there is no user");
    fails(&store.user(&["add", "x", "--role", "viewer"], ""), "an e-mail address");
    fails(&store.user(&["add", editor, "--role", "worker"], ""), "--role must be");
    fails(&store.user(&["add", "admin@example.com", "--role", "viewer"], ""), "already exists");
}

fn no_secret_is_in_events_activities_the_log_or_in_plain_text_at_rest(backend: Backend) {
    let store = Store::new(backend);
    let (server, admin) = administered(&store);
    let link = server.set_up.clone().unwrap();
    let next = SignedIn::of(&refresh(&server, &admin.refresh));
    let change = json!({"current_password": PASSWORD, "password": "another battery"});
    assert_eq!(server.api(&next.access).try_json("PATCH", ME, &change).unwrap().status, 200);
    assert_eq!(status(&server.api(&next.access)), 200, "the session in which it was changed goes on");
    assert_problem("the old password", &login(&server, PASSWORD), 401, "UNAUTHENTICATED");

    let secret_of = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    let mut secrets: Vec<String> = vec![PASSWORD.to_owned(), "another battery".to_owned(), link];
    secrets.extend([&admin.refresh, &next.refresh, &admin.access].map(|token| secret_of(token)));
    let mut outside: Outside = store.outside();
    outside.wait_until_read();
    let said = [
        server.api(&next.access).get("/api/v1/events?limit=100").body.to_string(),
        server.api(&next.access).get("/api/v1/activities?limit=100").body.to_string(),
        server.log(),
    ];
    assert!(said[0].contains("user_updated") && said[1].contains("LOGIN"), "{said:?}");
    for text in &said {
        assert!(!text.contains("argon2"), "{text}");
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    let columns = [
        "hash as t from passwords",
        "refresh_digest as t from sessions",
        "predecessor_digest as t from sessions",
        "successor_salt as t from sessions",
    ];
    for column in columns {
        let kept = outside.texts(&format!("select {column}")).remove(0);
        assert!(kept.len() > 40 && secrets.iter().all(|secret| !kept.contains(secret)), "{kept}");
    }
}

fn one_address_can_try_a_hundred_times_and_then_has_to_wait(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let limited = eventually("the limit is reached", || {
        let answer = refresh(&server, "nothing");
        (answer.status != 401).then_some(answer)
    });
    assert_problem("one attempt too many", &limited, 429, "RATE_LIMITED");
    assert_eq!(limited.header("retry-after"), Some("1"));
    assert_problem("a password has its own attempts", &login(&server, PASSWORD), 401, "UNAUTHENTICATED");
    assert_problem("a link has its own", &set_up(&server, "nothing", PASSWORD), 401, "UNAUTHENTICATED");
    let token = store.token("editor@example.com", "editor");
    assert_eq!(status(&server.api(&token)), 200, "other endpoints are not limited");
}

#[test]
fn signing_out_at_one_server_closes_what_is_open_at_another() {
    let store = Store::new(Backend::Postgres);
    let (here, _) = administered(&store);
    let there = store.serve_from("other");
    assert_eq!(there.set_up, None);
    let session = SignedIn::of(&login(&here, PASSWORD));
    assert_eq!(status(&there.api(&session.access)), 200);
    let mut socket = there.live(&session.access);
    let mut stream = Stream::open(&there, &session.access, None);
    let out = here.api(&session.access).post("/api/v1/auth/logout", &Value::Null);
    assert_eq!(out.status, 200, "{out:?}");
    assert_problem("at the other", &there.api(&session.access).get(ME), 401, "UNAUTHENTICATED");
    assert_eq!(socket.close_code(), AUTHENTICATE);
    assert_eq!(stream.next().unwrap().event, "error");
    assert!(stream.next().is_none());
    assert_problem("its refresh token", &refresh(&there, &session.refresh), 401, "UNAUTHENTICATED");
}

fn a_second_start_that_cannot_listen_leaves_the_set_up_link_as_it_is(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let second = store.command("serve", "data").args(["--listen", &server.address]).output().unwrap();
    fails(&second, &server.address);
    SignedIn::of(&set_up(&server, server.set_up.as_deref().unwrap(), PASSWORD));
}
