//! The use cases of earlier versions: looking at them, comparing two, and bringing one back.

use super::service::may;
use super::{Comparison, Composition, CompositionId, CompositionService, CompositionVersion, DEFAULT_TEMPLATE};
use crate::identity::{Action, Caller, permit_somewhere};
use crate::writing::Decision;
use crate::{Answered, Limit, Page, ResourceKind, ServiceError, Terms, Version};

impl CompositionService {
    /// A page of a composition's versions, the latest first.
    pub async fn versions(
        &self,
        caller: &Caller,
        id: CompositionId,
        before: Option<Version>,
        limit: Limit,
    ) -> Result<Page<CompositionVersion, Version>, ServiceError> {
        self.get(caller, id).await?;
        Ok(self.compositions.list_versions(id, before, limit).await?)
    }

    /// What a composition was in this version.
    pub async fn version(
        &self,
        caller: &Caller,
        id: CompositionId,
        version: Version,
    ) -> Result<CompositionVersion, ServiceError> {
        self.get(caller, id).await?;
        let found = self.compositions.find_version(id, version).await?;
        found.ok_or(ServiceError::NotFound { kind: ResourceKind::Composition })
    }

    /// How two versions differ.
    pub async fn compare(
        &self,
        caller: &Caller,
        id: CompositionId,
        from: Version,
        to: Version,
    ) -> Result<Comparison, ServiceError> {
        let (from, to) = (self.version(caller, id, from).await?, self.version(caller, id, to).await?);
        Ok(Comparison::of(&from, &to))
    }

    /// Brings back what was designed in this version, as a new version; where nothing differs nothing is written.
    pub async fn revert(
        &self,
        caller: &Caller,
        id: CompositionId,
        version: Version,
        terms: &Terms,
    ) -> Result<Answered<Composition>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Composition)?;
        let mut design = self.version(caller, id, version).await?.design;
        // Templates and pictures may have gone since: a template says only what new layers leave open.
        if self.layers_of(design.template_id).await.is_err() {
            design.template_id = DEFAULT_TEMPLATE;
        }
        self.check_files(&design.layers).await?;
        let show = self.show_for(caller, design.episode_id).await?;
        let decide = |composition: Composition| {
            may(caller, Action::Write, &composition)?;
            let unchanged = composition.clone();
            let change = composition.revert(design.clone(), show, &self.stamp(caller));
            Ok(change.map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }
}
