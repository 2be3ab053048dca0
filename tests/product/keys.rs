//! Signing keys that are rotated and revoked, and tokens that are revoked alone, beside two running servers.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::decode_header;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Live, PASSWORD, Server, Store, eventually, on_both_stores};
use crate::sse::Stream;
use crate::two_processes::other_folder;

on_both_stores!(
    a_key_that_was_rotated_in_signs_at_once_and_the_old_one_verifies_on,
    a_revoked_key_ends_all_that_it_has_signed_on_every_node_and_another_signs,
    a_revoked_token_ends_alone_on_every_node,
);

const EDITOR: &str = "editor@example.com";
const ME: &str = "/api/v1/auth/me";
/// The close code that says "authenticate again".
const AUTHENTICATE: Option<u16> = Some(4401);

/// Two servers: on Postgres each has a data folder and a key of its own.
fn servers(store: &Store, backend: Backend) -> [Server; 2] {
    [store.serve(), store.serve_from(other_folder(backend))]
}

fn run(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn says(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// `showrunner signing-key …` on a data folder.
#[track_caller]
fn signing_key(store: &Store, words: &[&str], folder: &str) -> String {
    says(&run(store.words(&[&["signing-key"], words].concat(), folder), ""))
}

fn kid(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

fn jti(token: &str) -> String {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["jti"].as_str().unwrap().to_owned()
}

fn statuses(servers: &[Server], token: &str) -> Vec<u16> {
    servers.iter().map(|server| server.api(token).get(ME).status).collect()
}

fn login(server: &Server) -> Answer {
    server.api("").post("/api/v1/auth/login", &json!({"email": EDITOR, "password": PASSWORD}))
}

/// A field of the tokens that were answered.
#[track_caller]
fn told(answer: &Answer, field: &str) -> String {
    answer.body["data"][field].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn a_key_that_was_rotated_in_signs_at_once_and_the_old_one_verifies_on(backend: Backend) {
    let store = Store::new(backend);
    let servers = servers(&store, backend);
    store.account(EDITOR, "editor");
    let old = told(&login(&servers[0]), "access_token");
    let elsewhere = told(&login(&servers[1]), "access_token");
    let mut live = servers[1].live(&old);
    live.subscribe(&["episodes"], None);

    let rotated = signing_key(&store, &["rotate"], "data").trim_end().to_owned();
    assert_ne!(rotated, kid(&old));
    let new = told(&login(&servers[0]), "access_token");
    let minted = store.token(EDITOR, "editor");
    assert_eq!([&new, &minted].map(|token| kid(token)), [rotated.clone(), rotated.clone()], "at once");
    let beside = told(&login(&servers[1]), "access_token");
    assert_eq!(kid(&beside) == kid(&elsewhere), backend == Backend::Postgres, "a folder of its own keeps its key");
    for token in [&old, &elsewhere, &new, &minted, &beside] {
        assert_eq!(statuses(&servers, token), [200, 200]);
    }
    let listed = signing_key(&store, &["list"], "data");
    let state = |kid: &str| listed.lines().find_map(|line| line.strip_prefix(kid)?.rsplit('\t').next()).unwrap();
    assert_eq!(state(&rotated), "signs here");
    assert!(state(&kid(&old)).starts_with("verifies until "), "{listed}");
    assert_eq!(listed.lines().count(), if backend == Backend::Postgres { 3 } else { 2 }, "{listed}");

    // Nobody was thrown out.
    let episode = servers[0].api(&new).create("Pilot", 1);
    assert_eq!(live.event().data()["episode"]["id"], *episode);
    let [first, second] = servers;
    first.kill();
    let again = store.serve();
    assert_eq!(kid(&told(&login(&again), "access_token")), rotated, "after a restart too");
    drop(second);
}

fn a_revoked_key_ends_all_that_it_has_signed_on_every_node_and_another_signs(backend: Backend) {
    let store = Store::new(backend);
    let servers = servers(&store, backend);
    store.account(EDITOR, "editor");
    let session = login(&servers[0]);
    let [stolen, refresh] = ["access_token", "refresh_token"].map(|field| told(&session, field));
    let minted = store.token(EDITOR, "editor");
    let mut sockets: Vec<_> = servers.iter().map(|server| server.live(&stolen)).collect();
    let mut streams: Vec<_> = servers.iter().map(|server| Stream::open(server, &minted, None)).collect();

    // From a folder that is neither server's, so that each must see by itself that its key is gone.
    let mut command = Command::new(env!("CARGO_BIN_EXE_showrunner"));
    let database = match backend {
        Backend::Sqlite => format!("sqlite:{}", store.folder("data").join("showrunner.db").display()),
        Backend::Postgres => store.database_flags()[1].to_owned(),
    };
    command.args(["signing-key", "revoke", &kid(&stolen), "--database-url", &database]);
    command.arg("--data-dir").arg(store.folder("operators"));
    assert!(says(&run(command, "")).contains("within five seconds"));
    for token in [&stolen, &minted] {
        eventually("no server accepts it", || (statuses(&servers, token) == [401, 401]).then_some(()));
    }
    for socket in &mut sockets {
        assert_eq!(socket.close_code(), AUTHENTICATE);
    }
    for stream in &mut streams {
        assert_eq!(stream.next().unwrap().event, "error");
        assert!(stream.next().is_none());
    }
    for server in &servers {
        assert!(Live::connect(&server.address, &stolen).is_err());
    }

    // The session goes on: another key signs, without a restart.
    let next = eventually("another key signs", || {
        let token = told(&login(&servers[0]), "access_token");
        (kid(&token) != kid(&stolen) && statuses(&servers, &token) == [200, 200]).then_some(token)
    });
    let renewed = servers[1].api("").post("/api/v1/auth/refresh", &json!({"refresh_token": refresh}));
    assert_eq!(statuses(&servers, &told(&renewed, "access_token")), [200, 200]);
    let listed = signing_key(&store, &["list"], "data");
    assert!(listed.contains(&format!("{}\t", kid(&stolen))) && listed.contains("\trevoked at "), "{listed}");
    assert!(listed.lines().any(|line| line.starts_with(&kid(&next)) && line.ends_with("\tsigns here")), "{listed}");
    assert_eq!(kid(&store.token(EDITOR, "editor")), kid(&next));
    let [first, second] = servers;
    first.kill();
    let again = store.serve();
    assert_eq!(again.api(&stolen).get(ME).status, 401, "after a restart too");
    assert_eq!(again.api(&next).get(ME).status, 200);

    let unknown = run(store.words(&["signing-key", "revoke", "-unknown"], "data"), "");
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("no such key"));
    drop(second);
}

fn a_revoked_token_ends_alone_on_every_node(backend: Backend) {
    let store = Store::new(backend);
    let servers = servers(&store, backend);
    let [leaked, piped, kept] = [(); 3].map(|()| store.token(EDITOR, "editor"));
    let mut sockets: Vec<_> = servers.iter().map(|server| server.live(&leaked)).collect();
    let mut others: Vec<_> = servers.iter().map(|server| server.live(&kept)).collect();
    for other in &mut others {
        other.subscribe(&["episodes"], None);
    }
    let mut stream = Stream::open(&servers[1], &piped, None);
    let revoke = |words: &[&str], input: &str| run(store.words(&[&["token", "revoke"], words].concat(), "data"), input);
    assert!(says(&revoke(&[&jti(&leaked)], "")).contains(&jti(&leaked)));
    says(&revoke(&[], &format!("{piped}\n")));
    for token in [&leaked, &piped] {
        eventually("no server accepts it", || (statuses(&servers, token) == [401, 401]).then_some(()));
    }
    for socket in &mut sockets {
        assert_eq!(socket.close_code(), AUTHENTICATE);
    }
    assert_eq!(stream.next().unwrap().event, "error");
    assert_eq!(statuses(&servers, &kept), [200, 200]);
    let episode = servers[0].api(&kept).create("Pilot", 1);
    for other in &mut others {
        assert_eq!(other.event().data()["episode"]["id"], *episode);
    }
    for (words, input) in [(["nonsense"].as_slice(), ""), (&[], ""), (&[], "a.b.c")] {
        let refused = revoke(words, input);
        let reason = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && reason.contains("neither a jti nor a token"), "{reason}");
    }
}
