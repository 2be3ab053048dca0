//! One total order: gap-free, by version within a record, and true to what was answered first.

use std::collections::HashMap;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::{PgConnection, RunQueryDsl};
use showrunner_domain::event::Seq;
use showrunner_domain::{Precondition, Terms};
use showrunner_store::Location;
use tokio::time::timeout;

use super::on_both_stores;
use crate::world::{World, draft, editor, episodes_on, now, titled};

on_both_stores!(
    places_have_no_gap_under_concurrent_writers,
    the_head_counts_every_change_that_was_answered,
    events_of_one_record_follow_its_versions_also_when_a_clock_is_behind,
    what_another_node_commits_wakes_those_who_wait,
    numbering_goes_on_after_the_log_was_emptied,
    a_transaction_that_stalls_is_not_passed_over,
);

async fn places_have_no_gap_under_concurrent_writers(world: World) {
    let (other, clock) = world.second_node();
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let episodes = if n % 2 == 0 { world.episodes() } else { episodes_on(&other, &clock) };
            tokio::spawn(async move {
                for take in 0..25 {
                    let new = draft(&format!("{n}-{take}"), 1);
                    let created = now(episodes.create(&editor(), new, &Terms::default()).await.unwrap());
                    // A change that fails must not use up a place.
                    let stale = Terms::from(Precondition::OneOf(vec![created.version.next()]));
                    episodes.update(&editor(), created.id, &titled("no"), &stale).await.unwrap_err();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let places: Vec<_> = world.log().await.iter().map(|event| event.seq.get()).collect();
    assert_eq!(places, (1..=200).collect::<Vec<_>>());
}

async fn the_head_counts_every_change_that_was_answered(world: World) {
    let (other, _) = world.second_node();
    for n in 1..=30 {
        world.create("Pilot").await;
        assert_eq!(other.log.bounds().await.unwrap().head.get(), n);
    }
}

async fn events_of_one_record_follow_its_versions_also_when_a_clock_is_behind(world: World) {
    let (other, clock) = world.second_node();
    clock.move_by(-60);
    let behind = episodes_on(&other, &clock);
    let episode = world.create("Pilot").await;
    let numbering = hold_numbering(&world);
    for n in 0..10 {
        let (a, b) = (format!("A{n}"), format!("B{n}"));
        world.episodes().update(&editor(), episode.id, &titled(&a), &Terms::default()).await.unwrap();
        behind.update(&editor(), episode.id, &titled(&b), &Terms::default()).await.unwrap();
    }
    drop(numbering);
    let mut last: HashMap<_, (i64, String)> = HashMap::new();
    for event in world.log().await {
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        let version = data["episode"]["version"].as_i64().unwrap();
        let written = data["episode"]["updated_at"].as_str().unwrap().to_owned();
        let (before, earlier) = last.get(&event.subject.id).cloned().unwrap_or_default();
        assert_eq!(version, before + 1);
        assert!(written >= earlier, "{written} after {earlier}");
        last.insert(event.subject.id, (version, written));
    }
}

/// Keeps Postgres from giving out places until the answer is dropped, so that they are given in one batch.
fn hold_numbering(world: &World) -> Option<PgConnection> {
    let Location::Postgres(url) = &world.location else { return None };
    let mut held = PgConnection::establish(url).unwrap();
    held.batch_execute("begin; lock table log_head in exclusive mode").unwrap();
    Some(held)
}

async fn what_another_node_commits_wakes_those_who_wait(world: World) {
    let (other, _) = world.second_node();
    let waiting = tokio::spawn(async move { other.log.wait_beyond(Seq::START).await });
    world.create("Pilot").await;
    timeout(Duration::from_secs(5), waiting).await.expect("woken up").unwrap();
}

async fn numbering_goes_on_after_the_log_was_emptied(world: World) {
    world.create("Pilot").await;
    world.create("Second").await;
    assert_eq!(world.log().await.len(), 2);
    world.sql("delete from events");
    world.sql("update log_head set first = 3");
    world.create("Third").await;
    let bounds = world.ports.log.bounds().await.unwrap();
    assert_eq!((bounds.first.get(), bounds.head.get()), (3, 3));
    assert_eq!(world.log().await[0].seq.get(), 3);
}

/// A transaction that has drawn its `outbox_id` and commits late, while others commit and are numbered: its event
/// comes later in the log, and nobody who follows the log misses it.
async fn a_transaction_that_stalls_is_not_passed_over(world: World) {
    let Location::Postgres(url) = &world.location else {
        // SQLite has one writer: a stalled one makes the others wait, which the next lines show.
        return a_stalled_writer_of_another_process_makes_others_wait(&world).await;
    };
    world.create("Before").await;
    let mut stalled = PgConnection::establish(url).unwrap();
    stalled.batch_execute("begin").unwrap();
    stalled
        .batch_execute(
            "insert into outbox (id, name, data, created_at, actor_name, subject_kind, subject_id, audience) \
             values (gen_random_uuid(), 'episode_created', '{}', now(), 'late', 'episode', gen_random_uuid(), 'readers')",
        )
        .unwrap();
    let mut followed = Vec::new();
    let mut position = Seq::START;
    for title in ["Second", "Third"] {
        world.create(title).await;
        world.ports.log.bounds().await.unwrap();
        for event in world.events_after(position).await {
            position = event.seq;
            followed.push(event.actor.name);
        }
    }
    assert_eq!(followed.len(), 3);
    stalled.batch_execute("commit").unwrap();
    world.ports.log.bounds().await.unwrap();
    for event in world.events_after(position).await {
        followed.push(event.actor.name);
    }
    assert_eq!(followed, ["An editor", "An editor", "An editor", "late"]);
}

async fn a_stalled_writer_of_another_process_makes_others_wait(world: &World) {
    let Location::Sqlite(path) = &world.location else { return };
    let mut stalled = diesel::SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    stalled.batch_execute("begin immediate").unwrap();
    let episodes = world.episodes();
    let mut waiting =
        tokio::spawn(async move { episodes.create(&editor(), draft("Pilot", 1), &Terms::default()).await });
    assert!(timeout(Duration::from_millis(200), &mut waiting).await.is_err(), "it must wait for the lock");
    diesel::sql_query("commit").execute(&mut stalled).unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(world.log().await.len(), 1);
}
