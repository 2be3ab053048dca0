//! Importing a file by the command, beside a running server: every row or none, live, and told of once.

#[path = "../../crates/csv/tests/fault_table/mod.rs"]
mod fault_table;

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::thread;

use fault_table::Fault;

use crate::harness::{Backend, Outside, Server, Store, eventually, on_both_stores};

on_both_stores!(
    an_import_beside_a_running_server_arrives_live_and_is_told_of_once,
    a_faulty_file_is_told_by_line_and_column_and_changes_nothing,
    rows_find_their_shows_and_numbers_that_are_taken_are_told,
    a_dry_run_says_what_would_be_done_and_writes_nothing,
    users_import_as_far_as_their_role_goes,
    a_demo_fills_an_empty_store_once_and_leaves_others_alone,
);

fn file(store: &Store, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = store.home().join("episodes.csv");
    fs::write(&path, contents).unwrap();
    path
}

fn numbered(rows: usize) -> String {
    let rows = (1..=rows).map(|number| format!("Take {number},{number},\"one\ntwo\"\n"));
    format!("title,episode_number,description\n{}", rows.collect::<String>())
}

/// What the command answers: whether it succeeded, its output and its complaints.
fn import(store: &Store, file: &PathBuf, flags: &[&str]) -> (bool, String, String) {
    let Output { status, stdout, stderr } = store.command("import", "data").arg(file).args(flags).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Everything that an import would leave behind.
fn traces(store: &mut Outside) -> Vec<i64> {
    let tables = ["shows", "episodes", "activities", "notifications", "events"].map(|table| store.count(table));
    tables.into_iter().chain([store.head()]).collect()
}

fn an_import_beside_a_running_server_arrives_live_and_is_told_of_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("admin@example.com", "admin");
    let mut live = server.live(&token);
    live.subscribe(&["feed"], None);

    let (success, said, complaints) = import(&store, &file(&store, numbered(700)), &["--as", "admin@example.com"]);
    assert_eq!((success, said.as_str()), (true, "created 700 episodes and 0 shows\n"), "{complaints}");
    for number in 1..=700 {
        let event = live.event();
        assert_eq!(event.name, "episode_created");
        assert_eq!(event.data()["episode"]["title"], format!("Take {number}"));
        let mut members: Vec<&String> = event.envelope.as_object().unwrap().keys().collect();
        members.sort_unstable();
        assert_eq!(members, ["data", "event", "id", "seq", "timestamp"]);
    }
    let told = live.event();
    assert_eq!((told.name.as_str(), &told.data()["title"]), ("notification", &"700 episodes imported".into()));

    let api = server.api(&token);
    eventually("every row has its activity", || {
        let activities = api.get("/api/v1/activities?action=CREATE&resource_type=episode&total=true&limit=1");
        (activities.body["page"]["total"] == 700).then_some(())
    });
    let notifications = api.get("/api/v1/notifications?total=true");
    assert_eq!(notifications.body["page"]["total"], 1, "{notifications:?}");
    api.create("By hand", 1);
    assert_eq!(api.get("/api/v1/notifications?total=true").body["page"]["total"], 2);
}

fn a_faulty_file_is_told_by_line_and_column_and_changes_nothing(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    server.api(&store.token("editor@example.com", "editor")).create("Pilot", 1);
    let mut outside = store.outside();
    outside.wait_until_read();
    let before = traces(&mut outside);
    for Fault { name, file: contents, line, column, words } in fault_table::faults() {
        let path = file(&store, contents);
        let (success, said, complaints) = import(&store, &path, &[]);
        let place = format!("{}:{line}:{column}: ", path.display());
        let told = complaints.lines().find_map(|complaint| complaint.strip_prefix(&place));
        assert!(told.is_some_and(|told| told.contains(words)), "{name}: {place} in {complaints}");
        assert_eq!((success, said.as_str()), (false, ""), "{name}: {complaints}");
        assert_eq!(traces(&mut outside), before, "{name}");
    }
}

fn a_dry_run_says_what_would_be_done_and_writes_nothing(backend: Backend) {
    let store = Store::new(backend);
    let (success, said, complaints) = import(&store, &file(&store, numbered(3)), &["--dry-run"]);
    assert!(success, "{complaints}");
    assert_eq!(said, "would create 3 episodes and 0 shows; nothing was written\n");
    assert_eq!(traces(&mut store.outside()), [0; 6]);
    let (success, _, complaints) = import(&store, &file(&store, "title\nPilot\n"), &["--dry-run"]);
    assert!(!success && complaints.contains("episodes.csv:1:1: the column episode_number is missing"), "{complaints}");
    assert_eq!(traces(&mut store.outside()), [0; 6]);
}

fn users_import_as_far_as_their_role_goes(backend: Backend) {
    let store = Store::migrated(backend);
    store.token("editor@example.com", "editor");
    let path = file(&store, numbered(3));
    for (email, words) in [("editor@example.com", "your role"), ("nobody@example.com", "no user"), ("@", "must be")] {
        let (success, _, complaints) = import(&store, &path, &["--as", email]);
        assert!(!success && complaints.contains(words), "{email}: {complaints}");
    }
    let (success, _, complaints) = import(&store, &store.home().join("missing.csv"), &[]);
    assert!(!success && complaints.contains("cannot be read"), "{complaints}");
    assert_eq!(store.outside().count("episodes"), 0);
}

fn a_demo_fills_an_empty_store_once_and_leaves_others_alone(backend: Backend) {
    let sample = include_str!("../../docs/samples/episodes.csv").lines().count() - 1;
    let folders = if backend == Backend::Postgres { ["data", "other"] } else { ["data", "data"] };
    let demo = |store: &Store, folder| {
        Server::start(store, folder, |command| {
            command.arg("--demo");
        })
    };
    let store = Store::new(backend);
    thread::scope(|scope| {
        let starts = folders.map(|folder| scope.spawn(|| demo(&store, folder)));
        for start in starts {
            start.join().unwrap();
        }
    });
    demo(&store, "data").kill();
    assert_eq!(store.outside().count("episodes"), i64::try_from(sample).unwrap());
    assert_eq!(store.outside().count("shows"), 7);

    let store = Store::new(backend);
    let server = store.serve();
    server.api(&store.token("editor@example.com", "editor")).create("Pilot", 1);
    drop(demo(&store, "data"));
    assert_eq!(store.outside().count("episodes"), 1);
}

fn rows_find_their_shows_and_numbers_that_are_taken_are_told(backend: Backend) {
    let store = Store::new(backend);
    let table = "show,season_number,episode_number,title\nThe Wire,1,1,The Target\nMad Men,1,1,Smoke\n,,1,Alone\n";
    let (success, said, complaints) = import(&store, &file(&store, table), &[]);
    assert_eq!((success, said.as_str()), (true, "created 3 episodes and 2 shows\n"), "{complaints}");
    // Whoever serves numbers what the command has left in the log.
    let _server = store.serve();
    store.outside().wait_until_read();
    let before = traces(&mut store.outside());

    let table =
        "season_number,episode_number,title,show\n1,2,The Detail,\n1,1,Again,\n2,1,Ebb Tide,\n1,1,Smoke,mad men\n";
    let path = file(&store, table);
    let (success, _, complaints) = import(&store, &path, &["--show", "the-wire"]);
    let told: Vec<&str> = complaints.lines().collect();
    assert!(!success && told.len() == 3, "{complaints}");
    for (complaint, line) in told.iter().zip([3, 5]) {
        assert!(complaint.starts_with(&format!("{}:{line}:2: episode_number is taken", path.display())), "{complaint}");
    }
    assert_eq!(traces(&mut store.outside()), before);

    let table = "season_number,episode_number,title\n1,2,The Detail\n2,1,Ebb Tide\n";
    let (success, said, complaints) = import(&store, &file(&store, table), &["--show", "The Wire"]);
    assert_eq!((success, said.as_str()), (true, "created 2 episodes and 0 shows\n"), "{complaints}");
    assert_eq!(store.outside().count("shows"), 2);
}
