//! The pure transitions of a file.

use serde::Serialize;

use super::{Blob, ContentType, File, FileId, FileType, NewFile};
use crate::episode::EpisodeId;
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::show::ShowId;
use crate::{Change, ResourceKind, Subject, Version};

/// The data of every event of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    file_id: FileId,
    #[serde(skip_serializing_if = "Option::is_none")]
    episode_id: Option<EpisodeId>,
    file_name: &'a str,
    file_type: FileType,
    file_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    uploaded_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    downloaded_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_fields: Option<[&'static str; 1]>,
}

impl File {
    /// A file whose bytes are there.
    pub(crate) fn create(
        id: FileId,
        new: NewFile,
        content_type: ContentType,
        blob: Blob,
        show_id: Option<ShowId>,
        stamp: &Stamp,
    ) -> Change<Self> {
        let file = Self {
            id,
            name: new.name,
            file_type: FileType::of(&content_type),
            content_type,
            size: blob.size,
            sha256: blob.sha256,
            episode_id: new.episode_id,
            show_id,
            blob: blob.key,
            created_by: stamp.actor.id,
            created_at: stamp.now,
            version: Version::FIRST,
        };
        let event = file.tell(EventKind::FileUploaded, stamp);
        Change::created(file, event)
    }

    /// Removes this file for good.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = self.version;
        self.version = expected.next();
        let event = self.tell(EventKind::FileDeleted, stamp);
        Change::erased(expected, self, event)
    }

    /// This file for no episode.
    pub(crate) fn without_episode(mut self, stamp: &Stamp) -> Change<Self> {
        let (before, expected) = (self.clone(), self.version);
        (self.episode_id, self.show_id) = (None, None);
        self.version = expected.next();
        // Who follows the show learns of a file that leaves it.
        let event = self.tell(EventKind::FileUpdated, stamp).within(before.show_id);
        Change::updated(expected, self, event).instead_of(before)
    }

    /// That somebody fetches this file.
    pub(crate) fn download(&self, stamp: &Stamp) -> DomainEvent {
        self.tell(EventKind::FileDownloaded, stamp)
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp) -> DomainEvent {
        let by = |which| (kind == which).then(|| stamp.actor_label());
        let data = Told {
            file_id: self.id,
            episode_id: self.episode_id,
            file_name: self.name.as_str(),
            file_type: self.file_type,
            file_size: self.size,
            uploaded_by: by(EventKind::FileUploaded),
            deleted_by: by(EventKind::FileDeleted),
            downloaded_by: by(EventKind::FileDownloaded),
            updated_by: by(EventKind::FileUpdated),
            changed_fields: (kind == EventKind::FileUpdated).then_some(["episode_id"]),
        };
        let subject = Subject::new(ResourceKind::File, self.id.uuid());
        stamp.event(kind, subject, Audience::Readers, &data).within(self.show_id).owned_by(self.created_by)
    }
}
