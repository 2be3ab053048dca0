//! The use cases of episodes: load, transition, commit.

use std::sync::Arc;

use super::{Episode, EpisodeAfter, EpisodeId, EpisodePatch, EpisodeQuery, EpisodeStore, NewEpisode};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit};
use crate::{Change, ChangeSet, Clock, CommitError, IdSource, Ledger, Page, Precondition, ResourceKind, ServiceError};

/// How often a race without `If-Match` is run before the caller is told.
const RACES: usize = 100;

/// Everything that can be done with episodes.
pub struct EpisodeService {
    /// Reads episodes.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Writes them.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl EpisodeService {
    /// The episode, if it is not deleted.
    pub async fn get(&self, caller: &Caller, id: EpisodeId) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Episode)?;
        self.load(id, Hidden::AreAbsent).await
    }

    /// A page of episodes.
    pub async fn list(
        &self,
        caller: &Caller,
        query: EpisodeQuery,
    ) -> Result<Page<Episode, EpisodeAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Episode)?;
        Ok(self.episodes.list_episodes(query).await?)
    }

    /// Creates an episode.
    pub async fn create(&self, caller: &Caller, new: NewEpisode) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Episode)?;
        let id = EpisodeId::new(self.ids.next());
        let change = Episode::create(id, new, &self.stamp(caller));
        let episode = change.state().clone();
        self.ledger.commit(ChangeSet::from(change)).await?;
        Ok(episode)
    }

    /// Merges `patch` into an episode. Where nothing differs nothing is written.
    pub async fn update(
        &self,
        caller: &Caller,
        id: EpisodeId,
        patch: &EpisodePatch,
        precondition: &Precondition,
    ) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Episode)?;
        self.write(id, Hidden::AreAbsent, precondition, |episode| {
            let unchanged = episode.clone();
            Ok(episode.update(patch.clone(), &self.stamp(caller))?.ok_or(unchanged))
        })
        .await
    }

    /// Deletes an episode, so that it can be restored, and answers its last state.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: EpisodeId,
        precondition: &Precondition,
    ) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Episode)?;
        self.write(id, Hidden::AreAbsent, precondition, |episode| Ok(Ok(episode.delete(&self.stamp(caller))))).await
    }

    /// Deletes an episode for good, also one that was deleted before, and answers its last state.
    pub async fn erase(
        &self,
        caller: &Caller,
        id: EpisodeId,
        precondition: &Precondition,
    ) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Erase, ResourceKind::Episode)?;
        self.write(id, Hidden::ArePresent, precondition, |episode| Ok(Ok(episode.erase(&self.stamp(caller))))).await
    }

    /// Brings a deleted episode back.
    pub async fn restore(
        &self,
        caller: &Caller,
        id: EpisodeId,
        precondition: &Precondition,
    ) -> Result<Episode, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Episode)?;
        self.write(id, Hidden::ArePresent, precondition, |episode| episode.restore(&self.stamp(caller)).map(Ok)).await
    }

    /// Loads, lets `transition` decide and commits, again and again while others win the race, unless the caller
    /// named the version that they have seen. A transition may answer `Err(episode)` for "nothing to write".
    async fn write(
        &self,
        id: EpisodeId,
        hidden: Hidden,
        precondition: &Precondition,
        transition: impl Fn(Episode) -> Result<Result<Change<Episode>, Episode>, ServiceError> + Send + Sync,
    ) -> Result<Episode, ServiceError> {
        for _ in 0..RACES {
            let episode = self.load(id, hidden).await?;
            precondition.check(episode.version)?;
            let change = match transition(episode)? {
                Ok(change) => change,
                Err(unchanged) => return Ok(unchanged),
            };
            let episode = change.state().clone();
            match self.ledger.commit(ChangeSet::from(change)).await {
                Ok(_) => return Ok(episode),
                Err(CommitError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Stale.into())
    }

    async fn load(&self, id: EpisodeId, hidden: Hidden) -> Result<Episode, ServiceError> {
        let episode = self.episodes.find_episode(id).await?;
        episode
            .filter(|episode| episode.deleted_at.is_none() || hidden == Hidden::ArePresent)
            .ok_or(ServiceError::NotFound { kind: ResourceKind::Episode })
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

/// How a use case treats episodes that were deleted softly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    AreAbsent,
    ArePresent,
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_executor::block_on;

    use super::*;
    use crate::episode::{EpisodeNumber, Title};
    use crate::event::Origin;
    use crate::identity::{Actor, Role, UserId};
    use crate::mocks::{MockClock, MockEpisodeStore, MockIdSource, MockLedger};
    use crate::{Committed, RecordChange, Timestamp, Version};

    fn caller(role: Role) -> Caller {
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let id = UserId::new(uuid::Uuid::from_u128(5));
        let actor = Actor { id, email: "editor@example.com".into(), name: "An editor".into(), role, expires_at };
        Caller { actor, origin: Origin::default() }
    }

    fn service(episodes: MockEpisodeStore, ledger: MockLedger) -> EpisodeService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::from_micros(1_000_000).unwrap());
        let mut ids = MockIdSource::new();
        let last = AtomicU64::new(1);
        ids.expect_next().returning(move || uuid::Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
        EpisodeService {
            episodes: Arc::new(episodes),
            ledger: Arc::new(ledger),
            clock: Arc::new(clock),
            ids: Arc::new(ids),
        }
    }

    fn pilot() -> NewEpisode {
        NewEpisode {
            title: Title::parse("Pilot").unwrap(),
            episode_number: EpisodeNumber::parse(1).unwrap(),
            others: EpisodePatch::default(),
        }
    }

    fn stored_pilot() -> Episode {
        let mut ids = MockIdSource::new();
        ids.expect_next().return_const(uuid::Uuid::from_u128(1));
        let stamp = Stamp::of(&caller(Role::Editor), &ids, Timestamp::from_micros(0).unwrap());
        Episode::create(EpisodeId::new(uuid::Uuid::from_u128(2)), pilot(), &stamp).state().clone()
    }

    fn titled(title: &str) -> EpisodePatch {
        EpisodePatch { title: Some(Title::parse(title).unwrap()), ..EpisodePatch::default() }
    }

    #[test]
    fn creating_commits_the_record_with_its_event() {
        let mut ledger = MockLedger::new();
        ledger
            .expect_commit()
            .once()
            .withf(|set| {
                let names: Vec<_> = set.events().map(|event| event.kind.as_str()).collect();
                matches!(set.changes(), [RecordChange::Episode(change)] if change.expected().is_none())
                    && names == ["episode_created"]
            })
            .returning(|_| Ok(Committed));
        let episode = block_on(service(MockEpisodeStore::new(), ledger).create(&caller(Role::Editor), pilot()));
        assert_eq!(episode.unwrap().title.as_str(), "Pilot");
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let service = service(MockEpisodeStore::new(), MockLedger::new());
        let answer = block_on(service.create(&caller(Role::Viewer), pilot()));
        assert!(matches!(answer, Err(ServiceError::Forbidden { kind: ResourceKind::Episode })));
    }

    #[test]
    fn a_lost_race_is_run_again_on_the_newer_version() {
        let (mut episodes, mut ledger) = (MockEpisodeStore::new(), MockLedger::new());
        let mut loads = 0;
        episodes.expect_find_episode().times(2).returning(move |_| {
            let mut episode = stored_pilot();
            loads += 1;
            episode.version = Version::new(loads).unwrap();
            Ok(Some(episode))
        });
        let mut commits = 0;
        ledger.expect_commit().times(2).returning(move |_| {
            commits += 1;
            if commits == 1 { Err(CommitError::Stale) } else { Ok(Committed) }
        });
        let id = stored_pilot().id;
        let update = service(episodes, ledger);
        let episode =
            block_on(update.update(&caller(Role::Editor), id, &titled("Later"), &Precondition::None)).unwrap();
        assert_eq!(episode.version, Version::new(3).unwrap());
    }

    #[test]
    fn a_lost_race_with_a_named_version_is_the_callers_to_settle() {
        let (mut episodes, mut ledger) = (MockEpisodeStore::new(), MockLedger::new());
        let mut loads = 0;
        episodes.expect_find_episode().returning(move |_| {
            let mut episode = stored_pilot();
            loads += 1;
            episode.version = Version::new(loads).unwrap();
            Ok(Some(episode))
        });
        ledger.expect_commit().once().returning(|_| Err(CommitError::Stale));
        let id = stored_pilot().id;
        let seen = Precondition::OneOf(vec![Version::FIRST]);
        let answer = block_on(service(episodes, ledger).update(&caller(Role::Editor), id, &titled("Later"), &seen));
        assert!(matches!(answer, Err(ServiceError::VersionMismatch { current }) if current.get() == 2));
    }

    #[test]
    fn a_deleted_episode_is_absent_but_for_restoring() {
        let mut episodes = MockEpisodeStore::new();
        episodes.expect_find_episode().returning(|_| {
            let mut episode = stored_pilot();
            episode.deleted_at = Some(episode.updated_at);
            Ok(Some(episode))
        });
        let mut ledger = MockLedger::new();
        ledger.expect_commit().once().returning(|_| Ok(Committed));
        let service = service(episodes, ledger);
        let (editor, id) = (caller(Role::Editor), stored_pilot().id);
        assert!(matches!(block_on(service.get(&editor, id)), Err(ServiceError::NotFound { .. })));
        assert!(block_on(service.restore(&editor, id, &Precondition::None)).unwrap().deleted_at.is_none());
    }
}
