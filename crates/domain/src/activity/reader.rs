//! The reader that writes the activity feed.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Activity, ActivityAction, ActivityId};
use crate::event::{
    Effects, EventKind, LoggedEvent, Named, Reader, ReaderName, Titled, Undigestible, WithEpisode, WithSchedule,
    WithShow,
};
use crate::notification::{Concern, Interest};

/// Turns each event about a record into one entry of the activity feed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ActivityReader;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    changed_fields: Value,
    changes: Value,
}

#[derive(Deserialize)]
struct WithUser {
    user: Named,
}

#[derive(Deserialize)]
struct WithTemplate {
    template: Named,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithComposition {
    composition: Named,
    changed_fields: Option<Value>,
}

#[derive(Deserialize)]
struct AboutComposition {
    name: String,
    reason: Option<String>,
    outputs: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MembershipChanged {
    user_name: String,
    show_id: Value,
    role: Option<String>,
    previous_role: Option<String>,
}

/// What an event says for the feed.
struct Entry {
    action: ActivityAction,
    name: String,
    metadata: Value,
}

impl Entry {
    fn titled(action: ActivityAction, title: String) -> Self {
        Self { action, metadata: json!({ "title": title }), name: title }
    }

    fn named(action: ActivityAction, name: String) -> Self {
        Self { action, metadata: json!({ "name": name }), name }
    }

    /// The entry of an update, with what `data` says was changed.
    fn updated(self, data: &str) -> Result<Self, Undigestible> {
        let Updated { changed_fields, changes } = serde_json::from_str(data)?;
        let mut metadata = self.metadata;
        metadata["changedFields"] = changed_fields;
        metadata["changes"] = changes;
        Ok(Self { metadata, ..self })
    }
}

impl Reader for ActivityReader {
    fn name(&self) -> ReaderName {
        ReaderName::Activity
    }

    fn concern(&self, _: &[LoggedEvent]) -> Concern {
        Concern::default()
    }

    fn digest(&self, event: &LoggedEvent, _: &Interest) -> Result<Effects, Undigestible> {
        let kind = event.kind().ok_or_else(|| Undigestible(format!("unknown event \"{}\"", event.name)))?;
        let activities = entry(kind, &event.data)?.map(|entry| record(event, entry)).into_iter().collect();
        Ok(Effects { activities, ..Effects::default() })
    }
}

fn entry(kind: EventKind, data: &str) -> Result<Option<Entry>, Undigestible> {
    let entry = match kind {
        EventKind::ShowCreated => {
            Entry::named(ActivityAction::Create, serde_json::from_str::<WithShow>(data)?.show.name)
        }
        EventKind::ShowUpdated => {
            let name = serde_json::from_str::<WithShow>(data)?.show.name;
            Entry::named(ActivityAction::Update, name).updated(data)?
        }
        EventKind::ShowDeleted | EventKind::UserDeleted | EventKind::TemplateDeleted | EventKind::ScheduleDeleted => {
            Entry::named(ActivityAction::Delete, serde_json::from_str::<Named>(data)?.name)
        }
        EventKind::EpisodeCreated => {
            Entry::titled(ActivityAction::Create, serde_json::from_str::<WithEpisode>(data)?.episode.title)
        }
        EventKind::EpisodeRestored => {
            Entry::titled(ActivityAction::Restore, serde_json::from_str::<WithEpisode>(data)?.episode.title)
        }
        EventKind::EpisodeDeleted => Entry::titled(ActivityAction::Delete, serde_json::from_str::<Titled>(data)?.title),
        EventKind::EpisodeUpdated => {
            let title = serde_json::from_str::<WithEpisode>(data)?.episode.title;
            Entry::titled(ActivityAction::Update, title).updated(data)?
        }
        EventKind::UserCreated => {
            Entry::named(ActivityAction::Create, serde_json::from_str::<WithUser>(data)?.user.name)
        }
        EventKind::UserUpdated => {
            let name = serde_json::from_str::<WithUser>(data)?.user.name;
            Entry::named(ActivityAction::Update, name).updated(data)?
        }
        EventKind::UserLoggedIn => {
            Entry::named(ActivityAction::Login, serde_json::from_str::<WithUser>(data)?.user.name)
        }
        EventKind::MembershipChanged => membership(data)?,
        EventKind::CompositionCreated => composition(ActivityAction::Create, data)?,
        EventKind::CompositionUpdated => composition(ActivityAction::Update, data)?,
        EventKind::CompositionDeleted => about_composition(ActivityAction::Delete, data)?,
        EventKind::CompositionSubmitted => about_composition(ActivityAction::Submit, data)?,
        EventKind::CompositionApproved => about_composition(ActivityAction::Approve, data)?,
        EventKind::CompositionRejected => about_composition(ActivityAction::Reject, data)?,
        EventKind::CompositionRendered => about_composition(ActivityAction::Render, data)?,
        EventKind::TemplateCreated => {
            Entry::named(ActivityAction::Create, serde_json::from_str::<WithTemplate>(data)?.template.name)
        }
        EventKind::TemplateUpdated => {
            let name = serde_json::from_str::<WithTemplate>(data)?.template.name;
            Entry::named(ActivityAction::Update, name).updated(data)?
        }
        EventKind::JobCreated => job(ActivityAction::Create, data, &[])?,
        EventKind::JobCompleted => job(ActivityAction::Complete, data, &["durationMs"])?,
        EventKind::JobRetry => job(ActivityAction::Retry, data, &["retryCount", "delayMs", "error"])?,
        EventKind::JobFailed => job(ActivityAction::Failed, data, &["error", "retriesExhausted"])?,
        EventKind::JobCancelled => job(ActivityAction::Cancel, data, &[])?,
        EventKind::ScheduleCreated => {
            Entry::named(ActivityAction::Create, serde_json::from_str::<WithSchedule>(data)?.schedule.name)
        }
        EventKind::ScheduleUpdated => {
            let name = serde_json::from_str::<WithSchedule>(data)?.schedule.name;
            Entry::named(ActivityAction::Update, name).updated(data)?
        }
        EventKind::FileUploaded => file(ActivityAction::Upload, data)?,
        EventKind::FileUpdated => file(ActivityAction::Update, data)?,
        EventKind::FileDeleted => file(ActivityAction::Delete, data)?,
        EventKind::FileDownloaded => file(ActivityAction::Download, data)?,
        EventKind::UserLoggedOut | EventKind::JobStarted | EventKind::JobProcessorStarted | EventKind::Notification => {
            return Ok(None);
        }
    };
    Ok(Some(entry))
}

/// The entry of what was done to the record `composition`.
fn composition(action: ActivityAction, data: &str) -> Result<Entry, Undigestible> {
    let WithComposition { composition, changed_fields } = serde_json::from_str(data)?;
    let mut entry = Entry::named(action, composition.name);
    if let Some(changed_fields) = changed_fields {
        entry.metadata["changedFields"] = changed_fields;
    }
    Ok(entry)
}

/// The entry of what else happened to a composition, with why, and how many pictures came of it.
fn about_composition(action: ActivityAction, data: &str) -> Result<Entry, Undigestible> {
    let AboutComposition { name, reason, outputs } = serde_json::from_str(data)?;
    let mut entry = Entry::named(action, name);
    if let Some(reason) = reason {
        entry.metadata["reason"] = json!(reason);
    }
    if let Some(outputs) = outputs {
        entry.metadata["outputs"] = json!(outputs.len());
    }
    Ok(entry)
}

/// The entry of a job, which is called by its type, with these particulars.
fn job(action: ActivityAction, data: &str, particulars: &[&str]) -> Result<Entry, Undigestible> {
    let mut data: Map<String, Value> = serde_json::from_str(data)?;
    let Some(Value::String(name)) = data.remove("jobType") else {
        return Err(Undigestible("the job has no type".to_owned()));
    };
    let mut entry = Entry::named(action, name);
    for particular in ["episodeId"].iter().chain(particulars) {
        if let Some(value) = data.remove(*particular) {
            entry.metadata[*particular] = value;
        }
    }
    Ok(entry)
}

/// The entry of a file, which is called by its name.
fn file(action: ActivityAction, data: &str) -> Result<Entry, Undigestible> {
    let mut data: Map<String, Value> = serde_json::from_str(data)?;
    let Some(Value::String(name)) = data.remove("fileName") else {
        return Err(Undigestible("the file has no name".to_owned()));
    };
    let mut entry = Entry::named(action, name);
    for particular in ["episodeId", "fileType", "fileSize", "changedFields"] {
        if let Some(value) = data.remove(particular) {
            entry.metadata[particular] = value;
        }
    }
    Ok(entry)
}

fn membership(data: &str) -> Result<Entry, Undigestible> {
    let MembershipChanged { user_name, show_id, role, previous_role } = serde_json::from_str(data)?;
    let (action, mut metadata) = match (&previous_role, &role) {
        (None, _) => (ActivityAction::Create, json!({ "role": role })),
        (_, None) => (ActivityAction::Delete, json!({ "role": previous_role })),
        (Some(_), Some(_)) => {
            (ActivityAction::Update, json!({ "changedFields": ["role"], "changes": { "role": [previous_role, role] } }))
        }
    };
    metadata["name"] = json!(user_name);
    metadata["showId"] = show_id;
    Ok(Entry { action, name: user_name, metadata })
}

fn record(event: &LoggedEvent, entry: Entry) -> Activity {
    let metadata = match entry.metadata {
        Value::Object(metadata) => metadata,
        _ => Map::new(),
    };
    Activity {
        id: ActivityId::new(event.id.uuid()),
        seq: event.seq,
        user_id: event.actor.id,
        user_name: event.actor.name.clone(),
        action: entry.action,
        resource_type: event.subject.kind.clone(),
        resource_id: event.subject.id,
        resource_name: entry.name,
        metadata,
        ip: event.origin.ip.clone(),
        user_agent: event.origin.user_agent.clone(),
        request_id: event.origin.request_id.clone(),
        created_at: event.timestamp,
        audience: event.audience,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ActorStamp, Audience, EventId, Origin, Seq};
    use crate::{ResourceKind, Subject, Timestamp};

    fn event(name: &str, data: &str) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::new(7).unwrap(),
            id: EventId::new(uuid::Uuid::from_u128(1)),
            name: name.into(),
            data: data.into(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            subject: Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(2)),
            show: None,
            owner: None,
            audience: Audience::Readers,
        }
    }

    #[test]
    fn an_update_is_logged_with_what_changed() {
        let data = r#"{"episode":{"title":"Pilot"},"changedFields":["status"],"changes":{"status":["draft","published"]},"updatedBy":"x"}"#;
        let effects = ActivityReader.digest(&event("episode_updated", data), &Interest::default()).unwrap();
        let activity = &effects.activities[0];
        assert_eq!(activity.action, ActivityAction::Update);
        assert_eq!(activity.metadata["changedFields"], json!(["status"]));
        assert_eq!(activity.metadata["title"], "Pilot");
        assert_eq!(activity.id.uuid(), uuid::Uuid::from_u128(1));
    }

    #[test]
    fn what_happens_to_accounts_is_logged_by_their_names() {
        let digest = |name, data| {
            let effects = ActivityReader.digest(&event(name, data), &Interest::default()).unwrap();
            effects.activities[0].clone()
        };
        let user = r#"{"user":{"name":"An editor"},"changedFields":["password"],"changes":{}}"#;
        for (name, action) in [
            ("user_created", ActivityAction::Create),
            ("user_updated", ActivityAction::Update),
            ("user_logged_in", ActivityAction::Login),
        ] {
            let activity = digest(name, user);
            assert_eq!((activity.action, activity.resource_name.as_str()), (action, "An editor"));
        }
        let deleted = digest("user_deleted", r#"{"userId":"x","email":"e","name":"An editor"}"#);
        assert_eq!((deleted.action, deleted.metadata["name"].as_str()), (ActivityAction::Delete, Some("An editor")));
    }

    #[test]
    fn a_notification_leaves_no_trace_in_the_feed() {
        assert_eq!(
            ActivityReader.digest(&event("notification", "{}"), &Interest::default()).unwrap(),
            Effects::default()
        );
    }

    #[test]
    fn unknown_names_and_broken_data_are_undigestible() {
        assert!(ActivityReader.digest(&event("episode_exploded", "{}"), &Interest::default()).is_err());
        assert!(ActivityReader.digest(&event("episode_created", "{"), &Interest::default()).is_err());
    }
}
