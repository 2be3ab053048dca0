//! The use cases of episodes: load, transition, commit.

use std::sync::Arc;

use super::{Episode, EpisodeAfter, EpisodeId, EpisodePatch, EpisodeQuery, EpisodeStore, NewEpisode};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit, permit_somewhere, permit_within};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms};

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
        self.load(caller, Action::Read, id, Hidden::AreAbsent).await
    }

    /// A page of episodes.
    pub async fn list(
        &self,
        caller: &Caller,
        query: EpisodeQuery,
    ) -> Result<Page<Episode, EpisodeAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Episode)?;
        let query = EpisodeQuery { asker: Some(caller.actor.id), ..query };
        Ok(self.episodes.list_episodes(query).await?)
    }

    /// Creates an episode, once for each receipt.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewEpisode,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        permit_within(&caller.actor, Action::Write, ResourceKind::Episode, new.others.show_id.flatten())?;
        let id = EpisodeId::new(self.ids.next());
        self.writing(terms).create(|| Episode::create(id, new, &self.stamp(caller))).await
    }

    /// Merges `patch` into an episode, once for each receipt. Where nothing differs nothing is written. Who moves it to
    /// another show must be allowed to write there too.
    pub async fn update(
        &self,
        caller: &Caller,
        id: EpisodeId,
        patch: &EpisodePatch,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Episode)?;
        if let Some(show) = patch.show_id {
            permit_within(&caller.actor, Action::Write, ResourceKind::Episode, show)?;
        }
        let decide = |episode: Episode| {
            let unchanged = episode.clone();
            let change = episode.update(patch.clone(), &self.stamp(caller))?;
            Ok(change.map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(caller, Action::Write, id, Hidden::AreAbsent), decide).await
    }

    /// Deletes an episode, so that it can be restored, and answers its last state.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: EpisodeId,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        let decide = |episode: Episode| Ok(Decision::Write(episode.delete(&self.stamp(caller))));
        self.writing(terms).change(|| self.load(caller, Action::Write, id, Hidden::AreAbsent), decide).await
    }

    /// Deletes an episode for good, also one that was deleted before, and answers its last state.
    pub async fn erase(
        &self,
        caller: &Caller,
        id: EpisodeId,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        let decide = |episode: Episode| Ok(Decision::Write(episode.erase(&self.stamp(caller))));
        self.writing(terms).change(|| self.load(caller, Action::Erase, id, Hidden::ArePresent), decide).await
    }

    /// Brings a deleted episode back, once for each receipt. One whose show was deleted meanwhile comes back without one.
    pub async fn restore(
        &self,
        caller: &Caller,
        id: EpisodeId,
        terms: &Terms,
    ) -> Result<Answered<Episode>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Episode)?;
        let load = || self.load(caller, Action::Write, id, Hidden::ArePresent);
        let decide = |episode: Episode| episode.restore(&self.stamp(caller)).map(Decision::Write);
        match self.writing(terms).change(load, decide).await {
            // Nothing was given that could be refused but the show that the episode had.
            Err(ServiceError::Invalid(_)) => {
                let alone = |episode: Episode| decide(episode.without_show());
                self.writing(terms).change(load, alone).await
            }
            answered => answered,
        }
    }

    /// The episode, if the caller may do `action` to it. Which show it belongs to must be known to say so.
    async fn load(
        &self,
        caller: &Caller,
        action: Action,
        id: EpisodeId,
        hidden: Hidden,
    ) -> Result<Episode, ServiceError> {
        permit_somewhere(&caller.actor, action, ResourceKind::Episode)?;
        let episode = self
            .episodes
            .find_episode(id)
            .await?
            .filter(|episode| episode.deleted_at.is_none() || hidden == Hidden::ArePresent)
            .ok_or(ServiceError::NotFound { kind: ResourceKind::Episode })?;
        permit_within(&caller.actor, action, ResourceKind::Episode, episode.show_id)?;
        Ok(episode)
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
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
    use crate::identity::{Actor, Role, ShowRoles, UserId};
    use crate::mocks::{MockClock, MockEpisodeStore, MockIdSource, MockLedger};
    use crate::show::ShowId;
    use crate::{CommitError, Committed, Precondition, Receipt, RecordChange, StoredReceipt, Timestamp, Version};

    fn caller(role: Role) -> Caller {
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let id = UserId::new(uuid::Uuid::from_u128(5));
        let (email, name) = ("editor@example.com".into(), "An editor".into());
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
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

    fn now(answered: Answered<Episode>) -> Episode {
        match answered {
            Answered::Now(episode) => episode,
            Answered::Before(stored) => panic!("{stored:?}"),
        }
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
        let episode = block_on(service(MockEpisodeStore::new(), ledger).create(
            &caller(Role::Editor),
            pilot(),
            &Terms::default(),
        ));
        assert_eq!(now(episode.unwrap()).title.as_str(), "Pilot");
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let service = service(MockEpisodeStore::new(), MockLedger::new());
        let answer = block_on(service.create(&caller(Role::Viewer), pilot(), &Terms::default()));
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
            now(block_on(update.update(&caller(Role::Editor), id, &titled("Later"), &Terms::default())).unwrap());
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
        let seen = Terms::from(Precondition::OneOf(vec![Version::FIRST]));
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
        let restored = now(block_on(service.restore(&editor, id, &Terms::default())).unwrap());
        assert!(restored.deleted_at.is_none());
    }

    #[test]
    fn an_episode_whose_show_is_gone_comes_back_without_one() {
        let mut episodes = MockEpisodeStore::new();
        episodes.expect_find_episode().returning(|_| {
            let mut episode = stored_pilot();
            episode.show_id = Some(ShowId::new(uuid::Uuid::from_u128(7)));
            episode.deleted_at = Some(episode.updated_at);
            Ok(Some(episode))
        });
        let mut ledger = MockLedger::new();
        ledger.expect_commit().times(2).returning(|set| match set.changes() {
            [RecordChange::Episode(change)] if change.state().show_id.is_none() => Ok(Committed),
            _ => Err(CommitError::Dangling { field: "show_id" }),
        });
        let restoring = service(episodes, ledger);
        let restored = block_on(restoring.restore(&caller(Role::Editor), stored_pilot().id, &Terms::default()));
        assert_eq!(now(restored.unwrap()).show_id, None);
    }

    #[test]
    fn an_episode_of_a_show_that_does_not_exist_is_refused_by_its_field() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().returning(|_| Err(CommitError::Dangling { field: "show_id" }));
        let creating = service(MockEpisodeStore::new(), ledger);
        match block_on(creating.create(&caller(Role::Editor), pilot(), &Terms::default())) {
            Err(ServiceError::Invalid(errors)) => assert_eq!(errors[0].field, "show_id"),
            other => panic!("{other:?}"),
        }
    }

    fn terms_with_receipt(fingerprint: &str) -> Terms {
        let asked_at = Timestamp::from_micros(0).unwrap();
        let receipt = Receipt { scope: "editor POST /episodes 1".into(), fingerprint: fingerprint.into(), asked_at };
        Terms { receipt: Some(receipt), ..Terms::default() }
    }

    fn stored() -> StoredReceipt {
        StoredReceipt { fingerprint: "a".into(), created: true, record: "{}".into() }
    }

    #[test]
    fn a_repeated_request_is_answered_as_before_and_writes_nothing() {
        let mut ledger = MockLedger::new();
        ledger.expect_find_receipt().returning(|_| Ok(Some(stored())));
        let service = service(MockEpisodeStore::new(), ledger);
        let create =
            |fingerprint| block_on(service.create(&caller(Role::Editor), pilot(), &terms_with_receipt(fingerprint)));
        assert_eq!(create("a").unwrap(), Answered::Before(stored()));
        assert!(matches!(create("b"), Err(ServiceError::KeyReused)));
    }

    #[test]
    fn a_request_that_another_node_carries_out_meanwhile_is_answered_as_there() {
        let mut ledger = MockLedger::new();
        ledger.expect_find_receipt().returning(|_| Ok(None));
        ledger.expect_commit().withf(|set| set.receipt().is_some()).returning(|_| Err(CommitError::Received(stored())));
        let service = service(MockEpisodeStore::new(), ledger);
        let answer = block_on(service.create(&caller(Role::Editor), pilot(), &terms_with_receipt("a")));
        assert_eq!(answer.unwrap(), Answered::Before(stored()));
    }
}
