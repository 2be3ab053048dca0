//! The shelf keeps what the ports ask of every adapter.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]

use std::sync::Arc;

use futures_executor::block_on;
use showrunner_domain::episode::{
    Episode, EpisodeNumber, EpisodePatch, EpisodeQuery, EpisodeService, EpisodeSort, NewEpisode, Title,
};
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Actor, Caller, Role, ShowRoles, UserId};
use showrunner_domain::{Answered, Clock as _, IdSource as _, Limit, Precondition, ServiceError, Terms};
use showrunner_example::{Shelf, SystemClock, SystemIds};

fn service() -> (Arc<Shelf>, EpisodeService) {
    let shelf = Arc::new(Shelf::default());
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    (shelf.clone(), EpisodeService { episodes: shelf.clone(), ledger: shelf, clock, ids })
}

fn editor() -> Caller {
    let actor = Actor {
        id: UserId::new(SystemIds.next()),
        email: "editor@example.com".into(),
        name: "An editor".into(),
        role: Role::Editor,
        shows: ShowRoles::default(),
        granted: Role::Editor,
        session: None,
        expires_at: SystemClock.now().plus_seconds(60),
    };
    Caller { actor, origin: Origin::default() }
}

fn create(service: &EpisodeService, number: i64) -> Episode {
    let new = NewEpisode {
        title: Title::parse(format!("Part {number}")).unwrap(),
        episode_number: EpisodeNumber::parse(number).unwrap(),
        others: EpisodePatch::default(),
    };
    now(block_on(service.create(&editor(), new, &Terms::default())).unwrap())
}

fn now(answered: Answered<Episode>) -> Episode {
    match answered {
        Answered::Now(episode) => episode,
        Answered::Before(stored) => panic!("{stored:?}"),
    }
}

#[test]
fn a_list_is_cut_into_pages_that_miss_and_repeat_nothing() {
    let (_, service) = service();
    for number in [3, 1, 5, 2, 4] {
        create(&service, number);
    }
    let mut query = EpisodeQuery {
        sort: EpisodeSort::parse("-episode_number").unwrap(),
        limit: Limit::parse(2).unwrap(),
        ..EpisodeQuery::default()
    };
    let mut numbers = Vec::new();
    loop {
        let page = block_on(service.list(&editor(), query.clone())).unwrap();
        numbers.extend(page.items.iter().map(|episode| episode.episode_number.get()));
        match page.next {
            Some(after) => query.after = Some(after),
            None => break,
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
}

#[test]
fn a_change_of_a_version_that_is_gone_writes_neither_state_nor_event() {
    let (shelf, service) = service();
    let pilot = create(&service, 1);
    let seen = Terms::from(Precondition::OneOf(vec![pilot.version]));
    let renamed = EpisodePatch { title: Some(Title::parse("Renamed").unwrap()), ..EpisodePatch::default() };
    now(block_on(service.update(&editor(), pilot.id, &renamed, &seen)).unwrap());
    let late = block_on(service.delete(&editor(), pilot.id, &seen));
    assert!(matches!(late, Err(ServiceError::VersionMismatch { .. })));
    let told: Vec<_> = shelf.log().iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(told, ["episode_created", "episode_updated"]);
}
