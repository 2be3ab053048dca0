//! What a store costs when it has grown: 10,000 episodes and 1,000,000, side by side. A drill, run by hand:
//! `make drill-growth`. It prints and does not judge; the promise is a ratio of at most 2.

use std::time::{Duration, Instant};

use showrunner_domain::Limit;
use showrunner_domain::episode::{EpisodeAfter, EpisodeId, EpisodeQuery, EpisodeSort};
use showrunner_domain::event::{ReadLimit, Seq};
use uuid::Uuid;

use crate::world::World;

/// How often each thing is done; the median counts.
const TIMES: u32 = 400;

/// The identifier of the episode that was filled in as the `number`th.
fn nth(number: u32) -> EpisodeId {
    EpisodeId::new(Uuid::from_u128(0x7000_8000_0000_0000_0000 | u128::from(number)))
}

/// Fills the store up to `count` episodes and as many events, from outside.
fn fill(world: &World, from: u32, to: u32) {
    let (numbers, id, instant, empty) = if world.is_postgres() {
        (
            format!("select g as i from generate_series({from} + 1, {to}) g"),
            "('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid",
            "to_timestamp(i)",
            "'[]'::jsonb",
        )
    } else {
        (
            format!(
                "with recursive n (i) as (select {from} + 1 union all select i + 1 from n where i < {to}) select i from n"
            ),
            "'00000000-0000-7000-8000-' || printf('%012x', i)",
            "i * 1000000",
            "'[]'",
        )
    };
    world.sql(&format!(
        "insert into episodes (id, episode_number, title, title_folded, description, status, categories, created_at, \
         updated_at, version) select {id}, i % 9999 + 1, 'Title ' || i, 'title ' || i, 'Some words on it.', 'draft', \
         {empty}, {instant}, {instant}, 1 from ({numbers}) numbers"
    ));
    world.sql(&format!(
        "insert into events (seq, id, name, data, created_at, actor_name, subject_kind, subject_id, audience) \
         select i, {id}, 'episode_updated', '{{}}', {instant}, 'system', 'episode', {id}, 'readers' \
         from ({numbers}) numbers"
    ));
    world.sql(&format!("update log_head set seq = {to}"));
    world.sql("analyze");
}

async fn median<F: Future>(mut act: impl FnMut(u32) -> F) -> Duration {
    let mut times = Vec::new();
    for n in 0..TIMES {
        let begun = Instant::now();
        act(n).await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// What is done, and how long it takes, among `count` episodes.
async fn measure(world: &World, count: u32) -> Vec<(&'static str, Duration)> {
    let spread = |n: u32| nth(n.wrapping_mul(2_654_435_761) % count + 1);
    let (episodes, log) = (&world.ports.episodes, &world.ports.log);
    let middle = episodes.find_episode(nth(count / 2)).await.unwrap().unwrap();
    let list = |key: &str, after: bool| {
        let sort = EpisodeSort::parse(key).unwrap();
        let after = after.then(|| EpisodeAfter::of(&middle, sort));
        EpisodeQuery { sort, after, limit: Limit::default(), ..EpisodeQuery::default() }
    };
    let page = ReadLimit { events: 256, bytes: usize::MAX };
    let at = Seq::new(i64::from(count / 2)).unwrap();
    vec![
        ("get", median(|n| async move { episodes.find_episode(spread(n)).await.unwrap().unwrap() }).await),
        (
            "list, first page",
            median(|_| async { episodes.list_episodes(list("-created_at", false)).await.unwrap() }).await,
        ),
        (
            "list, deep page",
            median(|_| async { episodes.list_episodes(list("-created_at", true)).await.unwrap() }).await,
        ),
        ("list by title, deep", median(|_| async { episodes.list_episodes(list("title", true)).await.unwrap() }).await),
        ("resume, 256 events", median(|_| async { log.read(at, page).await.unwrap() }).await),
        ("create", median(|_| world.create("Another one")).await),
    ]
}

async fn a_million_episodes_cost_what_ten_thousand_do(world: World) {
    fill(&world, 0, 10_000);
    let small = measure(&world, 10_000).await;
    // What was created meanwhile has drawn the next places, on Postgres once the head was asked for.
    world.ports.log.bounds().await.unwrap();
    world.sql("delete from events where seq > 10000");
    fill(&world, 10_000, 1_000_000);
    let large = measure(&world, 1_000_000).await;
    for ((what, before), (_, after)) in small.into_iter().zip(large) {
        let ratio = after.as_secs_f64() / before.as_secs_f64();
        println!("{what:22} {before:>10.1?} {after:>10.1?}   {ratio:.2}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a drill of minutes: make drill-growth"]
async fn on_sqlite() {
    a_million_episodes_cost_what_ten_thousand_do(World::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a drill of minutes: make drill-growth"]
async fn on_postgres() {
    a_million_episodes_cost_what_ten_thousand_do(World::on_postgres()).await;
}
