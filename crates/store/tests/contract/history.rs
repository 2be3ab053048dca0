//! What the log knows of itself: how it is read within bounds, and what a restore does to it.

use std::time::Duration;

use showrunner_domain::event::{EventId, LogPage, ReadLimit, Seq};
use showrunner_domain::{Clock as _, Terms};
use tokio::time::timeout;

use super::on_both_stores;
use crate::world::{World, draft, editor, titled};

on_both_stores!(
    a_read_ends_with_the_event_that_exceeds_its_bytes,
    the_log_says_which_event_a_place_has,
    a_head_that_moved_on_leaves_places_that_are_lost_and_holds_nobody_up,
    another_node_learns_of_a_head_that_moved_on,
    what_has_no_number_yet_gets_one_behind_the_lost_range,
);

fn seq(number: i64) -> Seq {
    Seq::new(number).unwrap()
}

async fn page(world: &World, after: i64, events: usize, bytes: usize) -> (Vec<i64>, i64) {
    let LogPage { events, scanned } = world.ports.log.read(seq(after), ReadLimit { events, bytes }).await.unwrap();
    (events.iter().map(|event| event.seq.get()).collect(), scanned.get())
}

async fn a_read_ends_with_the_event_that_exceeds_its_bytes(world: World) {
    let episode = world.create("Pilot").await;
    for n in 0..5 {
        let title = titled(&format!("{n}"));
        world.episodes().update(&editor(), episode.id, &title, &Terms::default()).await.unwrap();
    }
    let sizes: Vec<usize> = world.log().await.iter().map(|event| event.data.len()).collect();
    assert_eq!(page(&world, 0, 100, usize::MAX).await, ((1..=6).collect(), 6));
    assert_eq!(page(&world, 0, 100, 1).await, (vec![1], 1), "one event is answered, however large it is");
    assert_eq!(page(&world, 0, 100, sizes[0]).await, (vec![1], 1));
    assert_eq!(page(&world, 0, 100, sizes[0] + 1).await, (vec![1, 2], 2));
    assert_eq!(page(&world, 2, 100, sizes[2] + sizes[3] + 1).await, (vec![3, 4, 5], 5));
    assert_eq!(page(&world, 2, 2, usize::MAX).await, (vec![3, 4], 4));
    assert_eq!(page(&world, 6, 100, usize::MAX).await, (vec![], 6));
}

async fn the_log_says_which_event_a_place_has(world: World) {
    world.create("Pilot").await;
    world.create("Second").await;
    let ids: Vec<EventId> = world.log().await.iter().map(|event| event.id).collect();
    for (place, expected) in [(0, None), (1, Some(ids[0])), (2, Some(ids[1])), (3, None)] {
        let history = world.ports.log.history(seq(place)).await.unwrap();
        assert_eq!((history.event, history.lost, history.bounds.head.get()), (expected, false, 2), "{place}");
    }
}

async fn a_head_that_moved_on_leaves_places_that_are_lost_and_holds_nobody_up(world: World) {
    world.create("Pilot").await;
    world.ports.log.bounds().await.unwrap();
    let range = world.ports.log_head.move_on(1_000, world.clock.now()).await.unwrap();
    assert_eq!((range.first.get(), range.last.get()), (2, 1_001));
    for (place, lost) in [(1, false), (2, true), (1_000, true), (1_001, false)] {
        assert_eq!(world.ports.log.history(seq(place)).await.unwrap().lost, lost, "{place}");
    }
    assert_eq!(world.ports.log.bounds().await.unwrap().head.get(), 1_001);
    assert_eq!(page(&world, 1, 100, usize::MAX).await, (vec![], 1_001), "whoever reads goes on behind the range");
    world.create("Second").await;
    assert_eq!(world.ports.log.bounds().await.unwrap().head.get(), 1_002);
    assert_eq!(page(&world, 0, 100, usize::MAX).await, (vec![1, 1_002], 1_002));

    let again = world.ports.log_head.move_on(5, world.clock.now()).await.unwrap();
    assert_eq!((again.first.get(), again.last.get()), (1_003, 1_007));
    for place in [2, 1_003] {
        assert!(world.ports.log.history(seq(place)).await.unwrap().lost, "both ranges are remembered");
    }
}

async fn another_node_learns_of_a_head_that_moved_on(world: World) {
    world.create("Pilot").await;
    let (other, clock) = world.second_node();
    let head = other.log.bounds().await.unwrap().head;
    let log = other.log.clone();
    let waiting = tokio::spawn(async move { log.wait_beyond(head).await });
    world.ports.log_head.move_on(1_000, clock.now()).await.unwrap();
    timeout(Duration::from_secs(5), waiting).await.expect("woken up").unwrap();
    let all = ReadLimit { events: 10, bytes: usize::MAX };
    assert_eq!(other.log.read(head, all).await.unwrap(), LogPage { events: vec![], scanned: seq(1_001) });
}

async fn what_has_no_number_yet_gets_one_behind_the_lost_range(world: World) {
    let episodes = world.episodes();
    let writing = tokio::spawn(async move {
        for n in 0..50 {
            episodes.create(&editor(), draft(&format!("{n}"), 1), &Terms::default()).await.unwrap();
        }
    });
    world.ports.log_head.move_on(1_000, world.clock.now()).await.unwrap();
    writing.await.unwrap();
    let places: Vec<i64> = world.log().await.iter().map(|event| event.seq.get()).collect();
    let before = i64::try_from(places.iter().filter(|place| **place < 1_000).count()).unwrap();
    let expected: Vec<i64> = (1..=before).chain(before + 1_001..=1_050).collect();
    assert_eq!(places, expected);
}
