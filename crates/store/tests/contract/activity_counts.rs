//! Activities are counted in the step that writes them.

use chrono::NaiveDate;
use showrunner_domain::Terms;
use showrunner_domain::activity::{ActivityAction, ActivityReader, ActivityStats, Period, StatsQuery};
use showrunner_domain::event::{Effects, Reader, ReaderName};
use showrunner_domain::identity::{UserId, Visibility};
use showrunner_domain::notification::Interest;
use showrunner_domain::{Advance, Advanced};
use uuid::Uuid;

use super::on_both_stores;
use crate::world::{World, editor, titled};

on_both_stores!(
    what_was_done_is_counted_by_day_action_kind_and_user,
    a_step_that_comes_second_counts_nothing,
    activities_from_before_there_were_counts_are_counted,
);

/// Takes the feed's next step, as a reader does.
pub(crate) async fn write_feed(world: &World) -> Advance {
    world.ports.log.bounds().await.unwrap();
    let from = world.ports.log.cursor(ReaderName::Activity).await.unwrap();
    let mut effects = Effects::default();
    let mut to = from;
    for event in world.events_after(from).await {
        effects.append(ActivityReader.digest(&event, &Interest::default()).unwrap());
        to = event.seq;
    }
    let step = Advance { reader: ReaderName::Activity, from, to, effects };
    assert_eq!(world.ports.ledger.advance(step.clone()).await.unwrap(), Advanced::Done);
    step
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The world's clock stands at 2023-11-14T22:13:20Z.
async fn count(world: &World, query: StatsQuery) -> ActivityStats {
    let query = StatsQuery { visible: Visibility::of(&editor().actor), ..query };
    let period = Period { from: day("2023-11-14"), to: day("2023-11-15") };
    world.ports.activities.count_activities(query, period).await.unwrap()
}

async fn a_day_and_a_night(world: &World) {
    let pilot = world.create("Pilot").await;
    write_feed(world).await;
    world.create("Second").await;
    world.clock.move_by(2 * 60 * 60);
    let renamed = titled("Renamed");
    world.episodes().update(&editor(), pilot.id, &renamed, &Terms::default()).await.unwrap();
    write_feed(world).await;
    world.clock.move_by(24 * 60 * 60);
    world.episodes().delete(&editor(), pilot.id, &Terms::default()).await.unwrap();
    write_feed(world).await;
}

async fn what_was_done_is_counted_by_day_action_kind_and_user(world: World) {
    a_day_and_a_night(&world).await;
    let stats = count(&world, StatsQuery::default()).await;
    assert_eq!(stats.total, 3, "what was done the day after is not in the period");
    let days: Vec<_> = stats.by_day.iter().map(|count| (count.day, count.count)).collect();
    assert_eq!(days, [(day("2023-11-14"), 2), (day("2023-11-15"), 1)]);
    let actions: Vec<_> = stats.by_action.iter().map(|count| (count.action, count.count)).collect();
    assert_eq!(actions, [(ActivityAction::Create, 2), (ActivityAction::Update, 1)]);
    assert_eq!(stats.by_resource.len(), 1);
    assert_eq!((stats.by_resource[0].resource_type.as_str(), stats.by_resource[0].count), ("episode", 3));
    assert_eq!(stats.by_user.len(), 1);
    assert_eq!((stats.by_user[0].user_id, stats.by_user[0].count), (Some(editor().actor.id), 3));
    assert_eq!(stats.by_user[0].user_name, editor().actor.name);

    let creations = StatsQuery { action: Some(ActivityAction::Create), ..StatsQuery::default() };
    assert_eq!(count(&world, creations).await.total, 2);
    let anothers = StatsQuery { user_id: Some(UserId::new(Uuid::from_u128(6))), ..StatsQuery::default() };
    assert_eq!(count(&world, anothers).await.total, 0);
}

async fn a_step_that_comes_second_counts_nothing(world: World) {
    world.create("Pilot").await;
    let step = write_feed(&world).await;
    assert_eq!(world.ports.ledger.advance(step).await.unwrap(), Advanced::Lost);
    assert_eq!(count(&world, StatsQuery::default()).await.total, 1);
}

async fn activities_from_before_there_were_counts_are_counted(world: World) {
    a_day_and_a_night(&world).await;
    let counted = count(&world, StatsQuery::default()).await;
    migrate_back_and_forth(&world);
    assert_eq!(count(&world, StatsQuery::default()).await, counted);
}

/// Takes away what releases have come to keep of activities beside the entries themselves, and brings it up again from those.
pub(crate) fn migrate_back_and_forth(world: &World) {
    let store = if world.is_postgres() { "postgres" } else { "sqlite" };
    let folder = format!("{}/../../migrations/{store}", env!("CARGO_MANIFEST_DIR"));
    let (counts, audience) = ("2026-11-23-040000_activity_counts", "2026-11-27-050000_activity_audience");
    for file in [(audience, "down"), (counts, "down"), (counts, "up"), (audience, "up")] {
        let text = std::fs::read_to_string(format!("{folder}/{}/{}.sql", file.0, file.1)).unwrap();
        for statement in text.split_inclusive(";\n") {
            world.sql(statement);
        }
    }
}
