//! Clearing one reference: the record that holds it is changed, with its event.

use super::{RemovalService, Target};
use crate::composition::{Composition, CompositionId, OutputChange, TemplateId};
use crate::episode::{EpisodeId, EpisodePatch};
use crate::file::FileId;
use crate::identity::{Action, Caller, permit, permit_within};
use crate::job::JobId;
use crate::{ChangeSet, CommitError, RecordChange, Reference, ResourceKind, ServiceError};

impl RemovalService {
    /// Takes what names `target` out of a record that the caller may write. A record that is gone, or that another writer has
    /// just changed, is left to the next attempt.
    pub(super) async fn clear(
        &self,
        caller: &Caller,
        target: Target,
        reference: &Reference,
    ) -> Result<(), ServiceError> {
        let set = match reference.kind {
            ResourceKind::Composition => self.of_composition(caller, target, CompositionId::new(reference.id)).await?,
            ResourceKind::Template => self.of_template(caller, target, TemplateId::new(reference.id)).await?,
            ResourceKind::Episode => self.of_episode(caller, target, EpisodeId::new(reference.id)).await?,
            ResourceKind::File => self.of_file(caller, FileId::new(reference.id)).await?,
            ResourceKind::Job => self.of_job(caller, JobId::new(reference.id)).await?,
            _ => None,
        };
        let Some(set) = set else { return Ok(()) };
        match self.ledger.commit(set).await {
            Ok(_) | Err(CommitError::Stale) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn of_composition(
        &self,
        caller: &Caller,
        target: Target,
        id: CompositionId,
    ) -> Result<Option<ChangeSet>, ServiceError> {
        let Some(composition) = self.compositions.find_composition(id).await? else { return Ok(None) };
        permit_within(&caller.actor, Action::Write, ResourceKind::Composition, composition.show_id)?;
        let stamp = self.stamp(caller);
        let change = match target {
            Target::File(file) if composition.design.layers.files().contains(&file) => {
                composition.without_file(file, &stamp)
            }
            Target::File(file) => return self.of_outputs(caller, composition, file).await,
            Target::Template(_) => composition.without_template(&stamp),
            Target::Episode(_) => composition.without_episode(&stamp),
            Target::Show(_) => None,
        };
        Ok(change.map(ChangeSet::from))
    }

    /// Forgets what was rendered into this file.
    async fn of_outputs(
        &self,
        caller: &Caller,
        composition: Composition,
        file: FileId,
    ) -> Result<Option<ChangeSet>, ServiceError> {
        let outputs = self.compositions.list_outputs(composition.id).await?;
        let (gone, left): (Vec<_>, Vec<_>) = outputs.into_iter().partition(|output| output.file_id == Some(file));
        if gone.is_empty() {
            return Ok(None);
        }
        let removed = gone.into_iter().map(|output| {
            let (composition, format, encoding) = (output.composition_id, output.format, output.encoding);
            RecordChange::Output(OutputChange::Removed { composition, format, encoding })
        });
        let change = composition.without_outputs(&left, &self.stamp(caller));
        Ok(Some(removed.fold(ChangeSet::from(change), ChangeSet::and)))
    }

    async fn of_template(
        &self,
        caller: &Caller,
        target: Target,
        id: TemplateId,
    ) -> Result<Option<ChangeSet>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Template)?;
        let Target::File(file) = target else { return Ok(None) };
        let template = self.templates.templates.find_template(id).await?;
        let change = template.and_then(|template| template.without_file(file, &self.stamp(caller)));
        Ok(change.map(ChangeSet::from))
    }

    async fn of_episode(
        &self,
        caller: &Caller,
        target: Target,
        id: EpisodeId,
    ) -> Result<Option<ChangeSet>, ServiceError> {
        let Some(episode) = self.episodes.episodes.find_episode(id).await? else { return Ok(None) };
        permit_within(&caller.actor, Action::Write, ResourceKind::Episode, episode.show_id)?;
        let patch = match target {
            Target::File(_) => EpisodePatch { thumbnail_url: Some(None), ..EpisodePatch::default() },
            Target::Show(_) => EpisodePatch { show_id: Some(None), ..EpisodePatch::default() },
            Target::Template(_) | Target::Episode(_) => return Ok(None),
        };
        Ok(episode.update(patch, &self.stamp(caller))?.map(ChangeSet::from))
    }

    async fn of_file(&self, caller: &Caller, id: FileId) -> Result<Option<ChangeSet>, ServiceError> {
        let Some(file) = self.files.files.find_file(id).await? else { return Ok(None) };
        permit_within(&caller.actor, Action::Write, ResourceKind::File, file.show_id)?;
        Ok(Some(file.without_episode(&self.stamp(caller)).into()))
    }

    async fn of_job(&self, caller: &Caller, id: JobId) -> Result<Option<ChangeSet>, ServiceError> {
        let Some(job) = self.jobs.find_job(id).await?.filter(|job| job.status.is_live()) else { return Ok(None) };
        permit_within(&caller.actor, Action::Manage, ResourceKind::Job, job.show_id)?;
        Ok(Some(job.cancel(&self.stamp(caller))?.into()))
    }
}
