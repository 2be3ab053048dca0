//! Lists: the same order and the same pages on both stores.

use chrono::NaiveDate;
use showrunner_domain::episode::{
    Categories, Category, Episode, EpisodeAfter, EpisodeFilter, EpisodePatch, EpisodeQuery, EpisodeSort, EpisodeStatus,
    NewEpisode, SeasonNumber,
};
use showrunner_domain::show::ShowId;
use showrunner_domain::{Limit, Line, Terms};

use super::on_both_stores;
use crate::world::{World, draft, editor, next_id, now, titled};

on_both_stores!(
    every_order_reads_the_same_through_pages_as_at_once,
    titles_sort_by_their_folded_bytes,
    empty_air_dates_come_last_in_both_directions,
    filters_find_exactly_what_they_say,
    every_filter_in_every_order_is_as_the_domain_says_in_plain_code,
    a_deleted_episode_is_in_no_list,
    an_episode_is_found_by_any_part_of_its_title_through_every_change,
);

const KEYS: [&str; 6] = ["title", "episode_number", "air_date", "created_at", "updated_at", "status"];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn episode(title: &str, number: i64, others: EpisodePatch) -> NewEpisode {
    NewEpisode { others, ..draft(title, number) }
}

async fn fill(world: &World) {
    let titles = ["b", "A", "Ä", "a", "É", "z", "_", "100%", "B", "ß", "日本", "a b", "é", "C", "a-b"];
    for (n, title) in (0_i64..).zip(titles) {
        let air_date = (n % 3 != 0).then(|| day("2008-01-20") + chrono::Days::new(n.unsigned_abs() % 5));
        let status = EpisodeStatus::ALL[usize::try_from(n).unwrap() % EpisodeStatus::ALL.len()];
        let category = Category::parse(if n % 2 == 0 { "drama" } else { "comedy" }).unwrap();
        let others = EpisodePatch {
            air_date: Some(air_date),
            status: Some(status),
            season_number: Some(SeasonNumber::parse(n % 2).ok()),
            categories: Some(Categories::parse(vec![category]).unwrap()),
            ..EpisodePatch::default()
        };
        world.episodes().create(&editor(), episode(title, n % 4, others), &Terms::default()).await.unwrap();
    }
}

fn sort(text: &str) -> EpisodeSort {
    EpisodeSort::parse(text).unwrap()
}

async fn all(world: &World, query: EpisodeQuery) -> Vec<Episode> {
    let query = EpisodeQuery { limit: Limit::parse(100).unwrap(), ..query };
    world.episodes().list(&editor(), query).await.unwrap().items
}

fn titles(episodes: &[Episode]) -> Vec<&str> {
    episodes.iter().map(|episode| episode.title.as_str()).collect()
}

async fn every_order_reads_the_same_through_pages_as_at_once(world: World) {
    fill(&world).await;
    for key in KEYS {
        for direction in ["", "-"] {
            let order = sort(&format!("{direction}{key}"));
            let whole = all(&world, EpisodeQuery { sort: order, ..EpisodeQuery::default() }).await;
            assert_eq!(whole.len(), 15);
            for limit in [1, 2, 4, 15] {
                let mut query = EpisodeQuery {
                    sort: order,
                    limit: Limit::parse(limit).unwrap(),
                    total: true,
                    ..Default::default()
                };
                let mut paged = Vec::new();
                loop {
                    let page = world.episodes().list(&editor(), query.clone()).await.unwrap();
                    assert_eq!(page.total, Some(15));
                    paged.extend(page.items);
                    match page.next {
                        Some(next) => query.after = Some(next),
                        None => break,
                    }
                }
                assert_eq!(titles(&paged), titles(&whole), "{direction}{key} by {limit}");
            }
        }
    }
}

async fn titles_sort_by_their_folded_bytes(world: World) {
    fill(&world).await;
    let sorted = all(&world, EpisodeQuery { sort: sort("title"), ..EpisodeQuery::default() }).await;
    let mut expected: Vec<String> =
        sorted.iter().map(|episode| showrunner_domain::fold(episode.title.as_str())).collect();
    expected.sort();
    let found: Vec<String> = sorted.iter().map(|episode| showrunner_domain::fold(episode.title.as_str())).collect();
    assert_eq!(found, expected);
    assert_eq!(found[0], "100%");
}

async fn empty_air_dates_come_last_in_both_directions(world: World) {
    fill(&world).await;
    for order in ["air_date", "-air_date"] {
        let found: Vec<_> = all(&world, EpisodeQuery { sort: sort(order), ..EpisodeQuery::default() })
            .await
            .into_iter()
            .map(|episode| episode.air_date)
            .collect();
        let (dated, undated) = found.split_at(10);
        assert!(dated.iter().all(Option::is_some) && undated.iter().all(Option::is_none), "{order}: {found:?}");
        let rising = order == "air_date";
        assert!(dated.windows(2).all(|pair| if rising { pair[0] <= pair[1] } else { pair[0] >= pair[1] }));
    }
}

async fn filters_find_exactly_what_they_say(world: World) {
    fill(&world).await;
    let filter = |filter| EpisodeQuery { filter, ..EpisodeQuery::default() };
    let count = async |filter_by: EpisodeFilter| all(&world, filter(filter_by)).await.len();
    let none = EpisodeFilter::default;
    assert_eq!(count(EpisodeFilter { status: Some(EpisodeStatus::Draft), ..none() }).await, 3);
    assert_eq!(count(EpisodeFilter { season_number: SeasonNumber::parse(1).ok(), ..none() }).await, 7);
    assert_eq!(count(EpisodeFilter { category: Category::parse("drama").ok(), ..none() }).await, 8);
    assert_eq!(count(EpisodeFilter { category: Category::parse("dram").ok(), ..none() }).await, 0);
    assert_eq!(count(EpisodeFilter { air_from: Some(day("2008-01-24")), ..none() }).await, 2);
    assert_eq!(count(EpisodeFilter { air_to: Some(day("2008-01-20")), ..none() }).await, 2);
    let titled = async |text: &str| {
        let found = all(&world, filter(EpisodeFilter { q: Line::parse(text).ok(), ..none() })).await;
        let mut titles: Vec<_> = found.iter().map(|episode| episode.title.to_string()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titled("É").await, ["É", "é"]);
    assert_eq!(titled("%").await, ["100%"]);
    assert_eq!(titled("_").await, ["_"]);
    assert_eq!(titled("A B").await, ["a b"]);
    assert_eq!(titled("' or 1=1 --").await, [""; 0]);
}

async fn every_filter_in_every_order_is_as_the_domain_says_in_plain_code(world: World) {
    fill(&world).await;
    let stored = all(&world, EpisodeQuery::default()).await;
    let none = EpisodeFilter::default;
    let filters = [
        none(),
        EpisodeFilter { status: Some(EpisodeStatus::Draft), ..none() },
        EpisodeFilter { season_number: SeasonNumber::parse(0).ok(), ..none() },
        EpisodeFilter { category: Category::parse("comedy").ok(), q: Line::parse("a").ok(), ..none() },
        EpisodeFilter { air_from: Some(day("2008-01-21")), air_to: Some(day("2008-01-23")), ..none() },
    ];
    for (filter, key) in filters.iter().flat_map(|filter| KEYS.map(|key| (filter, key))) {
        for order in [sort(key), sort(&format!("-{key}"))] {
            let mut expected: Vec<_> = stored.iter().filter(|episode| filter.holds(episode)).cloned().collect();
            expected.sort_by(|a, b| order.compare(&EpisodeAfter::of(a, order), &EpisodeAfter::of(b, order)));
            assert!(!expected.is_empty(), "{filter:?} finds nothing to compare");
            let found = all(&world, EpisodeQuery { filter: filter.clone(), sort: order, ..Default::default() }).await;
            assert_eq!(titles(&found), titles(&expected), "{filter:?} by {order:?}");
        }
    }
}

async fn a_deleted_episode_is_in_no_list(world: World) {
    let episode = world.create("Pilot").await;
    world.episodes().delete(&editor(), episode.id, &Terms::default()).await.unwrap();
    assert!(all(&world, EpisodeQuery::default()).await.is_empty());
}

async fn found(world: &World, text: &str) -> Vec<String> {
    let filter = EpisodeFilter { q: Some(Line::parse(text).unwrap()), ..EpisodeFilter::default() };
    let found = all(world, EpisodeQuery { filter, sort: sort("title"), ..EpisodeQuery::default() }).await;
    found.into_iter().map(|episode| episode.title.to_string()).collect()
}

async fn an_episode_is_found_by_any_part_of_its_title_through_every_change(world: World) {
    let mut first = None;
    for (number, title) in
        ["Straße nach \"Westen\"", "100% Ärger", "日本の夜明け", "a_b\\c", "Pilot"].iter().enumerate()
    {
        let new = draft(title, i64::try_from(number).unwrap());
        let created = now(world.episodes().create(&editor(), new, &Terms::default()).await.unwrap());
        first.get_or_insert(created);
    }
    for (text, titles) in [
        ("STRAßE", vec!["Straße nach \"Westen\""]),
        ("\"west", vec!["Straße nach \"Westen\""]),
        ("00% ä", vec!["100% Ärger"]),
        ("0%ä", vec![]),
        ("夜明け", vec!["日本の夜明け"]),
        ("明け", vec!["日本の夜明け"]),
        ("a_b\\", vec!["a_b\\c"]),
        ("aXb", vec![]),
        ("pilots", vec![]),
        ("straße nach \"westen\"", vec!["Straße nach \"Westen\""]),
    ] {
        assert_eq!(found(&world, text).await, titles, "{text}");
    }
    let (episodes, first) = (world.episodes(), first.unwrap());
    episodes.update(&editor(), first.id, &titled("Weg nach Osten"), &Terms::default()).await.unwrap();
    assert_eq!(found(&world, "straße").await, [""; 0]);
    assert_eq!(found(&world, "osten").await, ["Weg nach Osten"]);
    // A change that fails leaves the index as it was.
    let nowhere = EpisodePatch { show_id: Some(Some(ShowId::new(next_id()))), ..titled("Weg nach Norden") };
    episodes.update(&editor(), first.id, &nowhere, &Terms::default()).await.unwrap_err();
    assert_eq!(found(&world, "norden").await, [""; 0]);
    assert_eq!(found(&world, "osten").await, ["Weg nach Osten"]);
    episodes.delete(&editor(), first.id, &Terms::default()).await.unwrap();
    assert_eq!(found(&world, "osten").await, [""; 0]);
    episodes.restore(&editor(), first.id, &Terms::default()).await.unwrap();
    assert_eq!(found(&world, "osten").await, ["Weg nach Osten"]);
    episodes.delete(&editor(), first.id, &Terms::default()).await.unwrap();
    episodes.erase(&editor(), first.id, &Terms::default()).await.unwrap();
    assert_eq!(found(&world, "osten").await, [""; 0]);
    let another = now(episodes.create(&editor(), draft("Weg nach Osten", 9), &Terms::default()).await.unwrap());
    assert_eq!(found(&world, "osten").await, [another.title.as_str()]);
}
