//! The pure transitions of a template.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Template, TemplateDescription, TemplateId, TemplateName};
use crate::composition::Layers;
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::file::FileId;
use crate::{Change, Difference, ResourceKind, Subject, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateCreated<'a> {
    template: &'a Template,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateUpdated<'a> {
    template: &'a Template,
    changed_fields: &'a [&'static str],
    changes: &'a Map<String, Value>,
    updated_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateDeleted<'a> {
    template_id: TemplateId,
    name: &'a str,
    deleted_by: &'a str,
}

/// Fields to set, with everything looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) name: Option<TemplateName>,
    pub(super) description: Option<TemplateDescription>,
    pub(super) layers: Option<Layers>,
}

impl Template {
    pub(crate) fn create(
        id: TemplateId,
        name: TemplateName,
        description: TemplateDescription,
        layers: Layers,
        stamp: &Stamp,
    ) -> Change<Self> {
        let template = Self {
            id,
            name,
            description,
            layers,
            built_in: false,
            created_by: stamp.actor.id,
            created_at: stamp.now,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let data = TemplateCreated { template: &template, created_by: stamp.actor_label() };
        let event = template.tell(EventKind::TemplateCreated, stamp, &data);
        Change::created(template, event)
    }

    /// Merges what is `wanted`; `None` where nothing would differ.
    pub(super) fn update(mut self, wanted: Wanted, stamp: &Stamp) -> Option<Change<Self>> {
        let before = self.clone();
        let mut difference = Difference::default();
        difference.set("name", &mut self.name, wanted.name);
        difference.set("description", &mut self.description, wanted.description);
        difference.set("layers", &mut self.layers, wanted.layers);
        if difference.fields.is_empty() {
            return None;
        }
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = TemplateUpdated {
            template: &self,
            changed_fields: &difference.fields,
            changes: &difference.changes,
            updated_by: stamp.actor_label(),
        };
        let event = self.tell(EventKind::TemplateUpdated, stamp, &data);
        Some(Change::updated(expected, self, event).instead_of(before))
    }

    /// This template without the pictures of a file: their layers are places for others.
    pub(crate) fn without_file(self, file: FileId, stamp: &Stamp) -> Option<Change<Self>> {
        let layers = Some(self.layers.without_file(file));
        self.update(Wanted { layers, ..Wanted::default() }, stamp)
    }

    /// Says what it is for; `None` where that is said already.
    #[cfg(any(test, feature = "mocks"))]
    pub(crate) fn describe(self, description: Option<TemplateDescription>, stamp: &Stamp) -> Option<Change<Self>> {
        self.update(Wanted { description, ..Wanted::default() }, stamp)
    }

    /// Removes it for good. Compositions have taken from it what they need.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let name = self.name.as_str();
        let data = TemplateDeleted { template_id: self.id, name, deleted_by: stamp.actor_label() };
        let event = self.tell(EventKind::TemplateDeleted, stamp, &data);
        Change::erased(expected, self, event)
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        stamp.event(kind, Subject::new(ResourceKind::Template, self.id.uuid()), Audience::Readers, data)
    }
}
