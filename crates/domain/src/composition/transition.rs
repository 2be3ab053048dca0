//! The pure transitions of a composition. Each makes a [`Change`]: the new state and the event that tells of it.

use serde::Serialize;
use serde_json::{Value, json};

use super::draft::DesignPatch;
use super::{Approval, Composition, CompositionId, CompositionStatus, DEFAULT_TEMPLATE, Design, Output, Reason};
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::file::FileId;
use crate::show::ShowId;
use crate::{Change, ResourceKind, ServiceError, Subject, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CompositionCreated<'a> {
    composition: &'a Composition,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CompositionUpdated<'a> {
    composition: &'a Composition,
    changed_fields: &'a [String],
    updated_by: &'a str,
}

impl Composition {
    pub(crate) fn create(id: CompositionId, design: Design, show_id: Option<ShowId>, stamp: &Stamp) -> Change<Self> {
        let composition = Self {
            id,
            design,
            show_id,
            status: CompositionStatus::default(),
            approval: Approval::default(),
            rejection_reason: None,
            is_primary: false,
            created_by: stamp.actor.id,
            created_at: stamp.now,
            updated_by: stamp.actor.id,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let data = CompositionCreated { composition: &composition, created_by: stamp.actor_label() };
        let event = composition.tell(EventKind::CompositionCreated, stamp, &data);
        Change::created(composition, event)
    }

    /// Merges `patch` into the design; `None` where nothing would differ. What was accepted or submitted is a draft again, and
    /// what stood for an episode does not stand for another one.
    pub(crate) fn update(mut self, patch: DesignPatch, show_id: Option<ShowId>, stamp: &Stamp) -> Option<Change<Self>> {
        let before = self.clone();
        let Design { name, episode_id, template_id, formats, layers } = &mut self.design;
        patch.name.into_iter().for_each(|wanted| *name = wanted);
        patch.episode_id.into_iter().for_each(|wanted| *episode_id = wanted);
        patch.template_id.into_iter().for_each(|wanted| *template_id = wanted);
        patch.formats.into_iter().for_each(|wanted| *formats = wanted);
        patch.layers.into_iter().for_each(|wanted| *layers = wanted);
        if self.design == before.design {
            return None;
        }
        self.show_id = show_id;
        self.is_primary &= self.design.episode_id == before.design.episode_id;
        self.approval = Approval::Draft;
        self.rejection_reason = None;
        Some(self.become_next(before, stamp))
    }

    /// Brings back what was designed in an earlier version, as a new one.
    pub(crate) fn revert(self, design: Design, show_id: Option<ShowId>, stamp: &Stamp) -> Option<Change<Self>> {
        let Design { name, episode_id, template_id, formats, layers } = design;
        let patch = DesignPatch {
            name: Some(name),
            episode_id: Some(episode_id),
            template_id: Some(template_id),
            formats: Some(formats),
            layers: Some(layers),
        };
        self.update(patch, show_id, stamp)
    }

    /// This composition without the pictures of a file: their layers are places for others.
    pub(crate) fn without_file(self, file: FileId, stamp: &Stamp) -> Option<Change<Self>> {
        let (layers, show) = (Some(self.design.layers.without_file(file)), self.show_id);
        self.update(DesignPatch { layers, ..DesignPatch::default() }, show, stamp)
    }

    /// This composition with the template that those have who choose none.
    pub(crate) fn without_template(self, stamp: &Stamp) -> Option<Change<Self>> {
        let show = self.show_id;
        self.update(DesignPatch { template_id: Some(DEFAULT_TEMPLATE), ..DesignPatch::default() }, show, stamp)
    }

    /// This composition for no episode.
    pub(crate) fn without_episode(self, stamp: &Stamp) -> Option<Change<Self>> {
        self.update(DesignPatch { episode_id: Some(None), ..DesignPatch::default() }, None, stamp)
    }

    /// That outputs are gone, and `left` are still there.
    pub(crate) fn without_outputs(mut self, left: &[Output], stamp: &Stamp) -> Change<Self> {
        let before = self.clone();
        self.status = CompositionStatus::of(left.iter().map(|output| output.status));
        self.updated_by = stamp.actor.id;
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let changed_fields = ["outputs".to_owned()];
        let data =
            CompositionUpdated { composition: &self, changed_fields: &changed_fields, updated_by: stamp.actor_label() };
        let event = self.tell(EventKind::CompositionUpdated, stamp, &data);
        Change::updated(expected, self, event).instead_of(before)
    }

    /// Asks for a decision.
    pub(crate) fn submit(self, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        let by = json!({ "submittedBy": stamp.actor_label() });
        self.decide(Approval::Pending, None, EventKind::CompositionSubmitted, by, stamp)
    }

    /// Accepts it.
    pub(crate) fn approve(self, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        let by = json!({ "approvedBy": stamp.actor_label() });
        self.decide(Approval::Approved, None, EventKind::CompositionApproved, by, stamp)
    }

    /// Turns it down.
    pub(crate) fn reject(self, reason: Option<Reason>, stamp: &Stamp) -> Result<Change<Self>, ServiceError> {
        let by = json!({ "rejectedBy": stamp.actor_label(), "reason": reason });
        self.decide(Approval::Rejected, reason, EventKind::CompositionRejected, by, stamp)
    }

    /// Lets it stand for its episode, or not any more; `None` where that is so already.
    pub(crate) fn set_primary(mut self, is_primary: bool, stamp: &Stamp) -> Option<Change<Self>> {
        let before = self.clone();
        self.is_primary = is_primary;
        (before.is_primary != is_primary).then(|| self.become_next(before, stamp))
    }

    /// Removes it for good, with its versions. The pictures that it was rendered to stay.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = self.about(json!({ "deletedBy": stamp.actor_label() }));
        let event = self.tell(EventKind::CompositionDeleted, stamp, &data);
        Change::erased(expected, self, event)
    }

    /// That it was rendered to these.
    pub(crate) fn rendered(&self, outputs: &[Output], stamp: &Stamp) -> DomainEvent {
        self.tell(EventKind::CompositionRendered, stamp, &self.about(json!({ "outputs": outputs })))
    }

    fn decide(
        mut self,
        to: Approval,
        reason: Option<Reason>,
        kind: EventKind,
        by: Value,
        stamp: &Stamp,
    ) -> Result<Change<Self>, ServiceError> {
        if !self.approval.may_become(to) {
            let (from, to) = (self.approval.as_str(), to.as_str());
            return Err(ServiceError::InvalidTransition { kind: ResourceKind::Composition, from, to });
        }
        let before = self.clone();
        self.approval = to;
        self.rejection_reason = reason;
        self.updated_by = stamp.actor.id;
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let event = self.tell(kind, stamp, &self.about(by));
        Ok(Change::updated(expected, self, event).instead_of(before))
    }

    fn become_next(mut self, before: Self, stamp: &Stamp) -> Change<Self> {
        self.updated_by = stamp.actor.id;
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let changed_fields = self.changed_from(Some(&before));
        let data =
            CompositionUpdated { composition: &self, changed_fields: &changed_fields, updated_by: stamp.actor_label() };
        // Whoever follows a show learns of a composition that leaves it for none.
        let event = self.tell(EventKind::CompositionUpdated, stamp, &data).within(self.show_id.or(before.show_id));
        Change::updated(expected, self, event).instead_of(before)
    }

    /// What it is called, and `more`.
    fn about(&self, mut more: Value) -> Value {
        more["compositionId"] = json!(self.id);
        more["name"] = json!(self.design.name);
        more
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Composition, self.id.uuid());
        stamp.event(kind, subject, Audience::Readers, data).within(self.show_id).owned_by(self.created_by)
    }
}
