//! Who is told of what: every role at every topic, for every event of the catalogue. An event or a topic without an
//! entry fails.

use std::collections::BTreeSet;

use serde_json::json;
use showrunner_domain::event::{EventKind, Seq, Topic, sample};

use crate::log::MemoryLog;
use crate::server::Server;

/// The roles, in the order of a row.
const ROLES: [&str; 4] = ["viewer", "editor", "admin", "worker"];
const READERS: [bool; 4] = [true, true, true, false];
const ADMINS: [bool; 4] = [false, false, true, false];

const OF_EPISODE: &[&str] = &["episodes", "episode", "show", "feed"];
const OF_SHOW: &[&str] = &["shows", "show", "feed"];
const OF_COMPOSITION: &[&str] = &["compositions", "composition", "show", "feed"];
const OF_TEMPLATE: &[&str] = &["templates", "feed"];
const OF_JOB: &[&str] = &["jobs", "job", "show", "feed"];
const OF_PROCESSOR: &[&str] = &["jobs", "feed"];
const OF_SCHEDULE: &[&str] = &["jobs", "feed"];
const OF_FILE: &[&str] = &["files", "show", "feed"];
const OF_MEMBER: &[&str] = &["show", "feed"];
const OF_ACCOUNT: &[&str] = &["feed"];
const OF_ONESELF: &[&str] = &["feed", "me"];

/// Each event: the roles that may see it, and the topics that it belongs to.
const TABLE: [(&str, [bool; 4], &[&str]); 38] = [
    ("show_created", READERS, OF_SHOW),
    ("show_updated", READERS, OF_SHOW),
    ("show_deleted", READERS, OF_SHOW),
    ("episode_created", READERS, OF_EPISODE),
    ("episode_updated", READERS, OF_EPISODE),
    ("episode_deleted", READERS, OF_EPISODE),
    ("episode_restored", READERS, OF_EPISODE),
    ("user_created", ADMINS, OF_ACCOUNT),
    ("user_updated", ADMINS, OF_ACCOUNT),
    ("user_deleted", ADMINS, OF_ACCOUNT),
    ("user_logged_in", ADMINS, OF_ACCOUNT),
    ("user_logged_out", ADMINS, OF_ACCOUNT),
    ("membership_changed", READERS, OF_MEMBER),
    ("composition_created", READERS, OF_COMPOSITION),
    ("composition_updated", READERS, OF_COMPOSITION),
    ("composition_deleted", READERS, OF_COMPOSITION),
    ("composition_submitted", READERS, OF_COMPOSITION),
    ("composition_approved", READERS, OF_COMPOSITION),
    ("composition_rejected", READERS, OF_COMPOSITION),
    ("composition_rendered", READERS, OF_COMPOSITION),
    ("template_created", READERS, OF_TEMPLATE),
    ("template_updated", READERS, OF_TEMPLATE),
    ("template_deleted", READERS, OF_TEMPLATE),
    ("job_created", READERS, OF_JOB),
    ("job_started", READERS, OF_JOB),
    ("job_completed", READERS, OF_JOB),
    ("job_retry", READERS, OF_JOB),
    ("job_failed", READERS, OF_JOB),
    ("job_cancelled", READERS, OF_JOB),
    ("job_processor_started", READERS, OF_PROCESSOR),
    ("schedule_created", READERS, OF_SCHEDULE),
    ("schedule_updated", READERS, OF_SCHEDULE),
    ("schedule_deleted", READERS, OF_SCHEDULE),
    ("file_uploaded", READERS, OF_FILE),
    ("file_updated", READERS, OF_FILE),
    ("file_deleted", READERS, OF_FILE),
    ("file_downloaded", READERS, OF_FILE),
    ("notification", READERS, OF_ONESELF),
];

/// The topics, those of single records as the samples have them.
const TOPICS: [&str; 12] = [
    "episodes",
    "episode:00000000-0000-0000-0000-000000000002",
    "shows",
    "show:00000000-0000-0000-0000-000000000007",
    "compositions",
    "composition:00000000-0000-0000-0000-000000000008",
    "templates",
    "jobs",
    "job:00000000-0000-0000-0000-000000000004",
    "files",
    "feed",
    "me",
];

/// What the table calls a topic. A new kind of topic does not compile here; it belongs in [`TOPICS`] too.
fn name(topic: &str) -> &'static str {
    match topic.parse::<Topic>().unwrap() {
        Topic::Episodes => "episodes",
        Topic::Episode(_) => "episode",
        Topic::Shows => "shows",
        Topic::Show(_) => "show",
        Topic::Compositions => "compositions",
        Topic::Composition(_) => "composition",
        Topic::Templates => "templates",
        Topic::Jobs => "jobs",
        Topic::Job(_) => "job",
        Topic::Files => "files",
        Topic::Feed => "feed",
        Topic::Me => "me",
    }
}

/// A log of one event of every kind, caused by user 1, who is also the owner of the notification.
fn catalogue() -> MemoryLog {
    let (log, mut seq) = (MemoryLog::default(), Seq::START);
    for kind in EventKind::ALL {
        seq = seq.next();
        log.hold(sample(kind, seq));
    }
    log
}

#[test]
fn every_event_of_the_catalogue_and_every_topic_has_an_entry() {
    let rows: Vec<&str> = TABLE.iter().map(|(event, _, _)| *event).collect();
    assert_eq!(rows, EventKind::ALL.map(EventKind::as_str), "say in TABLE (left) who may see each event (right)");
    let named: BTreeSet<&str> = TABLE.iter().flat_map(|(_, _, topics)| *topics).copied().collect();
    assert_eq!(named, TOPICS.map(name).into());
}

#[test]
fn every_role_is_told_at_every_topic_what_the_table_says() {
    let server = Server::of(catalogue());
    for (column, role) in ROLES.into_iter().enumerate() {
        for topic in TOPICS {
            let expected = TABLE.iter().filter(|(_, roles, topics)| roles[column] && topics.contains(&name(topic)));
            let expected: Vec<&str> = expected.map(|(event, _, _)| *event).collect();
            let mut client = server.admit(&format!("{role}/1"));
            client.subscribe(&[topic], Some(0));
            let answer = client.next();
            if role == "worker" {
                assert_eq!(answer["code"], "FORBIDDEN", "{role} {topic}");
                continue;
            }
            assert_eq!(answer, json!({"type": "subscribed", "topics": [topic], "from": 0}));
            let told: Vec<String> =
                expected.iter().map(|_| client.next()["event"].as_str().unwrap().to_owned()).collect();
            assert_eq!(told, expected, "{role} {topic}");
            assert!(client.hears_nothing(), "{role} {topic}");
        }
    }
}

#[test]
fn somebody_elses_notification_is_told_to_nobody() {
    let server = Server::of(MemoryLog::default());
    server.log.hold(sample(EventKind::Notification, Seq::START.next()));
    for role in ["viewer", "editor", "admin"] {
        let mut client = server.admit(&format!("{role}/2"));
        client.subscribe(&["feed", "me"], Some(0));
        assert_eq!(client.next()["type"], "subscribed");
        assert!(client.hears_nothing(), "{role}");
    }
}
