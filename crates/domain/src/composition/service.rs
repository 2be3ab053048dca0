//! The use cases of compositions: load, transition, commit.

use std::sync::Arc;

use super::draft::DesignPatch;
use super::{
    Composition, CompositionAfter, CompositionId, CompositionPatch, CompositionQuery, CompositionStore,
    DEFAULT_TEMPLATE, Design, LayerDrafts, Layers, NewComposition, Output, TemplateId, TemplateStore, find_built_in,
};
use crate::episode::{EpisodeId, EpisodeStore, show_of};
use crate::event::Stamp;
use crate::file::{FileStore, FileType};
use crate::identity::{Action, Caller, permit, permit_somewhere, permit_within};
use crate::job::JobStore;
use crate::show::ShowId;
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, FieldError, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms};

/// Everything that can be done with compositions, but looking at them.
pub struct CompositionService {
    /// Reads compositions.
    pub compositions: Arc<dyn CompositionStore>,
    /// Reads templates.
    pub templates: Arc<dyn TemplateStore>,
    /// Reads the episodes that compositions are for.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Reads the files that pictures come from.
    pub files: Arc<dyn FileStore>,
    /// Reads the jobs that render.
    pub jobs: Arc<dyn JobStore>,
    /// Writes compositions.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl CompositionService {
    /// The composition.
    pub async fn get(&self, caller: &Caller, id: CompositionId) -> Result<Composition, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Composition)?;
        self.load(id).await
    }

    /// A page of compositions.
    pub async fn list(
        &self,
        caller: &Caller,
        query: CompositionQuery,
    ) -> Result<Page<Composition, CompositionAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Composition)?;
        let query = CompositionQuery { asker: Some(caller.actor.id), ..query };
        Ok(self.compositions.list_compositions(query).await?)
    }

    /// All outputs of a composition, by format and encoding.
    pub async fn outputs(&self, caller: &Caller, id: CompositionId) -> Result<Vec<Output>, ServiceError> {
        self.get(caller, id).await?;
        Ok(self.compositions.list_outputs(id).await?)
    }

    /// Creates a composition, once for each receipt. Without layers it has those of the template that is named, or none.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewComposition,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        let NewComposition { name, others } = new;
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Composition)?;
        let episode_id = others.episode_id.flatten();
        let show = self.show_for(caller, episode_id).await?;
        let template = self.layers_of(others.template_id.unwrap_or(DEFAULT_TEMPLATE)).await?;
        let layers = match others.layers {
            Some(drafts) => self.complete(drafts, &template).await?,
            None if others.template_id.is_some() => template,
            None => Layers::default(),
        };
        let design = Design {
            name,
            episode_id,
            template_id: others.template_id.unwrap_or(DEFAULT_TEMPLATE),
            formats: others.formats.unwrap_or_default(),
            layers,
        };
        let id = CompositionId::new(self.ids.next());
        self.writing(terms).create(|| Composition::create(id, design, show, &self.stamp(caller))).await
    }

    /// Merges `patch` into a composition, once for each receipt. Where nothing differs nothing is written.
    pub async fn update(
        &self,
        caller: &Caller,
        id: CompositionId,
        patch: CompositionPatch,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Composition)?;
        let moved = match patch.episode_id {
            Some(episode) => Some(self.show_for(caller, episode).await?),
            None => None,
        };
        let known = self.load(id).await?;
        may(caller, Action::Write, &known)?;
        let template = self.layers_of(patch.template_id.unwrap_or(known.design.template_id)).await?;
        let layers = match patch.layers {
            Some(drafts) => Some(self.complete(drafts, &template).await?),
            None => None,
        };
        let CompositionPatch { name, episode_id, template_id, formats, .. } = patch;
        let wanted = DesignPatch { name, episode_id, template_id, formats, layers };
        let decide = |composition: Composition| {
            may(caller, Action::Write, &composition)?;
            let show = moved.unwrap_or(composition.show_id);
            let unchanged = composition.clone();
            let change = composition.update(wanted.clone(), show, &self.stamp(caller));
            Ok(change.map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    /// Deletes a composition for good, with its versions, and answers its last state.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: CompositionId,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        self.change(caller, Action::Write, id, terms, |composition, stamp| Ok(composition.delete(stamp))).await
    }

    pub(super) async fn change(
        &self,
        caller: &Caller,
        action: Action,
        id: CompositionId,
        terms: &Terms,
        transition: impl Fn(Composition, &Stamp) -> Result<crate::Change<Composition>, ServiceError> + Send + Sync,
    ) -> Result<Answered<Composition>, ServiceError> {
        permit_somewhere(&caller.actor, action, ResourceKind::Composition)?;
        let decide = |composition: Composition| {
            may(caller, action, &composition)?;
            transition(composition, &self.stamp(caller)).map(Decision::Write)
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    pub(super) async fn load(&self, id: CompositionId) -> Result<Composition, ServiceError> {
        let composition = self.compositions.find_composition(id).await?;
        composition.ok_or(ServiceError::NotFound { kind: ResourceKind::Composition })
    }

    /// The show of an episode that the caller may make compositions for.
    pub(super) async fn show_for(
        &self,
        caller: &Caller,
        episode: Option<EpisodeId>,
    ) -> Result<Option<ShowId>, ServiceError> {
        let show = show_of(self.episodes.as_ref(), episode).await?;
        permit_within(&caller.actor, Action::Write, ResourceKind::Composition, show)?;
        Ok(show)
    }

    pub(super) async fn layers_of(&self, template: TemplateId) -> Result<Layers, ServiceError> {
        if let Some(template) = find_built_in(template) {
            return Ok(template.layers);
        }
        let found = self.templates.find_template(template).await?;
        let unknown = || refused("template_id", "names a record that does not exist");
        found.map(|template| template.layers).ok_or_else(unknown)
    }

    /// The layers as they are described, if they can be drawn and every file that they name is there and is an image.
    async fn complete(&self, drafts: LayerDrafts, template: &Layers) -> Result<Layers, ServiceError> {
        let layers = drafts.complete(template).map_err(ServiceError::Invalid)?;
        layers.check_budget()?;
        self.check_files(&layers).await?;
        Ok(layers)
    }

    /// Refuses layers with a picture from a file that is not there, or that is no image.
    pub(super) async fn check_files(&self, layers: &Layers) -> Result<(), ServiceError> {
        for id in layers.files() {
            let found = self.files.find_file(id).await?;
            match found.map(|file| file.file_type) {
                Some(FileType::Image) => {}
                Some(_) => return Err(refused("layers", &format!("name the file {id}, which is no image"))),
                None => return Err(refused("layers", &format!("name the file {id}, which does not exist"))),
            }
        }
        Ok(())
    }

    pub(super) fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    pub(super) fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

/// Whether the caller may do this to a composition.
pub(super) fn may(caller: &Caller, action: Action, composition: &Composition) -> Result<(), ServiceError> {
    permit_within(&caller.actor, action, ResourceKind::Composition, composition.show_id)
}

fn refused(field: &str, reason: &str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new(field, reason)])
}
