//! The activity feed cannot be written for a while. Nobody's request fails for that, notifications and live events go
//! on, and when it heals every activity is there once.

use std::thread;
use std::time::Duration;

use crate::harness::{Audit, Backend, Follower, Load, Store, eventually, on_both_stores};

on_both_stores!(
    requests_succeed_while_activities_cannot_be_written_and_none_is_lost,
    #[ignore = "drill"]
    requests_succeed_while_activities_cannot_be_written_for_a_minute_and_none_is_lost,
);

const WRITERS: usize = 4;

fn requests_succeed_while_activities_cannot_be_written_and_none_is_lost(backend: Backend) {
    drill(backend, Duration::from_secs(5));
}

fn requests_succeed_while_activities_cannot_be_written_for_a_minute_and_none_is_lost(backend: Backend) {
    drill(backend, Duration::from_mins(1));
}

fn drill(backend: Backend, outage: Duration) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let (editor, mut outside) = (server.api(&token), store.outside());
    outside.wait_until_read();
    let activities = outside.count("activities");
    let mut live = server.live(&token);
    live.subscribe(&["episodes"], None);
    let follower = Follower::start(live);

    outside.refuse_activities("abort");
    let load = Load::start((0..WRITERS).map(|_| server.api(&token)));
    thread::sleep(outage / 2);
    outside.refuse_activities("rollback");
    thread::sleep(outage / 2);
    let harvest = load.stop();
    harvest.assert_all_succeeded();

    outside.wait_until_numbered();
    let written = outside.episode_seqs();
    assert_eq!(written.len(), harvest.acknowledged.len(), "each confirmed change has its event, and no other is there");
    assert_eq!(follower.finish(*written.last().unwrap()), written, "live events went on");
    let notified = harvest.count("episode_created") + harvest.count("episode_deleted");
    eventually("notifications go on", || {
        (outside.count("notifications") == i64::try_from(notified).unwrap()).then_some(())
    });
    let lagging = editor.get("/api/v1/activities");
    let lag = lagging.header("showrunner-lag").and_then(|lag| lag.parse::<u64>().ok());
    assert!(lagging.status == 200 && lag > Some(0), "{:?} {lag:?}", lagging.status);
    assert_eq!(outside.count("activities"), activities, "the table did refuse");

    outside.accept_activities();
    Audit::default().check(&mut outside, &harvest.acknowledged);
    assert_eq!(editor.get("/api/v1/activities").header("showrunner-lag"), None);
    println!("{backend:?}: {} changes during an outage of {outage:?}, none failed", harvest.acknowledged.len());
}
