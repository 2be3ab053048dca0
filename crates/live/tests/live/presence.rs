//! Presence of one node, whose store takes everything and has nothing to tell but its revision.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use showrunner_domain::episode::{Categories, Description, Episode, EpisodeId, EpisodeService, EpisodeStatus};
use showrunner_domain::mocks::{MockEpisodeStore, MockIdSource, MockLedger, MockPresenceStore};
use showrunner_domain::presence::{Changes, Flushed, NodeId, PresenceService, Revision};
use showrunner_domain::{Bounded, Line, Timestamp, Version};
use showrunner_live::Watchers;
use uuid::Uuid;

use crate::server::HandClock;

/// How many episodes there are: they have the numbers from 1 on.
pub(crate) const EPISODES: u128 = 40;

/// Starts to share presence every few milliseconds.
pub(crate) fn start() -> Arc<Watchers> {
    let clock = Arc::new(HandClock::default());
    let presence = Arc::new(PresenceService::new(NodeId::new(Uuid::from_u128(1)), Arc::new(store()), clock.clone()));
    let episodes = EpisodeService {
        episodes: Arc::new(episodes()),
        ledger: Arc::new(MockLedger::new()),
        clock,
        ids: Arc::new(MockIdSource::new()),
    };
    let watchers = Arc::new(Watchers::new(presence.clone(), Arc::new(episodes)));
    let told = watchers.clone();
    actix_web::rt::spawn(async move {
        loop {
            told.tell(&presence.exchange().await.unwrap());
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
    });
    watchers
}

fn store() -> MockPresenceStore {
    let revision = Arc::new(AtomicI64::new(0));
    let drawn = revision.clone();
    let mut store = MockPresenceStore::new();
    store.expect_flush().returning(move |_, _| {
        drawn.fetch_add(1, Ordering::Relaxed);
        Ok(Flushed { lease_is_new: false })
    });
    store.expect_changes().returning(move |after, _, _| {
        let head = Revision::new(revision.load(Ordering::Relaxed));
        Ok((head > after).then(|| Changes { head, ..Changes::default() }))
    });
    store
}

fn episodes() -> MockEpisodeStore {
    let mut episodes = MockEpisodeStore::new();
    episodes.expect_find_episode().returning(|id| {
        let exists = (1..=EPISODES).contains(&id.uuid().as_u128());
        Ok(exists.then(|| episode(id)))
    });
    episodes
}

fn episode(id: EpisodeId) -> Episode {
    let time = Timestamp::from_micros(0).unwrap();
    Episode {
        id,
        show_id: None,
        season_number: None,
        episode_number: Bounded::parse(1).unwrap(),
        title: Line::parse("Pilot").unwrap(),
        description: Description::default(),
        status: EpisodeStatus::Draft,
        air_date: None,
        categories: Categories::default(),
        director: None,
        writer: None,
        duration_minutes: None,
        rating: None,
        genre: None,
        thumbnail_url: None,
        created_at: time,
        updated_at: time,
        deleted_at: None,
        version: Version::FIRST,
    }
}
