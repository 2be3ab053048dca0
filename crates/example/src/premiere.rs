//! The use case: what is approved and due goes on air.

use std::sync::Arc;

use chrono::NaiveDate;
use showrunner_domain::episode::{
    Episode, EpisodeFilter, EpisodePatch, EpisodeQuery, EpisodeService, EpisodeSort, EpisodeStatus,
};
use showrunner_domain::identity::Caller;
use showrunner_domain::{Answered, Precondition, ServiceError, Terms};

/// Puts episodes on air.
pub struct PremiereDesk {
    /// Reads and writes episodes by the domain's rules.
    pub episodes: Arc<EpisodeService>,
}

impl PremiereDesk {
    /// Publishes every approved episode that is due on `today` or before, and answers those, earliest first.
    ///
    /// An episode that somebody edits meanwhile is left for the next round: it may not be approved any more.
    ///
    /// # Errors
    /// As [`EpisodeService`] has them; what was published before stays so.
    pub async fn open(&self, caller: &Caller, today: NaiveDate) -> Result<Vec<Episode>, ServiceError> {
        let mut opened = Vec::new();
        let mut query = due(today);
        loop {
            let page = self.episodes.list(caller, query.clone()).await?;
            for episode in page.items {
                opened.extend(self.publish(caller, &episode).await?);
            }
            match page.next {
                Some(after) => query.after = Some(after),
                None => return Ok(opened),
            }
        }
    }

    /// The published episode; `None` where it is not in the version that was read.
    async fn publish(&self, caller: &Caller, episode: &Episode) -> Result<Option<Episode>, ServiceError> {
        let patch = EpisodePatch { status: Some(EpisodeStatus::Published), ..EpisodePatch::default() };
        let terms = Terms::from(Precondition::OneOf(vec![episode.version]));
        match self.episodes.update(caller, episode.id, &patch, &terms).await {
            Ok(Answered::Now(published)) => Ok(Some(published)),
            Ok(Answered::Before(_)) | Err(ServiceError::VersionMismatch { .. } | ServiceError::NotFound { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn due(today: NaiveDate) -> EpisodeQuery {
    let filter =
        EpisodeFilter { status: Some(EpisodeStatus::Approved), air_to: Some(today), ..EpisodeFilter::default() };
    EpisodeQuery { filter, sort: EpisodeSort::parse("air_date").unwrap_or_default(), ..EpisodeQuery::default() }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use showrunner_domain::episode::{EpisodeNumber, NewEpisode, Title};
    use showrunner_domain::event::Origin;
    use showrunner_domain::identity::{Actor, Role, ShowRoles, UserId};
    use showrunner_domain::mocks::{MockClock, MockEpisodeStore, MockIdSource, MockLedger};
    use showrunner_domain::{Committed, Page, RecordChange, Timestamp, Version};
    use uuid::Uuid;

    use super::*;

    fn second(number: i64) -> Timestamp {
        Timestamp::from_micros(number * 1_000_000).unwrap()
    }

    fn desk(episodes: MockEpisodeStore, ledger: MockLedger) -> PremiereDesk {
        let (mut clock, mut ids) = (MockClock::new(), MockIdSource::new());
        clock.expect_now().returning(|| second(100));
        ids.expect_next().returning(|| Uuid::from_u128(9));
        let (episodes, ledger, clock, ids) = (Arc::new(episodes), Arc::new(ledger), Arc::new(clock), Arc::new(ids));
        PremiereDesk { episodes: Arc::new(EpisodeService { episodes, ledger, clock, ids }) }
    }

    fn scheduler() -> Caller {
        let id = UserId::new(Uuid::from_u128(5));
        let (email, name) = ("scheduler@example.com".to_owned(), "A scheduler".to_owned());
        let role = Role::Editor;
        Caller {
            actor: Actor {
                id,
                email,
                name,
                role,
                shows: ShowRoles::default(),
                granted: role,
                session: None,
                expires_at: second(9_999),
            },
            origin: Origin::default(),
        }
    }

    fn committing() -> MockLedger {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().returning(|_| Ok(Committed));
        ledger
    }

    /// An approved episode that is due. The domain makes it, so it is one that could exist.
    fn approved() -> Episode {
        let day = NaiveDate::from_ymd_opt(2008, 1, 20).unwrap();
        let new = NewEpisode {
            title: Title::parse("Pilot").unwrap(),
            episode_number: EpisodeNumber::parse(1).unwrap(),
            others: EpisodePatch {
                status: Some(EpisodeStatus::Approved),
                air_date: Some(Some(day)),
                ..EpisodePatch::default()
            },
        };
        let episodes = desk(MockEpisodeStore::new(), committing()).episodes;
        match block_on(episodes.create(&scheduler(), new, &Terms::default())).unwrap() {
            Answered::Now(episode) => episode,
            Answered::Before(_) => unreachable!("there was no receipt"),
        }
    }

    fn holding(listed: Episode, stored: Episode) -> MockEpisodeStore {
        let mut episodes = MockEpisodeStore::new();
        episodes
            .expect_list_episodes()
            .withf(|query| query.filter.status == Some(EpisodeStatus::Approved))
            .returning(move |_| Ok(Page { items: vec![listed.clone()], next: None, total: None }));
        episodes.expect_find_episode().returning(move |_| Ok(Some(stored.clone())));
        episodes
    }

    #[test]
    fn what_is_due_is_published_and_its_event_is_committed_with_it() {
        let mut ledger = MockLedger::new();
        ledger
            .expect_commit()
            .once()
            .withf(|set| {
                let [RecordChange::Episode(change)] = set.changes() else { return false };
                let [event] = change.events() else { return false };
                change.state().status == EpisodeStatus::Published
                    && event.data.contains(r#""changes":{"status":["approved","published"]}"#)
            })
            .returning(|_| Ok(Committed));
        let opened =
            block_on(desk(holding(approved(), approved()), ledger).open(&scheduler(), NaiveDate::MAX)).unwrap();
        assert_eq!(opened.len(), 1);
        assert_eq!(opened[0].status, EpisodeStatus::Published);
    }

    #[test]
    fn an_episode_that_somebody_edited_meanwhile_waits_for_the_next_round() {
        let edited = Episode { version: Version::new(2).unwrap(), ..approved() };
        let nothing_is_committed = MockLedger::new();
        let desk = desk(holding(approved(), edited), nothing_is_committed);
        assert_eq!(block_on(desk.open(&scheduler(), NaiveDate::MAX)).unwrap(), []);
    }

    #[test]
    fn a_viewer_puts_nothing_on_air() {
        let mut viewer = scheduler();
        viewer.actor.role = Role::Viewer;
        let desk = desk(holding(approved(), approved()), MockLedger::new());
        let answer = block_on(desk.open(&viewer, NaiveDate::MAX));
        assert!(matches!(answer, Err(ServiceError::Forbidden { .. })));
    }
}
