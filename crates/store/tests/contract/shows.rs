//! Shows, and what binds episodes to them: also against what another node commits at the same moment.

use showrunner_domain::episode::{
    Episode, EpisodeFilter, EpisodePatch, EpisodeQuery, EpisodeSort, NewEpisode, SeasonNumber,
};
use showrunner_domain::show::{
    NewShow, Show, ShowDescription, ShowFilter, ShowId, ShowName, ShowPatch, ShowQuery, ShowSort, ShowStatus, Slug,
};
use showrunner_domain::{Limit, Line, Precondition, ServiceError, Terms};
use uuid::Uuid;

use super::on_both_stores;
use crate::world::{World, draft, editor, episodes_on, now, shows_on};

on_both_stores!(
    a_show_is_read_back_as_it_was_written,
    of_two_shows_with_one_slug_the_second_is_refused,
    what_was_folded_by_earlier_rules_is_folded_again,
    every_order_of_shows_reads_the_same_through_pages_as_at_once,
    an_episode_needs_a_show_that_exists,
    a_number_is_taken_once_in_a_season_of_a_show,
    of_many_nodes_that_take_one_number_one_wins,
    a_show_stays_for_live_episodes_and_for_deleted_ones,
    a_show_is_not_deleted_under_an_episode_that_another_node_creates,
    the_episodes_of_a_show_are_listed_in_every_order,
    events_remember_their_show,
);

fn new(name: &str) -> NewShow {
    NewShow { name: ShowName::parse(name).unwrap(), others: ShowPatch::default() }
}

async fn show(world: &World, name: &str) -> Show {
    now(world.shows().create(&editor(), new(name), &Terms::default()).await.unwrap())
}

fn of(show: ShowId, season: Option<i64>) -> EpisodePatch {
    let season_number = season.map(|season| SeasonNumber::parse(season).ok());
    EpisodePatch { show_id: Some(Some(show)), season_number, ..EpisodePatch::default() }
}

fn in_show(show: ShowId, season: Option<i64>, number: i64) -> NewEpisode {
    NewEpisode { others: of(show, season), ..draft(&format!("Episode {number}"), number) }
}

async fn create(world: &World, new: NewEpisode) -> Result<Episode, ServiceError> {
    world.episodes().create(&editor(), new, &Terms::default()).await.map(now)
}

fn names_a_show(answer: Result<Episode, ServiceError>) -> bool {
    matches!(answer, Err(ServiceError::Invalid(errors)) if errors.len() == 1 && errors[0].field == "show_id")
}

fn is_taken<T>(answer: &Result<T, ServiceError>) -> bool {
    matches!(answer, Err(ServiceError::AlreadyExists { what }) if what.starts_with("an episode"))
}

async fn a_show_is_read_back_as_it_was_written(world: World) {
    let others = ShowPatch {
        slug: Slug::parse("bb").ok(),
        description: ShowDescription::parse("Two\nlines, \u{1F3AC}").ok(),
        status: Some(ShowStatus::Archived),
        ..ShowPatch::default()
    };
    let new = NewShow { others, ..new("Brëaking \u{1F3AC}") };
    let written = now(world.shows().create(&editor(), new, &Terms::default()).await.unwrap());
    assert_eq!(world.ports.shows.find_show(written.id).await.unwrap(), Some(written.clone()));
    let patch = ShowPatch { status: Some(ShowStatus::Cancelled), ..ShowPatch::default() };
    let updated = now(world.shows().update(&editor(), written.id, &patch, &Terms::default()).await.unwrap());
    assert_eq!(world.ports.shows.find_show(written.id).await.unwrap(), Some(updated));
    let stale = Terms::from(Precondition::OneOf(vec![written.version]));
    let answer = world.shows().delete(&editor(), written.id, &stale).await;
    assert!(matches!(answer, Err(ServiceError::VersionMismatch { current }) if current.get() == 2));
    world.shows().delete(&editor(), written.id, &Terms::default()).await.unwrap();
    assert_eq!(world.ports.shows.find_show(written.id).await.unwrap(), None);
    let names: Vec<_> = world.log().await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["show_created", "show_updated", "show_deleted"]);
}

async fn of_two_shows_with_one_slug_the_second_is_refused(world: World) {
    show(&world, "Breaking Bad").await;
    let other = show(&world, "Better Call Saul").await;
    let taken = |answer| matches!(answer, Err(ServiceError::AlreadyExists { what }) if what == "a show with this slug");
    let again = world.shows().create(&editor(), new("BREAKING BAD"), &Terms::default()).await;
    assert!(taken(again.map(now)));
    for (name, slug) in [("Breaking, Bad", "breaking-bad-2"), ("Breaking: Bad", "breaking-bad-3")] {
        assert_eq!(show(&world, name).await.slug.as_str(), slug, "{name}");
    }
    let patch = ShowPatch { slug: Slug::parse("breaking-bad").ok(), ..ShowPatch::default() };
    assert!(taken(world.shows().update(&editor(), other.id, &patch, &Terms::default()).await.map(now)));
    assert_eq!(world.log().await.len(), 4);
}

async fn what_was_folded_by_earlier_rules_is_folded_again(world: World) {
    for (name, folded) in [("Straße", "straße"), ("E\u{301}lan", "e\u{301}lan")] {
        show(&world, name).await;
        world.sql(&format!("update shows set name_folded = '{folded}' where name = '{name}'"));
    }
    let found = async |name| {
        let filter = ShowFilter { q: Line::parse(name).ok(), ..ShowFilter::default() };
        world.shows().list(&editor(), ShowQuery { filter, ..ShowQuery::default() }).await.unwrap().items.len()
    };
    assert_eq!((found("STRASSE").await, found("Élan").await), (0, 0));
    showrunner_store::migrations::up(&world.location).unwrap();
    assert_eq!(found("STRASSE").await, 0, "a store of these rules is left alone");
    world.sql("update text_folding set rules = 0");
    showrunner_store::migrations::up(&world.location).unwrap();
    assert_eq!((found("STRASSE").await, found("Élan").await), (1, 1));
}

async fn every_order_of_shows_reads_the_same_through_pages_as_at_once(world: World) {
    for (n, name) in ["b", "A", "Ä", "a b", "É", "z", "100%", "日本", "é"].into_iter().enumerate() {
        let status = Some(ShowStatus::ALL[n % 4]);
        let others = ShowPatch { slug: Slug::parse(format!("slug-{n}")).ok(), status, ..ShowPatch::default() };
        world.shows().create(&editor(), NewShow { others, ..new(name) }, &Terms::default()).await.unwrap();
    }
    let list = async |query| world.shows().list(&editor(), query).await.unwrap();
    for order in ["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] {
        let sort = ShowSort::parse(order).unwrap();
        let whole = list(ShowQuery { sort, ..ShowQuery::default() }).await.items;
        assert_eq!(whole.len(), 9);
        for limit in [1, 2, 8] {
            let limit = Limit::parse(limit).unwrap();
            let mut query = ShowQuery { sort, limit, total: true, ..ShowQuery::default() };
            let mut paged = Vec::new();
            loop {
                let page = list(query.clone()).await;
                assert_eq!(page.total, Some(9));
                paged.extend(page.items);
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(paged, whole, "{order}");
        }
    }
    let sorted = list(ShowQuery { sort: ShowSort::parse("name").unwrap(), ..ShowQuery::default() }).await.items;
    let found: Vec<String> = sorted.iter().map(|show| showrunner_domain::fold(show.name.as_str())).collect();
    assert!(found.is_sorted(), "{found:?}");
    let filtered = async |filter| list(ShowQuery { filter, ..ShowQuery::default() }).await.items.len();
    assert_eq!(filtered(ShowFilter { status: Some(ShowStatus::InDevelopment), ..ShowFilter::default() }).await, 3);
    assert_eq!(filtered(ShowFilter { q: Line::parse("É").ok(), ..ShowFilter::default() }).await, 2);
    assert_eq!(filtered(ShowFilter { q: Line::parse("%").ok(), ..ShowFilter::default() }).await, 1);
}

async fn an_episode_needs_a_show_that_exists(world: World) {
    let nowhere = ShowId::new(Uuid::from_u128(404));
    assert!(names_a_show(create(&world, in_show(nowhere, None, 1)).await));
    let pilot = world.create("Pilot").await;
    let moved = world.episodes().update(&editor(), pilot.id, &of(nowhere, None), &Terms::default()).await;
    assert!(names_a_show(moved.map(now)));
    assert_eq!(world.log().await.len(), 1);
    let there = show(&world, "Breaking Bad").await;
    let moved = world.episodes().update(&editor(), pilot.id, &of(there.id, None), &Terms::default()).await;
    assert_eq!(world.ports.episodes.find_episode(pilot.id).await.unwrap(), Some(now(moved.unwrap())));
}

async fn a_number_is_taken_once_in_a_season_of_a_show(world: World) {
    let (one, other) = (show(&world, "One").await.id, show(&world, "Other").await.id);
    let first = create(&world, in_show(one, Some(1), 1)).await.unwrap();
    assert!(is_taken(&create(&world, in_show(one, Some(1), 1)).await));
    create(&world, in_show(one, None, 1)).await.unwrap();
    assert!(is_taken(&create(&world, in_show(one, None, 1)).await), "no season is a season too");
    create(&world, in_show(one, Some(0), 1)).await.unwrap();
    create(&world, in_show(one, Some(1), 2)).await.unwrap();
    let elsewhere = create(&world, in_show(other, Some(1), 1)).await.unwrap();
    world.create("Free").await;
    world.create("Free as well").await;

    let episodes = world.episodes();
    let moved = episodes.update(&editor(), elsewhere.id, &of(one, None), &Terms::default()).await;
    assert!(is_taken(&moved));
    episodes.delete(&editor(), first.id, &Terms::default()).await.unwrap();
    let successor = create(&world, in_show(one, Some(1), 1)).await.unwrap();
    assert!(is_taken(&episodes.restore(&editor(), first.id, &Terms::default()).await));
    episodes.delete(&editor(), successor.id, &Terms::default()).await.unwrap();
    let restored = now(episodes.restore(&editor(), first.id, &Terms::default()).await.unwrap());
    assert_eq!(restored.show_id, Some(one));
}

async fn of_many_nodes_that_take_one_number_one_wins(world: World) {
    let show = show(&world, "One").await.id;
    let (ports, clock) = world.second_node();
    let mut races = Vec::new();
    for n in 0..30 {
        let episodes = if n % 2 == 0 { world.episodes() } else { episodes_on(&ports, &clock) };
        races.push(tokio::spawn(async move {
            episodes.create(&editor(), in_show(show, Some(1), 1), &Terms::default()).await
        }));
    }
    let mut won = 0;
    for race in races {
        match race.await.unwrap() {
            Ok(_) => won += 1,
            answer => assert!(is_taken(&answer), "{answer:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.log().await.len(), 2);
}

async fn a_show_stays_for_live_episodes_and_for_deleted_ones(world: World) {
    let show = show(&world, "One").await;
    let episode = create(&world, in_show(show.id, None, 1)).await.unwrap();
    let refused = world.shows().delete(&editor(), show.id, &Terms::default()).await;
    assert!(matches!(refused, Err(ServiceError::InUse { reason, .. }) if reason.contains("episodes belong")));
    world.episodes().delete(&editor(), episode.id, &Terms::default()).await.unwrap();
    let refused = world.shows().delete(&editor(), show.id, &Terms::default()).await;
    assert!(matches!(refused, Err(ServiceError::InUse { .. })), "{refused:?}");
    let restored = now(world.episodes().restore(&editor(), episode.id, &Terms::default()).await.unwrap());
    assert_eq!(restored.show_id, Some(show.id));
    world.episodes().erase(&editor(), episode.id, &Terms::default()).await.unwrap();
    world.shows().delete(&editor(), show.id, &Terms::default()).await.unwrap();
}

async fn a_show_is_not_deleted_under_an_episode_that_another_node_creates(world: World) {
    let (ports, clock) = world.second_node();
    for round in 0..20 {
        let show = now(shows_on(&ports, &clock)
            .create(&editor(), new(&format!("Show {round}")), &Terms::default())
            .await
            .unwrap());
        let (shows, episodes) = (world.shows(), episodes_on(&ports, &clock));
        let deleted = tokio::spawn(async move { shows.delete(&editor(), show.id, &Terms::default()).await });
        let created = tokio::spawn(async move {
            episodes.create(&editor(), in_show(show.id, None, 1), &Terms::default()).await.map(now)
        });
        let (deleted, created) = (deleted.await.unwrap(), created.await.unwrap());
        let left = world.ports.shows.find_show(show.id).await.unwrap();
        match (deleted, created) {
            (Ok(_), created) => assert!(names_a_show(created) && left.is_none()),
            (Err(ServiceError::InUse { .. }), Ok(episode)) => {
                assert_eq!((episode.show_id, left.map(|show| show.id)), (Some(show.id), Some(show.id)));
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn the_episodes_of_a_show_are_listed_in_every_order(world: World) {
    let (one, other) = (show(&world, "One").await.id, show(&world, "Other").await.id);
    for n in 0..7 {
        let mut new = in_show(if n == 5 { other } else { one }, Some(n % 2), n);
        new.others.air_date = Some((n % 3 != 0).then(|| "2008-01-20".parse().unwrap()));
        let episode = create(&world, new).await.unwrap();
        if n == 6 {
            world.episodes().delete(&editor(), episode.id, &Terms::default()).await.unwrap();
        }
    }
    world.create("Free").await;
    for key in ["title", "episode_number", "air_date", "created_at", "updated_at", "status"] {
        for direction in ["", "-"] {
            let sort = EpisodeSort::parse(&format!("{direction}{key}")).unwrap();
            let filter = EpisodeFilter { show_id: Some(one), ..EpisodeFilter::default() };
            let mut query = EpisodeQuery { filter, sort, limit: Limit::parse(2).unwrap(), ..EpisodeQuery::default() };
            let mut found = Vec::new();
            loop {
                let page = world.episodes().list(&editor(), query.clone()).await.unwrap();
                found.extend(page.items.iter().map(|episode| episode.episode_number.get()));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            found.sort_unstable();
            assert_eq!(found, [0, 1, 2, 3, 4], "{direction}{key}");
        }
    }
}

async fn events_remember_their_show(world: World) {
    let show = show(&world, "One").await;
    let episode = create(&world, in_show(show.id, None, 1)).await.unwrap();
    world.create("Free").await;
    let leaves = EpisodePatch { show_id: Some(None), ..EpisodePatch::default() };
    world.episodes().update(&editor(), episode.id, &leaves, &Terms::default()).await.unwrap();
    let shows: Vec<_> = world.log().await.into_iter().map(|event| event.show).collect();
    assert_eq!(shows, [Some(show.id), Some(show.id), None, Some(show.id)]);
}
