//! Several processes on one store: servers on one Postgres, commands and servers on one SQLite file.

use std::path::Path;
use std::thread;

use serde_json::json;

use crate::harness::{Api, Audit, Backend, Load, Server, Store, on_both_stores};

on_both_stores!(
    a_user_made_by_the_token_command_is_told_to_admins_of_a_running_server,
    what_another_server_commits_arrives_live_and_in_order,
    each_step_of_a_reader_is_taken_by_one_of_two_servers_alone,
);

fn a_user_made_by_the_token_command_is_told_to_admins_of_a_running_server(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = store.token("admin@example.com", "admin");
    let mut live = server.live(&admin);
    live.subscribe(&["feed"], None);
    store.token("viewer@example.com", "viewer");
    let event = live.event();
    assert_eq!(event.name, "user_created");
    assert_eq!(event.data()["user"]["email"], "viewer@example.com");
}

fn what_another_server_commits_arrives_live_and_in_order(backend: Backend) {
    let store = Store::new(backend);
    let first = store.serve();
    let second = store.serve_from(other_folder(backend));
    let token = store.token("editor@example.com", "editor");
    let (at_first, at_second) = (first.api(&token), second.api(&token));
    let mut live = first.live(&token);
    live.subscribe(&["episodes"], None);

    let id = at_second.create("Pilot", 1);
    assert_eq!(live.event().data()["episode"]["id"], *id);
    for number in 0..10 {
        let here = at_first.create("Here", number);
        let there = at_second.create("There", number);
        assert_eq!([live.event(), live.event()].map(|event| event.data()["episode"]["id"].clone()), [here, there]);
    }

    let load = Load::start([&at_first, &at_second, &at_first, &at_second].map(Api::clone));
    load.wait_for(200);
    let harvest = load.stop();
    harvest.assert_all_succeeded();
    let mut outside = store.outside();
    Audit::default().check(&mut outside, &harvest.acknowledged);
    for seq in outside.episode_seqs().into_iter().skip(21) {
        assert_eq!(live.event().seq, seq);
    }
}

/// Updates make no notification: nothing but the cursor keeps a second server from taking that reader's steps again.
fn each_step_of_a_reader_is_taken_by_one_of_two_servers_alone(backend: Backend) {
    let store = Store::new(backend);
    let servers = [store.serve(), store.serve_from(other_folder(backend))];
    let token = store.token("editor@example.com", "editor");
    let mut outside = store.outside();
    outside.watch_cursors();
    thread::scope(|scope| {
        for server in servers.iter().cycle().take(4) {
            let editor = server.api(&token);
            scope.spawn(move || {
                let path = format!("/api/v1/episodes/{}", editor.create("Pilot", 0));
                for number in 1..=150 {
                    assert_eq!(editor.put(&path, &json!({"episode_number": number})).status, 200);
                }
            });
        }
    });
    Audit::default().check(&mut outside, &[]);
    assert_eq!(outside.count("taken_again"), 0);
}

/// A data folder of the same store for a second server: on SQLite that must be the first's.
pub(crate) fn other_folder(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "data",
        Backend::Postgres => "other",
    }
}

#[test]
fn two_servers_with_separate_data_folders_accept_each_others_tokens() {
    let store = Store::new(Backend::Postgres);
    let (first, second) = (store.serve(), store.serve_from("other"));
    let here = store.token("editor@example.com", "editor");
    let there = store.token_from("other", "editor@example.com", "editor");
    for server in [&first, &second] {
        for token in [&here, &there] {
            let me = server.api(token).get("/api/v1/auth/me");
            assert_eq!((me.status, &me.body["data"]["email"]), (200, &json!("editor@example.com")), "{me:?}");
            server.live(token).subscribe(&["feed"], None);
        }
    }
}

#[test]
fn a_server_whose_clock_is_a_minute_behind_keeps_versions_and_log_in_order() {
    let store = Store::new(Backend::Postgres);
    let ahead = store.serve();
    let behind = Server::start(&store, "other", |command| {
        command.env("LD_PRELOAD", faketime()).env("FAKETIME", "-60s").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    });
    let token = store.token("editor@example.com", "editor");
    let (ahead, behind) = (ahead.api(&token), behind.api(&token));
    let behinds = behind.create("Made a minute ago", 0);
    let aheads = ahead.create("Pilot", 1);
    let (made_behind, made_ahead) = (
        ahead.get(&format!("/api/v1/episodes/{behinds}")).body["data"]["created_at"].clone(),
        ahead.get(&format!("/api/v1/episodes/{aheads}")).body["data"]["created_at"].clone(),
    );
    assert!(made_behind.as_str() < made_ahead.as_str(), "the clock of the second server is not behind");

    let path = format!("/api/v1/episodes/{aheads}");
    let mut last_update = made_ahead.as_str().unwrap().to_owned();
    for version in 2..12 {
        let server = if version % 2 == 0 { &behind } else { &ahead };
        let answer = server.put(&path, &json!({"title": format!("Version {version}")}));
        assert_eq!((answer.status, &answer.body["data"]["version"]), (200, &json!(version)), "{answer:?}");
        let update = answer.body["data"]["updated_at"].as_str().unwrap().to_owned();
        assert!(update >= last_update, "the record went back in time: {last_update} to {update}");
        last_update = update;
    }
    Audit::default().check(&mut store.outside(), &[]);
}

/// The library that shifts a process's clock.
pub(crate) fn faketime() -> &'static Path {
    let folders =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];
    let mut files = folders.iter().map(|folder| Path::new(folder).join("faketime/libfaketime.so.1"));
    let file = files.find(|file| file.exists());
    let file = file.expect("libfaketime is missing: install it (Debian: apt-get install faketime)");
    Box::leak(file.into_boxed_path())
}
