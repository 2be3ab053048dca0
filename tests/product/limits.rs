//! What one user may have and write, and that others go on.

use serde_json::json;

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Store, eventually, on_both_stores};

on_both_stores!(
    a_user_keeps_a_bounded_number_of_schedules_that_are_not_too_fast,
    a_user_has_a_bounded_number_of_live_jobs,
    a_user_writes_a_bounded_number_of_bytes_a_day_on_every_node,
);

fn schedule(api: &Api, cron: &str) -> Answer {
    api.post("/api/v1/schedules", &json!({"name": "Often", "cron": cron, "time_zone": "UTC", "job_type": "outside"}))
}

fn a_user_keeps_a_bounded_number_of_schedules_that_are_not_too_fast(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let editor = server.sign_in_new(&admin, "editor@example.com", "editor").api;
    for cron in ["* * * * * *", "*/30 * * * * *", "0,59 * * * * *"] {
        let refused = schedule(&editor, cron);
        assert_problem(cron, &refused, 422, "VALIDATION_FAILED");
        assert_eq!(refused.body["errors"][0]["field"], "cron");
    }
    assert_eq!(schedule(&admin, "* * * * * *").status, 201, "an administrator may");
    for _ in 0..50 {
        let made = schedule(&editor, "* * * * *");
        assert_eq!(made.status, 201, "{made:?}");
    }
    let refused = schedule(&editor, "* * * * *");
    assert_problem("one too many", &refused, 429, "RATE_LIMITED");
    assert!(refused.body["detail"].as_str().unwrap().contains("delete one first"), "{refused:?}");
    let listed = editor.get("/api/v1/schedules?limit=1");
    let path = format!("/api/v1/schedules/{}", listed.list()[0]["id"].as_str().unwrap());
    assert_problem("faster", &editor.put(&path, &json!({"cron": "* * * * * *"})), 422, "VALIDATION_FAILED");
    assert_eq!(editor.put(&path, &json!({"name": "Renamed"})).status, 200);
    assert_eq!(editor.delete(&path).status, 200);
    assert_eq!(schedule(&editor, "0 3 * * *").status, 201, "after one has gone");
}

const COLUMNS: &str = "job_type, status, payload, progress, priority, retry_count, max_retries, created_by, granted,
    run_at, attempt, due_at, ready, created_at, updated_at, version";

fn a_user_has_a_bounded_number_of_live_jobs(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let editor = server.sign_in_new(&admin, "editor@example.com", "editor").api;
    let queue = |api: &Api| api.post("/api/v1/jobs", &json!({"job_type": "outside"}));
    assert_eq!(queue(&editor).status, 201);
    let numbers = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 9999)";
    let id = match backend {
        Backend::Sqlite => "printf('00000000-0000-7000-8000-%012x', n)",
        Backend::Postgres => "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
    };
    let many = match backend {
        Backend::Sqlite => {
            format!("insert into jobs (id, {COLUMNS}) {numbers} select {id}, {COLUMNS} from numbers, jobs")
        }
        Backend::Postgres => {
            format!("{numbers} insert into jobs (id, {COLUMNS}) select {id}, {COLUMNS} from numbers, jobs")
        }
    };
    store.outside().run(&many);
    let refused = eventually("they are counted", || {
        let answer = queue(&editor);
        (answer.status != 201).then_some(answer)
    });
    assert_problem("a job too many", &refused, 429, "RATE_LIMITED");
    assert!(refused.body["detail"].as_str().unwrap().contains("cancel them"), "{refused:?}");
    assert_eq!(queue(&admin).status, 201, "others go on");
    store.outside().run("update jobs set status = 'cancelled', due_at = null, ready = false");
    assert_eq!(queue(&editor).status, 201);
}

fn a_user_writes_a_bounded_number_of_bytes_a_day_on_every_node(backend: Backend) {
    let store = Store::new(backend);
    let servers = match backend {
        Backend::Sqlite => vec![store.serve()],
        Backend::Postgres => vec![store.serve(), store.serve_from("other")],
    };
    let admin = servers[0].api(&store.token("admin@example.com", "admin"));
    let editor = servers[0].sign_in_new(&admin, "editor@example.com", "editor");
    let create =
        |api: &Api, number: usize| api.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": number}));
    assert_eq!(create(&editor.api, 1).status, 201);
    let written = || store.outside().number("(select coalesce(sum(bytes), 0) from log_usage)");
    eventually("what was written is told", || (written() > 300).then_some(()));
    store.outside().run("update log_usage set bytes = 1073741824");
    for server in &servers {
        let api = server.api(&editor.token);
        let refused = eventually("it has come around", || {
            let answer = create(&api, 2);
            (answer.status != 201).then_some(answer)
        });
        assert_problem("too much", &refused, 429, "RATE_LIMITED");
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&seconds), "{seconds}");
        assert_eq!(api.get("/api/v1/episodes").status, 200, "reading is not writing");
        assert_eq!(create(&server.api(&store.token("admin@example.com", "admin")), 3).status, 201, "others go on");
    }
}
