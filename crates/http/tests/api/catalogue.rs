//! The table of events in `docs/events.md`, made of what transitions, readers and topics make of a sample of each.

use std::collections::HashMap;
use std::fs;

use serde_json::{Map, Value};
use showrunner_domain::activity::ActivityReader;
use showrunner_domain::composition::CompositionId;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::event::{Audience, EventKind, LoggedEvent, Reader as _, Seq, Topic, sample};
use showrunner_domain::identity::UserId;
use showrunner_domain::job::JobId;
use showrunner_domain::notification::{Interest, NotificationReader};
use uuid::Uuid;

use crate::contract::kept;

const BEGIN: &str = "<!-- The table is written by `make contracts`. -->\n";
const END: &str = "<!-- The end of the table. -->\n";

#[test]
fn the_table_of_events_in_docs_is_this_one() {
    let kept = fs::read_to_string(kept("events.md")).unwrap();
    assert!(kept == with_table(&kept), "docs/events.md is out of date: `make contracts` writes it anew");
}

#[test]
#[ignore = "`make contracts` runs it: it writes the table in docs anew"]
fn the_table_of_events_in_docs_is_written_anew() {
    let path = kept("events.md");
    let table = with_table(&fs::read_to_string(&path).unwrap());
    fs::write(path, table).unwrap();
}

/// The guide, with the table of this release.
fn with_table(guide: &str) -> String {
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let head = "| event | meaning | data | activity | notification | topics | who may see it |\n|---|---|---|---|---|---|---|\n";
    let rows = EventKind::ALL.map(row).concat();
    format!("{before}{BEGIN}{head}{rows}{END}{after}")
}

fn row(kind: EventKind) -> String {
    let event = sample(kind, Seq::START.next());
    let cells = [
        format!("`{}`", event.name),
        kind.meaning().to_owned(),
        data(&event),
        activity(&event),
        notification(&event),
        topics(&event),
        audience(&event).to_owned(),
    ];
    format!("| {} |\n", cells.map(|cell| if cell.is_empty() { "–".to_owned() } else { cell }).join(" | "))
}

/// The members of the data, records first; of what is no plain value, the sample's.
fn data(event: &LoggedEvent) -> String {
    let members: Map<String, Value> = serde_json::from_str(&event.data).unwrap();
    if members.contains_key("id") {
        return "the record itself".to_owned();
    }
    let (records, others): (Vec<_>, Vec<_>) = members.iter().partition(|(_, value)| value.get("version").is_some());
    let records = records.into_iter().map(|(name, _)| format!("`{name}` (the record)"));
    let others = others.into_iter().map(|(name, value)| match value {
        Value::Array(_) | Value::Object(_) => format!("`{name}` `{value}`"),
        _ => format!("`{name}`"),
    });
    records.chain(others).collect::<Vec<_>>().join(", ")
}

fn activity(event: &LoggedEvent) -> String {
    let activities = ActivityReader.digest(event, &Interest::default()).unwrap().activities;
    let Some(activity) = activities.first() else { return String::new() };
    let metadata = activity.metadata.keys().map(|name| format!("`{name}`"));
    [activity.action.as_str().to_owned()].into_iter().chain(metadata).collect::<Vec<_>>().join(", ")
}

/// Whom a notification is for, where somebody follows whatever the event is about.
fn notification(event: &LoggedEvent) -> String {
    let follower = UserId::new(Uuid::from_u128(99));
    let interest = Interest { followers: [(event.subject.id, vec![follower])].into(), preferences: HashMap::new() };
    let notifications = NotificationReader.digest(event, &interest).unwrap().notifications;
    let owners = notifications.iter().map(|notification| match notification.user_id {
        owner if Some(owner) == event.owner => "whoever wanted it",
        owner if Some(owner) == event.actor.id => "the acting user",
        owner if owner == follower => "followers",
        owner => panic!("nobody knows {owner}"),
    });
    let owners = owners.collect::<Vec<_>>().join(" and ");
    notifications.first().map(|first| format!("\"{}\", to {owners}", first.title)).unwrap_or_default()
}

fn topics(event: &LoggedEvent) -> String {
    let user = event.actor.id.unwrap();
    let topics = [
        ("episodes", Some(Topic::Episodes)),
        ("episode:{id}", Some(Topic::Episode(EpisodeId::new(event.subject.id)))),
        ("shows", Some(Topic::Shows)),
        ("show:{id}", event.show.map(Topic::Show)),
        ("compositions", Some(Topic::Compositions)),
        ("composition:{id}", Some(Topic::Composition(CompositionId::new(event.subject.id)))),
        ("templates", Some(Topic::Templates)),
        ("jobs", Some(Topic::Jobs)),
        ("job:{id}", Some(Topic::Job(JobId::new(event.subject.id)))),
        ("files", Some(Topic::Files)),
        ("feed", Some(Topic::Feed)),
        ("me", Some(Topic::Me)),
    ];
    let selecting = topics.into_iter().filter(|(_, topic)| topic.is_some_and(|topic| topic.selects(event, user)));
    selecting.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

const fn audience(event: &LoggedEvent) -> &'static str {
    match event.audience {
        Audience::Readers => "who may read records",
        Audience::Admins => "administrators",
        Audience::User(_) => "its owner alone",
    }
}
