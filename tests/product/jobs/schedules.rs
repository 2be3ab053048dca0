//! Schedules, fired by several processes: each time once, also where clocks are put forward and back.

use std::process::Command;

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Api, Backend, Server, Store, eventually, on_both_stores};
use crate::two_processes::{faketime, other_folder};

on_both_stores!(each_second_is_fired_once_by_two_processes, what_is_no_time_is_refused_under_its_name,);

/// Makes a schedule and answers it.
#[track_caller]
fn make(api: &Api, cron: &str, time_zone: &str, job_type: &str) -> Value {
    let body = json!({"name": "A schedule", "cron": cron, "time_zone": time_zone, "job_type": job_type});
    let answer = api.post("/api/v1/schedules", &body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["data"].clone()
}

/// The times that jobs of this type were queued for, in order.
fn times(api: &Api, job_type: &str) -> Vec<String> {
    let jobs = api.get(&format!("/api/v1/jobs?job_type={job_type}&limit=100"));
    let mut times: Vec<String> = jobs.list().iter().map(|job| job["run_at"].as_str().unwrap().to_owned()).collect();
    times.sort_unstable();
    times
}

fn path(schedule: &Value) -> String {
    format!("/api/v1/schedules/{}", schedule["id"].as_str().unwrap())
}

fn each_second_is_fired_once_by_two_processes(backend: Backend) {
    let store = Store::new(backend);
    let servers = [store.serve(), store.serve_from(other_folder(backend))];
    let token = store.token("admin@example.com", "admin");
    let [api, other] = servers.each_ref().map(|server| server.api(&token));
    let schedule = make(&api, "* * * * * *", "UTC", "test");
    eventually("it is fired some times", || (times(&other, "test").len() >= 4).then_some(()));
    let [first, second] = servers;
    first.kill();
    let alone = times(&other, "test").len();
    eventually("it is fired by the server that is left", || (times(&other, "test").len() >= alone + 2).then_some(()));
    // Coming due makes no version: who has read it before may still write.
    let off = other.send(
        "PATCH",
        &path(&schedule),
        &[("content-type", "application/json"), ("if-match", "\"1\"")],
        br#"{"enabled": false}"#,
    );
    let off = off.unwrap().body["data"].clone();
    assert_eq!((&off["version"], &off["next_run_at"]), (&json!(2), &json!(null)), "{off}");
    assert!(off["last_run_at"].as_str() > schedule["created_at"].as_str(), "{off}");
    let fired = times(&other, "test");
    assert!(fired.iter().all(|time| time.ends_with(".000000Z")), "{fired:?}");
    assert!(fired.is_sorted_by(|one, next| one < next), "a time was fired twice: {fired:?}");
    let mut outside = store.outside();
    outside.wait_until_read();
    let told = outside.texts("select cast(name as text) as t from events where subject_kind in ('job', 'schedule')");
    let of = |name: &str| told.iter().filter(|told| *told == name).count();
    assert_eq!((of("job_created"), of("schedule_created"), of("schedule_updated")), (fired.len(), 1, 1));
    drop(second);
}

fn what_is_no_time_is_refused_under_its_name(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let body = json!({"name": "Never", "cron": "0 0 30 2 *", "job_type": "test"});
    assert_problem("never", &editor.post("/api/v1/schedules", &body), 422, "VALIDATION_FAILED");
    let body = json!({"name": "Nowhere", "cron": "daily", "time_zone": "Europe/Atlantis", "job_type": "test"});
    let refused = editor.post("/api/v1/schedules", &body);
    assert_problem("nowhere", &refused, 422, "VALIDATION_FAILED");
    let fields: Vec<&str> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["cron", "time_zone"]);
}

/// Has the clock of a process stand at `time`, in UTC, when it starts.
fn shift(command: &mut Command, time: &str) {
    command.env("LD_PRELOAD", faketime()).env("FAKETIME", format!("@{time}")).env("TZ", "UTC");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

/// Has the clock of the database stand at `time`, in UTC, for who connects from now on.
fn shift_database(store: &Store, time: &str) {
    store.outside().run(&format!(
        "do $do$ begin
           execute format('create or replace function public.clock_timestamp() returns timestamptz language sql as %L',
             format('select pg_catalog.clock_timestamp() + %L::interval', '{time}+00'::timestamptz - pg_catalog.clock_timestamp()));
           execute format('alter database %I set search_path = public, pg_catalog', current_database());
         end $do$"
    ));
}

/// Two servers on one store whose clocks stand at `time`, as the database's does, and an editor at one of them.
fn at(store: &Store, time: &str) -> ([Server; 2], Api) {
    shift_database(store, time);
    let servers = ["data", "other"].map(|folder| Server::start(store, folder, |command| shift(command, time)));
    let mut command = store.command("token", "data");
    shift(&mut command, time);
    let token = command.args(["--email", "editor@example.com", "--role", "editor"]).output().unwrap().stdout;
    let editor = servers[0].api(String::from_utf8(token).unwrap().trim_end());
    (servers, editor)
}

/// In Berlin 02:30 is left out on 2027-03-28, and comes twice on 2027-10-31. The witness is due three seconds later.
#[test]
fn a_daily_job_is_fired_once_by_two_servers_while_clocks_are_put_forward_and_back() {
    let store = Store::new(Backend::Postgres);
    let (servers, editor) = at(&store, "2027-03-27 12:00:00");
    let daily = make(&editor, "30 2 * * *", "Europe/Berlin", "daily");
    make(&editor, "3 0,30 0,1 * * *", "UTC", "witness");
    assert_eq!(daily["next_run_at"], "2027-03-28T01:00:00.000000Z");
    drop(servers);
    let mut fired = Vec::new();
    for (start, witness, expected, next) in [
        ("2027-03-28 00:59:58", "2027-03-28T01:00:03", &["2027-03-28T01:00:00"][..], "2027-03-29T00:30:00"),
        // What was missed in half a year is fired once.
        (
            "2027-10-31 00:29:58",
            "2027-10-31T00:30:03",
            &["2027-03-29T00:30:00", "2027-10-31T00:30:00"],
            "2027-11-01T01:30:00",
        ),
        ("2027-10-31 01:29:58", "2027-10-31T01:30:03", &[], "2027-11-01T01:30:00"),
    ] {
        let (servers, editor) = at(&store, start);
        let whole = |time: &str| format!("{time}.000000Z");
        eventually("the witness is fired", || times(&editor, "witness").contains(&whole(witness)).then_some(()));
        fired.extend(expected.iter().copied().map(whole));
        assert_eq!(times(&editor, "daily"), fired, "at {start}");
        assert_eq!(editor.get(&path(&daily)).body["data"]["next_run_at"], whole(next), "at {start}");
        drop(servers);
    }
}
