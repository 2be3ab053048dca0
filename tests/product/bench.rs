//! `showrunner bench` measures this program on both stores, and leaves a database as empty as it found it.

use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Backend, Store, on_both_stores};

on_both_stores!(a_benchmark_of_some_work_tells_of_that_alone_and_leaves_nothing_behind);

#[test]
fn a_benchmark_counts_requests_deliveries_connections_and_starts() {
    let report = bench(&Store::new(Backend::Sqlite), &[]);
    assert_eq!(report["episodes"], 1_000);
    assert!(report["machine"]["cores"].as_u64().unwrap() > 0);
    let requests = report["requests"].as_array().unwrap();
    let measured: Vec<(&str, u64)> =
        requests.iter().map(|it| (it["work"].as_str().unwrap(), it["connections"].as_u64().unwrap())).collect();
    let works = ["noop", "get", "list", "update", "create"];
    assert_eq!(measured, works.map(|work| [1, 32, 64].map(|connections| (work, connections))).concat());
    for it in requests {
        for figure in ["requests", "requests_per_second", "part_of_noop", "p50_ms", "p99_ms", "server_us"] {
            assert!(it[figure].as_f64().unwrap() > 0.0, "{figure} of {it}");
        }
    }
    let deliveries = report["fan_out"].as_array().unwrap();
    let paces = ["back to back", "10/s", "100/s"];
    assert_eq!(deliveries.len(), 2 * paces.len());
    for (at, it) in deliveries.iter().enumerate() {
        assert_eq!(it["pace"], paces[at % paces.len()]);
        let (clients, events) = (it["clients"].as_u64().unwrap(), it["events"].as_u64().unwrap());
        assert!(events > 0 && it["deliveries"] == clients * events, "{it}");
    }
    assert_eq!(report["idle_connections"]["connections"], 1_000);
    assert!(report["idle_connections"]["kilobytes_each"].as_f64().unwrap() > 0.0);
    for figure in ["empty_ms", "existing_ms", "idle_mb"] {
        assert!(report["start"][figure].as_f64().unwrap() > 0.0, "{figure}");
    }
}

fn a_benchmark_of_some_work_tells_of_that_alone_and_leaves_nothing_behind(backend: Backend) {
    let store = Store::new(backend);
    let report = bench(&store, &["--only", "create,jobs,start", "--episodes", "40"]);
    assert_eq!(report["store"], format!("{backend:?}").to_lowercase());
    assert_eq!(report["requests"].as_array().unwrap().len(), 3);
    assert_eq!((&report["fan_out"], &report["idle_connections"]), (&serde_json::json!([]), &Value::Null));
    let jobs = report["jobs"].as_array().unwrap();
    let ways: Vec<&str> = jobs.iter().map(|it| it["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["over HTTP", "in process"]);
    for (it, figure) in jobs.iter().flat_map(|it| ["jobs", "jobs_per_second", "start_p99_ms"].map(|name| (it, name))) {
        assert!(it[figure].as_f64().unwrap() > 0.0, "{figure} of {it}");
    }
    assert!(report["start"]["existing_ms"].as_f64().unwrap() > 0.0);
    bench(&store, &["--only", "get", "--episodes", "1"]);
}

#[test]
fn a_database_that_is_in_use_is_left_alone() {
    let store = Store::new(Backend::Postgres);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create("Not to be lost", 1);
    let Output { status, stderr, .. } = command(&store, &["--only", "noop"]).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && said.contains("the database has been migrated before"), "{said}");
    assert_eq!(editor.get(&format!("/api/v1/episodes/{episode}")).status, 200);
}

#[test]
fn work_that_nobody_knows_is_refused_with_what_there_is() {
    let store = Store::new(Backend::Sqlite);
    let Output { status, stderr, .. } = command(&store, &["--only", "get,everything"]).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && said.contains("must be some of noop, get"), "{said}");
}

/// Runs a quick benchmark and answers its report. The table is there as well.
fn bench(store: &Store, arguments: &[&str]) -> Value {
    let json = store.home().join("report.json");
    let mut command = command(store, arguments);
    let Output { status, stdout, stderr } = command.arg("--json").arg(&json).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let table = String::from_utf8(stdout).unwrap();
    assert!(table.starts_with("Showrunner ") && table.contains("requests/s"), "{table}");
    let temporary = std::fs::read_dir(store.folder("tmp")).unwrap();
    assert_eq!(temporary.count(), 0, "its folder is gone");
    serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap()
}

fn command(store: &Store, arguments: &[&str]) -> Command {
    let temporary = store.folder("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_showrunner"));
    command.args(["bench", "--quick"]).args(arguments).args(store.database_flags()).env("TMPDIR", temporary);
    command
}
