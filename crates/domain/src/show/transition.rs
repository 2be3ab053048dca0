//! The pure transitions of a show. Each makes a [`Change`]: the new state and the event that tells of it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{NewShow, Show, ShowId, ShowPatch, Slug};
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::{Change, Difference, ResourceKind, Subject, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShowCreated<'a> {
    show: &'a Show,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShowUpdated<'a> {
    show: &'a Show,
    changed_fields: &'a [&'static str],
    changes: &'a Map<String, Value>,
    updated_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShowDeleted<'a> {
    show_id: ShowId,
    name: &'a str,
    deleted_by: &'a str,
}

impl Show {
    pub(crate) fn create(id: ShowId, new: NewShow, stamp: &Stamp) -> Change<Self> {
        let suggested = || Slug::suggested(new.name.as_str(), id.uuid());
        let show = Self {
            id,
            slug: new.others.slug.clone().unwrap_or_else(suggested),
            name: new.name,
            description: new.others.description.unwrap_or_default(),
            status: new.others.status.unwrap_or_default(),
            created_at: stamp.now,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let data = ShowCreated { show: &show, created_by: stamp.actor_label() };
        let event = show.tell(EventKind::ShowCreated, stamp, &data);
        Change::created(show, event)
    }

    /// Merges `patch` into this show; `None` where nothing would differ.
    pub(crate) fn update(mut self, patch: ShowPatch, stamp: &Stamp) -> Option<Change<Self>> {
        let difference = self.apply(patch);
        if difference.fields.is_empty() {
            return None;
        }
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = ShowUpdated {
            show: &self,
            changed_fields: &difference.fields,
            changes: &difference.changes,
            updated_by: stamp.actor_label(),
        };
        let event = self.tell(EventKind::ShowUpdated, stamp, &data);
        Some(Change::updated(expected, self, event))
    }

    /// Removes this show for good.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = ShowDeleted { show_id: self.id, name: self.name.as_str(), deleted_by: stamp.actor_label() };
        let event = self.tell(EventKind::ShowDeleted, stamp, &data);
        Change::erased(expected, self, event)
    }

    fn apply(&mut self, patch: ShowPatch) -> Difference {
        let mut difference = Difference::default();
        difference.set("name", &mut self.name, patch.name);
        difference.set("slug", &mut self.slug, patch.slug);
        difference.set("description", &mut self.description, patch.description);
        difference.set("status", &mut self.status, patch.status);
        difference
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Show, self.id.uuid());
        stamp.event(kind, subject, Audience::Readers, data).within(Some(self.id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Timestamp;
    use crate::event::{ActorStamp, EventId, Origin};
    use crate::show::{ShowName, ShowStatus};

    fn stamp(seconds: i64) -> Stamp {
        Stamp {
            id: EventId::new(uuid::Uuid::from_u128(9)),
            now: Timestamp::from_micros(seconds * 1_000_000).unwrap(),
            actor: ActorStamp { id: None, name: "An editor".into(), email: Some("editor@example.com".into()) },
            origin: Origin::default(),
        }
    }

    fn create(name: &str, others: ShowPatch) -> Change<Show> {
        let new = NewShow { name: ShowName::parse(name).unwrap(), others };
        Show::create(ShowId::new(uuid::Uuid::from_u128(1)), new, &stamp(1))
    }

    fn data(change: &Change<Show>) -> Value {
        serde_json::from_str(&change.events()[0].data).unwrap()
    }

    #[test]
    fn a_created_show_gets_a_slug_and_tells_who_made_it() {
        let change = create("Breaking Bad", ShowPatch::default());
        let show = change.state();
        assert_eq!(
            (show.slug.as_str(), show.status, show.version),
            ("breaking-bad", ShowStatus::InDevelopment, Version::FIRST)
        );
        assert_eq!(data(&change), json!({"show": show, "createdBy": "editor@example.com"}));
        assert_eq!(change.events()[0].show, Some(show.id));
    }

    #[test]
    fn a_slug_that_is_given_counts_and_other_scripts_are_transliterated() {
        let given = ShowPatch { slug: Slug::parse("bb").ok(), ..ShowPatch::default() };
        assert_eq!(create("Breaking Bad", given).state().slug.as_str(), "bb");
        assert_eq!(create("日本", ShowPatch::default()).state().slug.as_str(), "ri-ben");
    }

    #[test]
    fn an_update_names_what_changed_and_leaves_the_slug_alone() {
        let show = create("Breaking Bad", ShowPatch::default()).state().clone();
        let patch = ShowPatch {
            name: ShowName::parse("Better Call Saul").ok(),
            status: Some(ShowStatus::InDevelopment),
            ..ShowPatch::default()
        };
        let change = show.update(patch.clone(), &stamp(2)).unwrap();
        assert_eq!(change.expected(), Some(Version::FIRST));
        assert_eq!(data(&change)["changedFields"], json!(["name"]));
        assert_eq!(data(&change)["changes"], json!({"name": ["Breaking Bad", "Better Call Saul"]}));
        assert_eq!(change.state().slug.as_str(), "breaking-bad");
        assert!(change.state().clone().update(patch, &stamp(3)).is_none());
    }

    #[test]
    fn a_deleted_show_leaves_with_its_last_state() {
        let change = create("Breaking Bad", ShowPatch::default()).state().clone().delete(&stamp(2));
        assert!(change.is_erased());
        assert_eq!(change.state().version, Version::FIRST.next());
        let expected = json!({"showId": change.state().id, "name": "Breaking Bad", "deletedBy": "editor@example.com"});
        assert_eq!(data(&change), expected);
    }
}
