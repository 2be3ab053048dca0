//! The use cases of removing records that others may refer to.

use std::future::Future;
use std::sync::Arc;

use super::{ReferenceStore, Target};
use crate::composition::{CompositionStore, Template, TemplateId, TemplateService};
use crate::episode::{Episode, EpisodeId, EpisodeService};
use crate::event::Stamp;
use crate::file::{File, FileId, FileService};
use crate::identity::{Action, Caller, permit, permit_within};
use crate::job::JobStore;
use crate::show::{Show, ShowId, ShowService};
use crate::{Answered, Clock, IdSource, Ledger, References, ResourceKind, ServiceError, Terms};

/// How many references are cleared between two attempts to remove.
const AT_ONCE: usize = 100;
/// How many attempts one request makes: as many times [`AT_ONCE`] references it clears at most.
const ATTEMPTS: usize = 100;

/// Removes records that others may refer to. What is used is refused with what uses it; who may delete for good can have the
/// references cleared instead, each by a change of its own.
pub struct RemovalService {
    /// Deletes files.
    pub files: Arc<FileService>,
    /// Deletes shows.
    pub shows: Arc<ShowService>,
    /// Deletes episodes.
    pub episodes: Arc<EpisodeService>,
    /// Deletes templates.
    pub templates: Arc<TemplateService>,
    /// Finds references.
    pub references: Arc<dyn ReferenceStore>,
    /// Reads compositions.
    pub compositions: Arc<dyn CompositionStore>,
    /// Reads jobs.
    pub jobs: Arc<dyn JobStore>,
    /// Clears references.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl RemovalService {
    /// Deletes a file for good and answers its last state.
    ///
    /// # Errors
    /// [`ServiceError::InUse`] where layers, outputs or thumbnails need it, unless they are to be cleared by `force`.
    pub async fn delete_file(
        &self,
        caller: &Caller,
        id: FileId,
        force: bool,
        terms: &Terms,
    ) -> Result<Answered<File>, ServiceError> {
        if force {
            let show = self.files.get(caller, id).await?.show_id;
            permit_within(&caller.actor, Action::Erase, ResourceKind::File, show)?;
        }
        self.remove(caller, Target::File(id), force, || self.files.delete(caller, id, terms)).await
    }

    /// Deletes a show for good and answers its last state.
    ///
    /// # Errors
    /// [`ServiceError::InUse`] where episodes belong to it, also deleted ones, unless they are to leave it by `force`.
    pub async fn delete_show(
        &self,
        caller: &Caller,
        id: ShowId,
        force: bool,
        terms: &Terms,
    ) -> Result<Answered<Show>, ServiceError> {
        if force {
            permit_within(&caller.actor, Action::Erase, ResourceKind::Show, Some(id))?;
        }
        self.remove(caller, Target::Show(id), force, || self.shows.delete(caller, id, terms)).await
    }

    /// Deletes a template for good and answers its last state.
    ///
    /// # Errors
    /// [`ServiceError::InUse`] where compositions have chosen it, unless they are to have the default by `force`.
    pub async fn delete_template(
        &self,
        caller: &Caller,
        id: TemplateId,
        force: bool,
        terms: &Terms,
    ) -> Result<Answered<Template>, ServiceError> {
        if force {
            permit(&caller.actor, Action::Erase, ResourceKind::Template)?;
        }
        self.remove(caller, Target::Template(id), force, || self.templates.delete(caller, id, terms)).await
    }

    /// Deletes an episode for good, also one that was deleted before, and answers its last state.
    ///
    /// # Errors
    /// [`ServiceError::InUse`] where compositions, files or live jobs are for it, unless they are to be for none by `force`:
    /// then jobs are called off.
    pub async fn erase_episode(
        &self,
        caller: &Caller,
        id: EpisodeId,
        force: bool,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        self.remove(caller, Target::Episode(id), force, || self.episodes.erase(caller, id, terms)).await
    }

    /// Removes, and where others refer to what is removed, says so or clears that and tries again. Every attempt asks what the
    /// caller may do and which version they have seen.
    async fn remove<T, Removing>(
        &self,
        caller: &Caller,
        target: Target,
        force: bool,
        remove: impl Fn() -> Removing + Send + Sync,
    ) -> Result<Answered<T>, ServiceError>
    where
        T: Send,
        Removing: Future<Output = Result<Answered<T>, ServiceError>> + Send,
    {
        for _ in 0..ATTEMPTS {
            let reason = match remove().await {
                Err(ServiceError::InUse { reason, .. }) => reason,
                answered => return answered,
            };
            let limit = if force { AT_ONCE } else { References::NAMED };
            let used_by = self.references.references(target, limit).await?;
            if !force && used_by.total > 0 {
                return Err(ServiceError::InUse { reason, used_by });
            }
            for reference in &used_by.first {
                self.clear(caller, target, reference).await?;
            }
        }
        Err(ServiceError::Conflict { reason: "more refers to this than is cleared at once: send the request again" })
    }

    pub(super) fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}
