//! What the tests of compositions share: an editor, a composition, and services over mocks.

mod render;
mod review;
mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::episode::{Episode, EpisodeId, EpisodeNumber, EpisodePatch, NewEpisode, Title};
use crate::event::{Origin, Stamp};
use crate::file::{Blob, BlobKey, ContentType, File, FileId, FileName, NewFile, Sha256};
use crate::identity::{Actor, Caller, Role, ShowRoles, UserId};
use crate::mocks::{
    MockClock, MockCompositionStore, MockEpisodeStore, MockFileStore, MockIdSource, MockJobStore, MockLedger,
    MockTemplateStore,
};
use crate::{Line, Timestamp};

/// The ports behind the service.
#[derive(Default)]
struct World {
    compositions: MockCompositionStore,
    templates: MockTemplateStore,
    episodes: MockEpisodeStore,
    files: MockFileStore,
    jobs: MockJobStore,
    ledger: MockLedger,
}

impl World {
    /// A store that holds [`composition`], changed by `change`.
    fn holding(change: impl Fn(&mut Composition)) -> Self {
        let mut world = Self::default();
        let mut stored = composition();
        change(&mut stored);
        world.compositions.expect_find_composition().returning(move |_| Ok(Some(stored.clone())));
        world.episodes.expect_find_episode().returning(|_| Ok(Some(episode())));
        world
    }

    fn service(self) -> CompositionService {
        CompositionService {
            compositions: Arc::new(self.compositions),
            templates: Arc::new(self.templates),
            episodes: Arc::new(self.episodes),
            files: Arc::new(self.files),
            jobs: Arc::new(self.jobs),
            ledger: Arc::new(self.ledger),
            clock: Arc::new(clock()),
            ids: Arc::new(ids()),
        }
    }
}

fn clock() -> MockClock {
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| Timestamp::parse("2026-11-26T12:00:00Z").unwrap());
    clock
}

fn ids() -> MockIdSource {
    let (mut ids, last) = (MockIdSource::new(), AtomicU64::new(1_000));
    ids.expect_next().returning(move || Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
    ids
}

fn caller(role: Role) -> Caller {
    let expires_at = Timestamp::from_micros(i64::MAX / 4).unwrap();
    let (email, name) = ("editor@example.com".into(), "An editor".into());
    let id = UserId::new(Uuid::from_u128(5));
    let actor = Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
    Caller { actor, origin: Origin::default() }
}

fn stamp() -> Stamp {
    Stamp::of(&caller(Role::Editor), &ids(), Timestamp::parse("2026-11-26T11:00:00Z").unwrap())
}

fn episode() -> Episode {
    let others = EpisodePatch::default();
    let new =
        NewEpisode { title: Title::parse("Pilot").unwrap(), episode_number: EpisodeNumber::parse(1).unwrap(), others };
    Episode::create(EpisodeId::new(Uuid::from_u128(2)), new, &stamp()).state().clone()
}

/// A picture with these bytes.
fn file(id: u128, digest: char) -> File {
    let new = NewFile { name: FileName::parse("host.png").unwrap(), episode_id: None };
    let sha256 = Sha256::parse(digest.to_string().repeat(64)).unwrap();
    let blob = Blob { key: BlobKey::new(Uuid::from_u128(id)), sha256, size: 3 };
    let png = ContentType::parse("image/png").unwrap();
    File::create(FileId::new(Uuid::from_u128(id)), new, png, blob, None, &stamp()).state().clone()
}

fn layers(value: Value) -> Layers {
    LayerDrafts::read("layers", value).unwrap().complete(&Layers::default()).unwrap()
}

/// Composition 8, for episode 2, in two formats, with a shape and the title.
fn composition() -> Composition {
    let design = Design {
        name: Line::fixed("Pilot"),
        episode_id: Some(episode().id),
        template_id: DEFAULT_TEMPLATE,
        formats: Formats::parse(vec![Format::Youtube, Format::InstagramFeed]).unwrap(),
        layers: layers(json!([
            { "role": "shade", "kind": "shape" },
            { "role": "title", "kind": "text", "source": { "text": "{title}" } },
        ])),
    };
    Composition::create(CompositionId::new(Uuid::from_u128(8)), design, None, &stamp()).state().clone()
}
