//! The pure transitions of an episode. Each makes a [`Change`]: the new state and the event that tells of it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Categories, Description, Episode, EpisodeId, EpisodePatch, EpisodeStatus, NewEpisode};
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::{Change, Difference, ResourceKind, ServiceError, Subject, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EpisodeCreated<'a> {
    episode: &'a Episode,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EpisodeUpdated<'a> {
    episode: &'a Episode,
    changed_fields: &'a [&'static str],
    changes: &'a Map<String, Value>,
    updated_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EpisodeDeleted<'a> {
    episode_id: EpisodeId,
    title: &'a str,
    delete_type: &'static str,
    deleted_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EpisodeRestored<'a> {
    episode: &'a Episode,
    restored_by: &'a str,
}

impl Episode {
    pub(crate) fn create(id: EpisodeId, new: NewEpisode, stamp: &Stamp) -> Change<Self> {
        let mut episode = Self {
            id,
            show_id: None,
            season_number: None,
            episode_number: new.episode_number,
            title: new.title,
            description: Description::default(),
            status: new.others.status.unwrap_or_default(),
            air_date: None,
            categories: Categories::default(),
            director: None,
            writer: None,
            duration_minutes: None,
            rating: None,
            genre: None,
            thumbnail_url: None,
            created_at: stamp.now,
            updated_at: stamp.now,
            deleted_at: None,
            version: Version::FIRST,
        };
        episode.apply(new.others);
        let data = EpisodeCreated { episode: &episode, created_by: stamp.actor_label() };
        let event = episode.tell(EventKind::EpisodeCreated, stamp, &data);
        Change::created(episode, event)
    }

    /// Merges `patch` into this episode; `None` where nothing would differ.
    pub(crate) fn update(mut self, patch: EpisodePatch, stamp: &Stamp) -> Result<Option<Change<Self>>, ServiceError> {
        if let Some(to) = patch.status {
            self.check_transition(to)?;
        }
        let before = self.clone();
        let difference = self.apply(patch);
        if difference.fields.is_empty() {
            return Ok(None);
        }
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = EpisodeUpdated {
            episode: &self,
            changed_fields: &difference.fields,
            changes: &difference.changes,
            updated_by: stamp.actor_label(),
        };
        // Whoever follows a show learns of an episode that leaves it for none.
        let event = self.tell(EventKind::EpisodeUpdated, stamp, &data).within(self.show_id.or(before.show_id));
        Ok(Some(Change::updated(expected, self, event).instead_of(before)))
    }

    /// Hides this episode, so that it can come back.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        self.deleted_at = Some(self.updated_at);
        let event = self.tell_deleted("soft", stamp);
        Change::updated(expected, self, event)
    }

    /// Removes this episode for good.
    pub(crate) fn erase(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        self.deleted_at = self.deleted_at.or(Some(self.updated_at));
        let event = self.tell_deleted("permanent", stamp);
        Change::erased(expected, self, event)
    }

    /// Brings a hidden episode back.
    pub(crate) fn restore(mut self, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        if self.deleted_at.take().is_none() {
            return Err(ServiceError::Conflict { reason: "the episode is not deleted: there is nothing to restore" });
        }
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = EpisodeRestored { episode: &self, restored_by: stamp.actor_label() };
        let event = self.tell(EventKind::EpisodeRestored, stamp, &data);
        Ok(Change::updated(expected, self, event))
    }

    /// This episode, belonging to no show any more.
    pub(crate) fn without_show(self) -> Self {
        Self { show_id: None, ..self }
    }

    fn check_transition(&self, to: EpisodeStatus) -> Result<(), ServiceError> {
        if self.status == to || self.status.may_become(to) {
            return Ok(());
        }
        let (from, to) = (self.status.as_str(), to.as_str());
        Err(ServiceError::InvalidTransition { kind: ResourceKind::Episode, from, to })
    }

    fn apply(&mut self, patch: EpisodePatch) -> Difference {
        let mut difference = Difference::default();
        difference.set("show_id", &mut self.show_id, patch.show_id);
        difference.set("season_number", &mut self.season_number, patch.season_number);
        difference.set("episode_number", &mut self.episode_number, patch.episode_number);
        difference.set("title", &mut self.title, patch.title);
        difference.set("description", &mut self.description, patch.description);
        difference.set("status", &mut self.status, patch.status);
        difference.set("air_date", &mut self.air_date, patch.air_date);
        difference.set("categories", &mut self.categories, patch.categories);
        difference.set("director", &mut self.director, patch.director);
        difference.set("writer", &mut self.writer, patch.writer);
        difference.set("duration_minutes", &mut self.duration_minutes, patch.duration_minutes);
        difference.set("rating", &mut self.rating, patch.rating);
        difference.set("genre", &mut self.genre, patch.genre);
        difference.set("thumbnail_url", &mut self.thumbnail_url, patch.thumbnail_url);
        difference
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Episode, self.id.uuid());
        stamp.event(kind, subject, Audience::Readers, data).within(self.show_id)
    }

    fn tell_deleted(&self, delete_type: &'static str, stamp: &Stamp) -> DomainEvent {
        let title = self.title.as_str();
        let data = EpisodeDeleted { episode_id: self.id, title, delete_type, deleted_by: stamp.actor_label() };
        self.tell(EventKind::EpisodeDeleted, stamp, &data)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Timestamp;
    use crate::episode::{EpisodeNumber, Title};
    use crate::event::{ActorStamp, EventId, Origin};
    use crate::show::ShowId;

    fn stamp(seconds: i64) -> Stamp {
        Stamp {
            id: EventId::new(uuid::Uuid::from_u128(9)),
            now: Timestamp::from_micros(seconds * 1_000_000).unwrap(),
            actor: ActorStamp { id: None, name: "An editor".into(), email: Some("editor@example.com".into()) },
            origin: Origin::default(),
        }
    }

    fn pilot(at: i64) -> Change<Episode> {
        let new = NewEpisode {
            title: Title::parse("Pilot").unwrap(),
            episode_number: EpisodeNumber::parse(1).unwrap(),
            others: EpisodePatch::default(),
        };
        Episode::create(EpisodeId::new(uuid::Uuid::from_u128(1)), new, &stamp(at))
    }

    fn data(change: &Change<Episode>) -> Value {
        serde_json::from_str(&change.events()[0].data).unwrap()
    }

    #[test]
    fn a_created_episode_is_a_draft_in_version_1_and_tells_who_made_it() {
        let change = pilot(1);
        assert_eq!((change.expected(), change.state().version), (None, Version::FIRST));
        assert_eq!(change.state().status, EpisodeStatus::Draft);
        assert_eq!(data(&change)["createdBy"], "editor@example.com");
        assert_eq!(data(&change)["episode"], serde_json::to_value(change.state()).unwrap());
    }

    #[test]
    fn an_update_names_each_changed_field_with_its_old_and_new_value_and_no_other() {
        let patch = EpisodePatch {
            title: Some(Title::parse("Pilot").unwrap()),
            status: Some(EpisodeStatus::Published),
            ..EpisodePatch::default()
        };
        let change = pilot(1).state().clone().update(patch, &stamp(2)).unwrap().unwrap();
        assert_eq!(change.expected(), Some(Version::FIRST));
        assert_eq!(data(&change)["changedFields"], json!(["status"]));
        assert_eq!(data(&change)["changes"], json!({"status": ["draft", "published"]}));
    }

    #[test]
    fn an_event_happens_in_the_episodes_show_also_when_it_leaves_it_for_none() {
        let show = ShowId::new(uuid::Uuid::from_u128(7));
        let moved = |to| EpisodePatch { show_id: Some(to), ..EpisodePatch::default() };
        let entered = pilot(1).state().clone().update(moved(Some(show)), &stamp(2)).unwrap().unwrap();
        assert_eq!(entered.events()[0].show, Some(show));
        assert_eq!(data(&entered)["changes"], json!({"show_id": [null, show]}));
        let left = entered.state().clone().update(moved(None), &stamp(3)).unwrap().unwrap();
        assert_eq!((left.events()[0].show, left.state().show_id), (Some(show), None));
        assert_eq!(left.state().clone().delete(&stamp(4)).events()[0].show, None);
    }

    #[test]
    fn an_update_that_changes_nothing_is_no_change() {
        let patch = EpisodePatch { title: Some(Title::parse("Pilot").unwrap()), ..EpisodePatch::default() };
        assert!(pilot(1).state().clone().update(patch, &stamp(2)).unwrap().is_none());
    }

    #[test]
    fn a_forbidden_transition_names_both_states() {
        let patch = EpisodePatch { status: Some(EpisodeStatus::Rejected), ..EpisodePatch::default() };
        let error = pilot(1).state().clone().update(patch, &stamp(2)).unwrap_err();
        assert_eq!(error.to_string(), "episode cannot go from draft to rejected");
    }

    #[test]
    fn a_clock_that_went_backwards_does_not_turn_back_the_record() {
        let patch = EpisodePatch { title: Some(Title::parse("Later").unwrap()), ..EpisodePatch::default() };
        let first = pilot(100).state().clone();
        let change = first.clone().update(patch, &stamp(40)).unwrap().unwrap();
        assert_eq!(change.state().updated_at, first.updated_at);
        assert_eq!(change.state().version, first.version.next());
    }

    #[test]
    fn a_deleted_episode_comes_back_once() {
        let deleted = pilot(1).state().clone().delete(&stamp(2));
        assert_eq!(data(&deleted)["deleteType"], "soft");
        assert!(deleted.state().deleted_at.is_some() && !deleted.is_erased());
        let restored = deleted.state().clone().restore(&stamp(3)).unwrap();
        assert!(restored.state().deleted_at.is_none());
        assert!(matches!(restored.state().clone().restore(&stamp(4)), Err(ServiceError::Conflict { .. })));
    }

    #[test]
    fn an_erased_episode_leaves_with_its_last_state() {
        let erased = pilot(1).state().clone().erase(&stamp(2));
        assert!(erased.is_erased());
        assert_eq!(data(&erased)["deleteType"], "permanent");
    }
}
