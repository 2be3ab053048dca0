//! What one node writes of presence, others read, for as long as it counts.

use std::time::Duration;

use showrunner_domain::episode::EpisodeId;
use showrunner_domain::identity::UserId;
use showrunner_domain::presence::{
    Changes, Choice, Entry, Flush, Flushed, NodeId, Place, PresenceState, Revision, Spot, StatusMessage,
};
use showrunner_domain::{Clock as _, Timestamp};
use uuid::Uuid;

use super::on_both_stores;
use crate::world::World;

on_both_stores!(
    what_one_node_writes_another_reads_once,
    a_later_entry_takes_the_place_of_an_earlier_one_of_the_same_spot,
    who_has_gone_is_told_for_a_minute,
    a_look_that_is_over_leaves_no_row,
    a_lease_that_ran_out_is_taken_with_all_that_it_held,
    a_node_that_leaves_takes_what_it_held_along,
    a_thousand_entries_are_written_and_removed_at_once,
    revisions_of_concurrent_nodes_are_seen_in_order,
);

const LEASE: Duration = Duration::from_secs(10);

fn node(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

fn spot(user: u128, node: Option<NodeId>) -> Spot {
    let place = Place::Episode(EpisodeId::new(Uuid::from_u128(1)));
    Spot { place, user_id: UserId::new(Uuid::from_u128(user)), node }
}

fn entry(user: u128, held: Option<NodeId>) -> Entry {
    Entry {
        spot: spot(user, held),
        user_name: format!("User {user}"),
        since: Timestamp::from_micros(1).unwrap(),
        idle: false,
        left: held.is_none().then_some(Duration::from_mins(1)),
    }
}

fn flush(by: u128) -> Flush {
    Flush { node: node(by), lease: Some(LEASE), entries: vec![], ended: vec![], choices: vec![] }
}

async fn write(world: &World, flush: Flush) -> Flushed {
    world.ports.presence.flush(flush, world.clock.now()).await.unwrap()
}

/// What node 9 reads.
async fn read(world: &World, after: Revision) -> Changes {
    world.ports.presence.changes(after, node(9), world.clock.now()).await.unwrap().unwrap_or_default()
}

fn users(changes: &Changes) -> Vec<u128> {
    let mut users: Vec<_> = changes.entries.iter().map(|entry| entry.spot.user_id.uuid().as_u128()).collect();
    users.sort_unstable();
    users
}

/// Lets time pass: on Postgres by moving what its clock is compared with.
fn pass(world: &World, seconds: i64) {
    world.clock.move_by(seconds);
    if world.is_postgres() {
        for (table, column) in
            [("presence_leases", "expires_at"), ("user_presence", "expires_at"), ("presence_ended", "ended_at")]
        {
            world.sql(&format!("update {table} set {column} = {column} - interval '{seconds} seconds'"));
        }
    }
}

async fn what_one_node_writes_another_reads_once(world: World) {
    assert_eq!(world.ports.presence.changes(Revision::default(), node(9), world.clock.now()).await.unwrap(), None);
    let choice = Choice { state: PresenceState::Busy, status_message: Some(StatusMessage::parse("Cutting").unwrap()) };
    let choices = vec![(UserId::new(Uuid::from_u128(5)), choice)];
    let entries = vec![entry(5, Some(node(1))), entry(6, None), entry(7, Some(node(9)))];
    write(&world, Flush { entries, choices: choices.clone(), ..flush(1) }).await;
    let changes = read(&world, Revision::default()).await;
    assert_eq!(users(&changes), [5, 6], "but for what the reader holds itself");
    let held = changes.entries.iter().find(|entry| entry.spot.node.is_some()).unwrap();
    assert_eq!(*held, entry(5, Some(node(1))));
    let look = changes.entries.iter().find(|entry| entry.spot.node.is_none()).unwrap().left.unwrap();
    assert!(look > Duration::from_secs(30) && look <= Duration::from_mins(1), "{look:?}");
    assert_eq!(changes.choices, choices);
    assert_eq!(changes.leases.len(), 1);
    assert!(changes.leases[0].node == node(1) && changes.leases[0].left <= LEASE);
    let now = world.clock.now();
    assert_eq!(world.ports.presence.changes(changes.head, node(9), now).await.unwrap(), None);
}

async fn a_later_entry_takes_the_place_of_an_earlier_one_of_the_same_spot(world: World) {
    write(&world, Flush { entries: vec![entry(5, Some(node(1)))], ..flush(1) }).await;
    let before = read(&world, Revision::default()).await.head;
    let idle = Entry { idle: true, ..entry(5, Some(node(1))) };
    write(&world, Flush { entries: vec![idle.clone()], ..flush(1) }).await;
    assert_eq!(read(&world, before).await.entries, std::slice::from_ref(&idle));
    assert_eq!(read(&world, Revision::default()).await.entries, [idle]);
}

async fn who_has_gone_is_told_for_a_minute(world: World) {
    write(&world, Flush { entries: vec![entry(5, Some(node(1))), entry(6, None)], ..flush(1) }).await;
    let before = read(&world, Revision::default()).await.head;
    let gone = [spot(5, Some(node(1))), spot(6, None)];
    write(&world, Flush { ended: gone.to_vec(), ..flush(1) }).await;
    let mut changes = read(&world, before).await;
    changes.ended.sort_by_key(|spot| spot.user_id);
    assert_eq!((changes.ended, changes.entries), (gone.to_vec(), vec![]));
    pass(&world, 61);
    write(&world, flush(1)).await;
    assert_eq!(read(&world, before).await.ended, []);
}

async fn a_look_that_is_over_leaves_no_row(world: World) {
    write(&world, Flush { entries: vec![entry(5, None)], ..flush(1) }).await;
    pass(&world, 61);
    assert_eq!(read(&world, Revision::default()).await.entries[0].left, Some(Duration::ZERO));
    write(&world, flush(1)).await;
    assert_eq!(read(&world, Revision::default()).await.entries, []);
}

async fn a_lease_that_ran_out_is_taken_with_all_that_it_held(world: World) {
    let entries = (0..100).map(|user| entry(user, Some(node(1)))).collect();
    assert!(write(&world, Flush { entries, ..flush(1) }).await.lease_is_new);
    assert!(!write(&world, flush(1)).await.lease_is_new);
    pass(&world, 8);
    write(&world, flush(2)).await;
    assert_eq!(read(&world, Revision::default()).await.entries.len(), 100);
    pass(&world, 3);
    write(&world, flush(2)).await;
    let changes = read(&world, Revision::default()).await;
    assert_eq!((changes.entries, changes.leases.len()), (vec![], 1));
    assert!(write(&world, flush(1)).await.lease_is_new, "whoever lost a lease is told so");
}

async fn a_node_that_leaves_takes_what_it_held_along(world: World) {
    let entries = vec![entry(5, Some(node(1))), entry(6, Some(node(2))), entry(7, None)];
    write(&world, Flush { entries, ..flush(1) }).await;
    write(&world, flush(2)).await;
    let before = read(&world, Revision::default()).await.head;
    world.ports.presence.leave(node(1), world.clock.now()).await.unwrap();
    let changes = read(&world, before).await;
    assert_eq!(changes.leases.iter().map(|lease| lease.node).collect::<Vec<_>>(), [node(2)]);
    assert_eq!(users(&read(&world, Revision::default()).await), [6, 7]);
}

async fn a_thousand_entries_are_written_and_removed_at_once(world: World) {
    let entries = (0..1_001).map(|user| entry(user, Some(node(1)))).collect();
    write(&world, Flush { entries, ..flush(1) }).await;
    assert_eq!(read(&world, Revision::default()).await.entries.len(), 1_001);
    let ended = (0..1_001).map(|user| spot(user, Some(node(1)))).collect();
    write(&world, Flush { ended, ..flush(1) }).await;
    let changes = read(&world, Revision::default()).await;
    assert_eq!((changes.entries.len(), changes.ended.len()), (0, 1_001));
}

/// A reader that goes on from the head that it was told misses nothing, however many nodes write at once.
async fn revisions_of_concurrent_nodes_are_seen_in_order(world: World) {
    let (other, _) = world.second_node();
    let mut writers = Vec::new();
    for (number, ports) in [(1, world.ports.clone()), (2, other)] {
        let now = world.clock.now();
        writers.push(tokio::spawn(async move {
            for user in 0..50 {
                let entries = vec![entry(number * 1_000 + user, Some(node(number)))];
                ports.presence.flush(Flush { entries, ..flush(number) }, now).await.unwrap();
            }
        }));
    }
    let (mut seen, mut after) = (std::collections::BTreeSet::new(), Revision::default());
    // What was written after the head that a read begins with may be seen with it, and comes again.
    while after < Revision::new(100) {
        if let Some(changes) = world.ports.presence.changes(after, node(9), world.clock.now()).await.unwrap() {
            seen.extend(users(&changes));
            after = changes.head;
        } else {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!((seen.len(), after), (100, Revision::new(100)));
    for writer in writers {
        writer.await.unwrap();
    }
}
