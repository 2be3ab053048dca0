//! The reader that writes notifications.

use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::words::Words;
use super::{Concern, Interest, Notification, NotificationId, NotifiedEvent};
use crate::event::{
    Audience, DomainEvent, Effects, EventId, EventKind, ImportMark, LoggedEvent, Origin, Reader, ReaderName,
    Undigestible, json_text,
};
use crate::identity::UserId;
use crate::{ResourceKind, Subject};

/// Tells the acting user when an episode was created or deleted, and whoever follows it or its show, once for all that an
/// import has created; and whoever wanted a job when it was done or given up.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotificationReader;

impl Reader for NotificationReader {
    fn name(&self) -> ReaderName {
        ReaderName::Notification
    }

    fn concern(&self, events: &[LoggedEvent]) -> Concern {
        let notified = |event: &&LoggedEvent| {
            event.origin.import != Some(ImportMark::Row) && NotifiedEvent::parse(&event.name).is_some()
        };
        Concern::of(events.iter().filter(notified))
    }

    fn digest(&self, event: &LoggedEvent, interest: &Interest) -> Result<Effects, Undigestible> {
        let kind = event.kind().ok_or_else(|| Undigestible(format!("unknown event \"{}\"", event.name)))?;
        let Some(words) = Words::of(kind, event)? else {
            return Ok(Effects::default());
        };
        let told = interest.told_in_app(event, words.event);
        let notifications: Vec<_> = told.into_iter().map(|owner| notification(event, owner, &words)).collect();
        let events = notifications.iter().map(|notification| tell(event, notification)).collect();
        Ok(Effects { notifications, events, ..Effects::default() })
    }
}

fn notification(event: &LoggedEvent, owner: UserId, words: &Words) -> Notification {
    let cause = json!({
        "resourceType": event.subject.kind,
        "resourceId": event.subject.id,
        "eventId": event.id,
    });
    Notification {
        id: NotificationId::new(derived(event.id, owner, Derived::Notification)),
        user_id: owner,
        seq: event.seq,
        kind: words.kind,
        event: event.name.clone(),
        title: words.title.clone(),
        message: words.message.clone(),
        priority: words.priority,
        data: if let Value::Object(data) = cause { data } else { serde_json::Map::new() },
        read_at: None,
        expires_at: None,
        created_at: event.timestamp,
    }
}

/// The event that tells a notification's owner of it.
fn tell(cause: &LoggedEvent, notification: &Notification) -> DomainEvent {
    DomainEvent {
        id: EventId::new(derived(cause.id, notification.user_id, Derived::Event)),
        kind: EventKind::Notification,
        data: json_text(notification),
        timestamp: cause.timestamp,
        actor: cause.actor.clone(),
        origin: Origin { import: None, ..cause.origin.clone() },
        subject: Subject::new(ResourceKind::Notification, notification.id.uuid()),
        show: None,
        owner: None,
        audience: Audience::User(notification.user_id),
    }
}

/// What an identifier derived from an event's stands for.
#[derive(Clone, Copy)]
enum Derived {
    Notification,
    Event,
}

/// A UUIDv7 of the same time as `cause`, always the same for the same cause, owner and purpose: two nodes that digest one
/// event make one notification for each owner. The last 56 bits of either identifier are random, so that what is mixed from
/// both is as rare.
fn derived(cause: EventId, owner: UserId, purpose: Derived) -> Uuid {
    let mut bytes = cause.uuid().into_bytes();
    for (byte, owners) in bytes.iter_mut().zip(owner.uuid().into_bytes()).skip(9) {
        *byte ^= owners;
    }
    bytes[15] ^= match purpose {
        Derived::Notification => 0x55,
        Derived::Event => 0xAA,
    };
    Builder::from_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::event::{ActorStamp, Seq};
    use crate::notification::{MutedEvents, NotificationKind, NotificationPriority, Preferences};
    use crate::show::ShowId;

    fn event(name: &str, data: &str, actor: Option<UserId>) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::new(7).unwrap(),
            id: EventId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001)),
            name: name.into(),
            data: data.into(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp { id: actor, name: "An editor".into(), email: None },
            origin: Origin::default(),
            subject: Subject::new(ResourceKind::Episode, Uuid::from_u128(2)),
            show: None,
            owner: None,
            audience: Audience::Readers,
        }
    }

    #[test]
    fn the_acting_user_is_told_of_a_new_episode_and_nobody_else_learns_of_that() {
        let editor = UserId::new(Uuid::from_u128(3));
        let mut created = event("episode_created", r#"{"episode":{"title":"Pilot"}}"#, Some(editor));
        created.show = Some(ShowId::new(Uuid::from_u128(7)));
        let effects = NotificationReader.digest(&created, &Interest::default()).unwrap();
        let notification = &effects.notifications[0];
        assert_eq!(notification.kind, NotificationKind::Info);
        assert_eq!(notification.message, "Episode \"Pilot\" was created.");
        assert_eq!(notification.data["eventId"], created.id.to_string());
        assert_eq!(effects.events[0].audience, Audience::User(editor));
        assert_eq!(effects.events[0].show, None, "whoever follows the show has the event itself");
        assert_eq!(
            serde_json::from_str::<Value>(&effects.events[0].data).unwrap(),
            serde_json::to_value(notification).unwrap()
        );
    }

    #[test]
    fn an_import_is_told_of_once_with_the_number_of_its_rows() {
        let digest = |event: &LoggedEvent| NotificationReader.digest(event, &Interest::default()).unwrap();
        let row = event("episode_created", r#"{"episode":{"title":"Pilot"}}"#, Some(UserId::new(Uuid::from_u128(3))));
        let of = |import| LoggedEvent { origin: Origin { import: Some(import), ..Origin::default() }, ..row.clone() };
        assert_eq!(digest(&of(ImportMark::Row)), Effects::default());
        let titles = [1, 2, 999, 50_000, 1_234_567].map(|rows| {
            let effects = digest(&of(ImportMark::Last { rows }));
            effects.notifications[0].title.clone()
        });
        let expected = ["Episode created", "2 episodes imported", "999 episodes imported", "50,000 episodes imported"];
        assert_eq!(titles[..4], expected);
        assert_eq!(titles[4], "1,234,567 episodes imported");
        let last = of(ImportMark::Last { rows: 2 });
        let told = digest(&last).events.remove(0);
        assert_eq!(digest(&LoggedEvent::numbered(told, last.seq)), Effects::default());
    }

    #[test]
    fn whoever_wanted_a_job_is_told_how_it_ended_and_nobody_else() {
        let [worker, creator] = [3, 4].map(|n| UserId::new(Uuid::from_u128(n)));
        let digest = |name, data| {
            let ended = LoggedEvent { owner: Some(creator), ..event(name, data, Some(worker)) };
            let mut told = NotificationReader.digest(&ended, &Interest::default()).unwrap().notifications;
            (told.len(), told.remove(0))
        };
        let (count, done) = digest("job_completed", r#"{"jobType":"bulk-export","results":null}"#);
        assert_eq!((count, done.user_id, done.kind), (1, creator, NotificationKind::Success));
        let (count, failed) = digest("job_failed", r#"{"jobType":"bulk-export","error":"disk full"}"#);
        assert_eq!((count, failed.user_id, failed.priority), (1, creator, NotificationPriority::High));
        assert_eq!(failed.message, "Your job bulk-export was given up: disk full");
    }

    #[test]
    fn digesting_twice_gives_the_same_effects() {
        let deleted = event("episode_deleted", r#"{"title":"Pilot"}"#, Some(UserId::new(Uuid::from_u128(3))));
        let digest = || NotificationReader.digest(&deleted, &Interest::default());
        assert_eq!(digest(), digest());
    }

    #[test]
    fn the_system_notifies_nobody_of_what_it_does_itself() {
        let created = event("episode_created", r#"{"episode":{"title":"Pilot"}}"#, None);
        assert_eq!(NotificationReader.digest(&created, &Interest::default()).unwrap(), Effects::default());
    }

    #[test]
    fn followers_of_the_show_and_of_the_episode_are_told_once_unless_they_muted_it() {
        let [editor, follower, of_both, muted] = [3, 4, 5, 6].map(|n| UserId::new(Uuid::from_u128(n)));
        let show = ShowId::new(Uuid::from_u128(9));
        let deleted =
            LoggedEvent { show: Some(show), ..event("episode_deleted", r#"{"title":"Pilot"}"#, Some(editor)) };
        let silent = Preferences {
            muted_events: MutedEvents::from_iter([NotifiedEvent::EpisodeDeleted]),
            ..Preferences::default()
        };
        let interest = Interest {
            followers: [(show.uuid(), vec![of_both, muted]), (deleted.subject.id, vec![of_both, follower])].into(),
            preferences: [(muted, silent.clone())].into(),
        };
        let owners = |interest: &Interest| {
            let effects = NotificationReader.digest(&deleted, interest).unwrap();
            let ids: std::collections::HashSet<_> = effects.notifications.iter().map(|told| told.id).collect();
            assert_eq!((ids.len(), effects.events.len()), (effects.notifications.len(), effects.notifications.len()));
            effects.notifications.iter().map(|told| told.user_id).collect::<Vec<_>>()
        };
        assert_eq!(owners(&interest), [editor, follower, of_both]);
        let nobody_but_the_actor = Interest { preferences: [(editor, silent)].into(), ..Interest::default() };
        assert_eq!(owners(&nobody_but_the_actor), []);
    }
}
