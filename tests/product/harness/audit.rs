//! The books of a store: what must add up whatever has happened.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{Acknowledged, Outside};

/// Checks a store again and again, each time what has come since the last.
#[derive(Default)]
pub(crate) struct Audit {
    head: i64,
    versions: BTreeMap<String, i64>,
}

impl Audit {
    /// Waits until the readers have come to rest and panics unless
    /// - `seq` has no gap from 1 to the head;
    /// - each episode's events are its versions from 1 on, in order, and its row is in the last of them;
    /// - each event has exactly one activity, each creation and deletion by a user exactly one notification, each
    ///   notification exactly one event, nothing is parked;
    /// - each acknowledged change is among the events, in its version.
    #[track_caller]
    pub(crate) fn check(&mut self, store: &mut Outside, acknowledged: &[Acknowledged]) {
        let (since, head) = (self.head, store.begin_at_rest());
        let events = store.events_after(since);
        let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (since + 1..=head).collect::<Vec<_>>(), "seq has a gap");

        let mut told = HashSet::new();
        let (mut activities, mut notifications, mut told_notifications) = (vec![], vec![], vec![]);
        for event in &events {
            let (seq, subject) = (event.seq, &event.subject);
            match event.name.as_str() {
                "notification" => told_notifications.push(subject.clone()),
                "job_processor_started" => {}
                "user_created" => activities.push(format!("{seq} CREATE {subject}")),
                name => {
                    let version = self.versions.entry(subject.clone()).or_default();
                    *version += 1;
                    let data: Value = serde_json::from_str(&event.data).unwrap();
                    if let Some(said) = data["episode"]["version"].as_i64() {
                        assert_eq!(said, *version, "event {seq} of {subject} is out of order");
                    }
                    assert_eq!(name == "episode_created", *version == 1, "event {seq} of {subject}: {name}");
                    told.insert((subject.clone(), *version, name));
                    activities.push(format!("{seq} {} {subject}", action(name)));
                    if matches!(name, "episode_created" | "episode_deleted") {
                        notifications.push(format!("{seq} {name}"));
                    }
                }
            }
        }
        for change in acknowledged {
            let known = told.contains(&(change.episode.clone(), change.version, change.event));
            assert!(known, "acknowledged, but not in the log: {change:?}");
        }

        let written = store.texts(&format!(
            "select cast(seq as text) || ' ' || action || ' ' || cast(resource_id as text) as t
             from activities where seq > {since} order by activities.seq"
        ));
        assert_same("activities", &written, &activities);
        let written = store.texts(&format!(
            "select cast(seq as text) || ' ' || event as t from notifications where seq > {since} order by notifications.seq"
        ));
        assert_same("notifications", &written, &notifications);
        let mut written = store.texts(&format!("select cast(id as text) as t from notifications where seq > {since}"));
        written.sort_unstable();
        told_notifications.sort_unstable();
        assert_same("events of notifications", &told_notifications, &written);
        let rows = store.texts("select cast(id as text) || ' ' || cast(version as text) as t from episodes order by 1");
        let versions: Vec<String> = self.versions.iter().map(|(id, version)| format!("{id} {version}")).collect();
        assert_same("episodes and versions", &rows, &versions);
        assert_eq!(store.count("parked_events"), 0, "events are parked");
        store.run("commit");
        self.head = head;
    }
}

fn action(event: &str) -> &'static str {
    match event {
        "episode_created" => "CREATE",
        "episode_updated" => "UPDATE",
        "episode_deleted" => "DELETE",
        "episode_restored" => "RESTORE",
        other => panic!("an event nobody asked for: {other}"),
    }
}

#[track_caller]
fn assert_same(what: &str, found: &[String], expected: &[String]) {
    if found != expected {
        let (has, must): (HashSet<_>, HashSet<_>) = (found.iter().collect(), expected.iter().collect());
        let missing: Vec<_> = must.difference(&has).take(5).collect();
        let extra: Vec<_> = has.difference(&must).take(5).collect();
        let (has, must) = (found.len(), expected.len());
        panic!("{what}: {has} instead of {must}; missing {missing:?}, too many {extra:?}, or doubled");
    }
}
