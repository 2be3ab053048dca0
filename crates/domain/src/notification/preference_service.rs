//! The use cases of one's preferences.

use std::sync::Arc;

use super::{Followed, PreferenceStore, Preferences, PreferencesPatch};
use crate::episode::EpisodeStore;
use crate::identity::{Action, Caller, permit};
use crate::show::ShowStore;
use crate::{Clock, FieldError, ResourceKind, ServiceError};

/// Everything that one can do with one's preferences.
pub struct PreferenceService {
    /// Keeps preferences.
    pub preferences: Arc<dyn PreferenceStore>,
    /// Knows which episodes there are to follow.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Knows which shows there are to follow.
    pub shows: Arc<dyn ShowStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl PreferenceService {
    /// What the caller wants to be told of.
    pub async fn get(&self, caller: &Caller) -> Result<Preferences, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Notification)?;
        Ok(self.preferences.find_preferences(caller.actor.id).await?)
    }

    /// Sets the fields of `patch` and answers what the caller wants now. What they begin to follow must exist.
    pub async fn update(&self, caller: &Caller, patch: PreferencesPatch) -> Result<Preferences, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Notification)?;
        let before = self.preferences.find_preferences(caller.actor.id).await?;
        let after = patch.over(before.clone());
        let mut refused = Vec::new();
        for followed in after.follows.beyond(&before.follows) {
            if !self.exists(followed).await? {
                refused.push(FieldError::new("follows", format!("holds {}, which does not exist", followed.id())));
            }
        }
        if !refused.is_empty() {
            return Err(ServiceError::Invalid(refused));
        }
        self.preferences.keep_preferences(caller.actor.id, after.clone(), self.clock.now()).await?;
        Ok(after)
    }

    async fn exists(&self, followed: Followed) -> Result<bool, ServiceError> {
        Ok(match followed {
            Followed::Show(id) => self.shows.find_show(id).await?.is_some(),
            Followed::Episode(id) => {
                self.episodes.find_episode(id).await?.is_some_and(|episode| episode.deleted_at.is_none())
            }
        })
    }
}
