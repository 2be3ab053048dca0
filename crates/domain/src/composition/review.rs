//! The use cases of deciding about compositions: submitting, approving, rejecting, and choosing one for an episode.

use super::service::may;
use super::{Composition, CompositionId, CompositionService, Output, OutputStatus, Reason};
use crate::episode::{Episode, EpisodePatch, ThumbnailUrl};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit_somewhere, permit_within};
use crate::writing::{Decision, Versioned};
use crate::{Answered, Change, CommitError, RecordChange, ResourceKind, ServiceError, Terms, Version};

/// How often the race for the place of an episode's primary is run before the caller is told.
const RACES: usize = 10;

/// A composition that is to stand for its episode, and what stands around it.
#[derive(Clone)]
struct Candidate {
    composition: Composition,
    former: Option<Composition>,
    episode: Episode,
    outputs: Vec<Output>,
}

impl Versioned for Candidate {
    fn version(&self) -> Version {
        self.composition.version
    }
}

impl CompositionService {
    /// Asks for a decision about a draft.
    pub async fn submit(
        &self,
        caller: &Caller,
        id: CompositionId,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        self.change(caller, Action::Write, id, terms, Composition::submit).await
    }

    /// Accepts what was submitted.
    pub async fn approve(
        &self,
        caller: &Caller,
        id: CompositionId,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        self.change(caller, Action::Decide, id, terms, Composition::approve).await
    }

    /// Turns down what was submitted.
    pub async fn reject(
        &self,
        caller: &Caller,
        id: CompositionId,
        reason: Option<Reason>,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        let reject = |composition: Composition, stamp: &Stamp| composition.reject(reason.clone(), stamp);
        self.change(caller, Action::Decide, id, terms, reject).await
    }

    /// Lets a composition stand for its episode, in place of the one that does: where it is rendered, the episode gets its
    /// picture in the same step. The caller must be allowed to write both.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] where it is for no episode.
    pub async fn make_primary(
        &self,
        caller: &Caller,
        id: CompositionId,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Composition)?;
        let decide = |candidate: Candidate| {
            let Candidate { composition, former, episode, outputs } = candidate;
            may(caller, Action::Write, &composition)?;
            permit_within(&caller.actor, Action::Write, ResourceKind::Episode, episode.show_id)?;
            let unchanged = composition.clone();
            let Some(change) = composition.set_primary(true, &self.stamp(caller)) else {
                return Ok(Decision::Leave(unchanged));
            };
            let yields = former.and_then(|former| former.set_primary(false, &self.stamp(caller)));
            let before = yields.map(crate::ChangeSet::from).map_or_else(Vec::new, |set| set.changes().to_vec());
            let shown = thumbnail(episode, change.state(), &outputs, &self.stamp(caller))?;
            Ok(Decision::WriteAmong { before, change, after: shown.map(RecordChange::Episode).into_iter().collect() })
        };
        for _ in 0..RACES {
            match self.writing(terms).change(|| self.candidate(id), decide).await {
                // Another one took its place since it was looked who has it.
                Err(ServiceError::AlreadyExists { .. }) => {}
                answered => return answered,
            }
        }
        Err(CommitError::Stale.into())
    }

    async fn candidate(&self, id: CompositionId) -> Result<Candidate, ServiceError> {
        let composition = self.load(id).await?;
        let Some(episode_id) = composition.design.episode_id else {
            let reason = "this composition is for no episode: set episode_id first";
            return Err(ServiceError::Conflict { reason });
        };
        let episode = self.episodes.find_episode(episode_id).await?.filter(|episode| episode.deleted_at.is_none());
        let episode = episode.ok_or(ServiceError::Conflict { reason: "the episode of this composition is deleted" })?;
        let former = self.compositions.find_primary(episode_id).await?.filter(|former| former.id != id);
        let outputs = self.compositions.list_outputs(id).await?;
        Ok(Candidate { composition, former, episode, outputs })
    }
}

/// The change that gives an episode the picture of the composition which stands for it: the first of its formats that is
/// rendered. `None` where there is none yet, or the episode has it.
pub(super) fn thumbnail(
    episode: Episode,
    primary: &Composition,
    outputs: &[Output],
    stamp: &Stamp,
) -> Result<Option<Change<Episode>>, ServiceError> {
    let of_format = |format| {
        let mut ready = outputs.iter().filter(|output| output.status == OutputStatus::Ready);
        ready.find(|output| output.format == format).and_then(|output| output.file_id)
    };
    let Some(file) = primary.design.formats.as_slice().iter().copied().find_map(of_format) else { return Ok(None) };
    let url = ThumbnailUrl::of_file(file).unwrap_or_else(|| unreachable!("a path on this server is short"));
    episode.update(EpisodePatch { thumbnail_url: Some(Some(url)), ..EpisodePatch::default() }, stamp)
}
