use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use super::super::{Changes, Entry, Flush, Flushed, Lease, PresenceState, Spot, Viewer};
use super::*;
use crate::episode::EpisodeId;
use crate::identity::{Role, ShowRoles};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

fn user(number: u8) -> Actor {
    let id = UserId::new(Uuid::from_u128(number.into()));
    let (email, name) = (format!("{number}@example.com"), format!("User {number}"));
    let (role, expires_at) = (Role::Viewer, at(i64::from(u32::MAX)));
    Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at }
}

fn episode(number: u128) -> Place {
    Place::Episode(EpisodeId::new(Uuid::from_u128(number)))
}

fn board(node: u128) -> Board {
    Board::new(NodeId::new(Uuid::from_u128(node)))
}

fn who(viewers: &[Viewer]) -> Vec<u128> {
    viewers.iter().map(|viewer| viewer.user_id.uuid().as_u128()).collect()
}

/// What a store does, in memory, by one clock.
#[derive(Default)]
struct Shared {
    revision: i64,
    entries: HashMap<Spot, (Entry, i64, Option<Timestamp>)>,
    ended: HashMap<Spot, i64>,
    choices: HashMap<UserId, (Choice, i64)>,
    leases: HashMap<NodeId, Timestamp>,
}

impl Shared {
    fn flush(&mut self, flush: Flush, now: Timestamp) -> Flushed {
        self.revision += 1;
        let later = |left: Duration| now.plus_seconds(i64::try_from(left.as_secs()).unwrap());
        for entry in flush.entries {
            let until = entry.left.map(later);
            self.entries.insert(entry.spot, (entry, self.revision, until));
        }
        for spot in flush.ended {
            self.entries.remove(&spot);
            self.ended.insert(spot, self.revision);
        }
        for (user, choice) in flush.choices {
            self.choices.insert(user, (choice, self.revision));
        }
        let lease_is_new = flush.lease.is_some_and(|lease| self.leases.insert(flush.node, later(lease)).is_none());
        self.leases.retain(|_, until| *until > now);
        let leases = &self.leases;
        self.entries.retain(|spot, (_, _, until)| {
            spot.node.is_none_or(|node| leases.contains_key(&node)) && until.is_none_or(|until| until > now)
        });
        Flushed { lease_is_new }
    }

    fn changes(&self, after: Revision, node: NodeId, now: Timestamp) -> Changes {
        let left =
            |until: Timestamp| Duration::from_micros(u64::try_from(until.micros() - now.micros()).unwrap_or_default());
        let news = self.entries.values().filter(|(_, revision, _)| *revision > after.get());
        let entries = news.map(|(entry, _, until)| Entry { left: until.map(left), ..entry.clone() });
        let ended = self.ended.iter().filter(|(_, revision)| **revision > after.get()).map(|(spot, _)| *spot);
        Changes {
            head: Revision::new(self.revision),
            ended: ended.filter(|spot| spot.node != Some(node)).collect(),
            entries: entries.filter(|entry| entry.spot.node != Some(node)).collect(),
            choices: self.choices.iter().map(|(user, (choice, _))| (*user, choice.clone())).collect(),
            leases: self.leases.iter().map(|(node, until)| Lease { node: *node, left: left(*until) }).collect(),
        }
    }

    /// What the loop of `board`'s node does; answers where watchers are to be told.
    fn exchange(&mut self, board: &mut Board, now: Timestamp) -> Vec<Place> {
        if let Some(flush) = board.take_flush(now) {
            let flushed = self.flush(flush, now);
            board.flushed(flushed, now);
        }
        let from = board.read_from(now);
        let changes = self.changes(from, board.node, now);
        board.apply(Some(changes), now)
    }
}

#[test]
fn two_tabs_one_closed_is_still_there_and_both_closed_is_gone() {
    let (mut board, mut other, mut store) = (board(1), board(2), Shared::default());
    for _ in 0..2 {
        board.connect(&user(7), at(0));
        board.view(episode(1), user(7).id, at(0));
    }
    let mut seen_elsewhere = |board: &mut Board| {
        store.exchange(board, at(1));
        store.exchange(&mut other, at(1));
        who(&other.viewers(episode(1), at(1)))
    };
    assert_eq!(seen_elsewhere(&mut board), [7]);
    board.unview(episode(1), user(7).id);
    assert_eq!(seen_elsewhere(&mut board), [7]);
    board.unview(episode(1), user(7).id);
    assert!(board.viewers(episode(1), at(1)).is_empty());
    assert!(seen_elsewhere(&mut board).is_empty());
}

#[test]
fn watchers_are_told_of_who_comes_and_goes_and_of_nothing_else() {
    let (mut board, mut store) = (board(1), Shared::default());
    board.look(episode(1), &user(7), at(0));
    assert!(store.exchange(&mut board, at(0)).contains(&episode(1)));
    board.connect(&user(7), at(1));
    board.view(episode(1), user(7).id, at(1));
    board.look(episode(1), &user(7), at(20));
    for now in [20, 40, 60, 79] {
        assert_eq!(store.exchange(&mut board, at(now)), [], "the user was there already");
    }
    assert_eq!(store.exchange(&mut board, at(90)), [], "the look is over, the view is not");
    board.unview(episode(1), user(7).id);
    assert_eq!(store.exchange(&mut board, at(91)), [episode(1)]);
}

#[test]
fn a_look_counts_for_a_minute_is_written_anew_when_a_quarter_is_over_and_keeps_its_beginning() {
    let (mut board, mut store) = (board(1), Shared::default());
    board.look(episode(1), &user(7), at(0));
    assert_eq!(board.take_flush(at(0)).unwrap().entries.len(), 2, "at the server, and at the episode");
    board.flushed(Flushed { lease_is_new: false }, at(0));
    store.exchange(&mut board, at(0));
    board.look(episode(1), &user(7), at(14));
    assert_eq!(board.take_flush(at(14)), None);
    board.look(episode(1), &user(7), at(16));
    store.exchange(&mut board, at(16));
    assert_eq!(board.viewers(episode(1), at(75))[0].since, at(0));
    assert!(board.viewers(episode(1), at(76)).is_empty());
    assert!(store.exchange(&mut board, at(76)).contains(&episode(1)));
    assert!(store.entries.is_empty() && board.places.is_empty() && board.looks.is_empty());
}

#[test]
fn heartbeats_write_nothing() {
    let (mut board, mut store) = (board(1), Shared::default());
    board.connect(&user(7), at(0));
    board.view(episode(1), user(7).id, at(0));
    store.exchange(&mut board, at(0));
    for _ in 0..1_000 {
        board.hear(user(7).id, at(1));
        board.look(episode(1), &user(7), at(1));
    }
    assert_eq!(board.take_flush(at(2)).unwrap().entries.len(), 2, "the first look at the server and at the episode");
    board.flushed(Flushed { lease_is_new: false }, at(2));
    for _ in 0..1_000 {
        board.hear(user(7).id, at(2));
        board.look(episode(1), &user(7), at(2));
    }
    assert_eq!(board.take_flush(at(2)), None);
}

#[test]
fn whoever_reads_everything_looks_at_the_last_hundred_records() {
    let (mut board, mut store) = (board(1), Shared::default());
    for number in 0..1_000 {
        board.look(episode(number), &user(7), at(0));
    }
    store.exchange(&mut board, at(0));
    assert_eq!((board.places.len(), store.entries.len()), (101, 101));
    assert!(board.viewers(episode(899), at(0)).is_empty());
    assert_eq!(who(&board.viewers(episode(900), at(0))), [7]);
}

#[test]
fn a_look_that_ended_before_anybody_was_told_of_it_is_never_told() {
    let mut board = board(1);
    for number in 1..=150 {
        board.look(episode(number), &user(1), at(0));
    }
    let flush = board.take_flush(at(0)).unwrap();
    assert_eq!((flush.entries.len(), flush.ended.len()), (101, 0), "a hundred records and the server");
    board.flushed(Flushed { lease_is_new: false }, at(0));
    for number in 151..=160 {
        board.look(episode(number), &user(1), at(1));
    }
    let flush = board.take_flush(at(1)).unwrap();
    assert_eq!((flush.entries.len(), flush.ended.len()), (10, 10));
}

#[test]
fn an_end_that_is_to_be_told_is_told_also_when_another_look_follows_and_ends() {
    let mut board = board(1);
    let reads_all_but_the_first = |board: &mut Board| (2..=101).for_each(|n| board.look(episode(n), &user(1), at(1)));
    board.look(episode(1), &user(1), at(0));
    board.take_flush(at(0)).unwrap();
    board.flushed(Flushed { lease_is_new: false }, at(0));
    reads_all_but_the_first(&mut board);
    board.look(episode(1), &user(1), at(1));
    reads_all_but_the_first(&mut board);
    let flush = board.take_flush(at(1)).unwrap();
    let spot = Spot { place: episode(1), user_id: user(1).id, node: None };
    assert!(flush.ended.contains(&spot));
}

#[test]
fn watchers_learn_of_who_stays_or_goes_when_a_look_ends_that_was_never_told() {
    let (mut board, mut store) = (board(1), Shared::default());
    let reads_on = |board: &mut Board, now| (2..=101).for_each(|n| board.look(episode(n), &user(7), at(now)));
    board.look(episode(1), &user(7), at(0));
    board.connect(&user(7), at(0));
    board.view(episode(1), user(7).id, at(0));
    reads_on(&mut board, 0);
    assert!(store.exchange(&mut board, at(0)).contains(&episode(1)), "the user has come, and views");
    board.look(episode(1), &user(7), at(1));
    board.unview(episode(1), user(7).id);
    reads_on(&mut board, 1);
    assert!(store.exchange(&mut board, at(1)).contains(&episode(1)), "the user has gone");
    assert!(board.viewers(episode(1), at(1)).is_empty());
}

#[test]
fn nobody_heard_of_for_five_minutes_is_away_on_every_node_until_heard_again() {
    let (mut board, mut other, mut store) = (board(1), board(2), Shared::default());
    board.connect(&user(7), at(0));
    let mut state = |board: &mut Board, now: i64| {
        store.exchange(board, at(now));
        store.exchange(&mut other, at(now));
        let seen = [&*board, &other].map(|board| board.present(at(now))[0].state);
        assert_eq!(seen[0], seen[1]);
        seen[0]
    };
    assert_eq!(state(&mut board, 299), PresenceState::Online);
    assert_eq!(state(&mut board, 300), PresenceState::Away);
    board.hear(user(7).id, at(301));
    assert_eq!(state(&mut board, 301), PresenceState::Online);
    board.choose(user(7).id, ChoicePatch { state: Some(PresenceState::Busy), ..ChoicePatch::default() });
    assert_eq!(state(&mut board, 302), PresenceState::Busy);
    assert_eq!(state(&mut board, 900), PresenceState::Busy);
}

#[test]
fn a_look_through_another_node_shows_that_an_idle_user_is_there() {
    let (mut board, mut other, mut store) = (board(1), board(2), Shared::default());
    board.connect(&user(7), at(0));
    store.exchange(&mut board, at(400));
    assert_eq!(board.present(at(400))[0].state, PresenceState::Away);
    other.look(episode(1), &user(7), at(401));
    store.exchange(&mut other, at(401));
    store.exchange(&mut board, at(401));
    assert_eq!(board.present(at(401))[0].state, PresenceState::Online);
}

#[test]
fn what_a_killed_node_held_is_gone_once_its_lease_is_over() {
    let (mut board, mut killed, mut store) = (board(1), board(2), Shared::default());
    for number in 0..100 {
        killed.connect(&user(number), at(0));
        killed.view(episode(1), user(number).id, at(0));
    }
    store.exchange(&mut killed, at(0));
    store.exchange(&mut board, at(1));
    assert_eq!(board.viewers(episode(1), at(1)).len(), 100);
    store.exchange(&mut board, at(9));
    assert_eq!(board.viewers(episode(1), at(9)).len(), 100);
    assert!(store.exchange(&mut board, at(11)).contains(&episode(1)));
    assert!(board.viewers(episode(1), at(11)).is_empty() && board.present(at(11)).is_empty());
}

#[test]
fn a_node_that_lost_its_lease_and_lives_tells_everything_again() {
    let (mut board, mut stalled, mut store) = (board(1), board(2), Shared::default());
    stalled.connect(&user(7), at(0));
    stalled.view(episode(1), user(7).id, at(0));
    store.exchange(&mut stalled, at(0));
    store.exchange(&mut board, at(0));
    store.exchange(&mut board, at(20));
    assert!(board.viewers(episode(1), at(20)).is_empty());
    for now in [21, 22] {
        store.exchange(&mut stalled, at(now));
        store.exchange(&mut board, at(now));
    }
    assert_eq!(who(&board.viewers(episode(1), at(22))), [7]);
}

#[test]
fn what_could_not_be_written_is_told_with_the_next_flush() {
    let (mut board, mut store) = (board(1), Shared::default());
    board.look(episode(1), &user(7), at(0));
    board.choose(user(7).id, ChoicePatch { state: Some(PresenceState::Busy), ..ChoicePatch::default() });
    let lost = board.take_flush(at(0)).unwrap();
    board.not_flushed();
    assert_eq!(lost.entries.len(), 2);
    assert!(store.exchange(&mut board, at(1)).contains(&episode(1)));
    assert_eq!((store.entries.len(), store.choices.len()), (2, 1));
}

#[test]
fn a_node_that_has_not_read_for_long_begins_anew() {
    let (mut board, mut other, mut store) = (board(1), board(2), Shared::default());
    board.look(episode(1), &user(7), at(0));
    store.exchange(&mut board, at(0));
    store.exchange(&mut other, at(0));
    store.ended.clear();
    store.entries.clear();
    assert_eq!(who(&other.viewers(episode(1), at(31))), [7]);
    store.exchange(&mut other, at(31));
    assert!(other.viewers(episode(1), at(31)).is_empty());
}

/// What may happen to a node.
#[derive(Debug, Clone)]
enum Step {
    Connect(u8),
    Disconnect(u8),
    View(u8, u128),
    Unview(u8, u128),
    Exchange,
    LoseAFlush,
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let step = prop_oneof![
        (0..3_u8).prop_map(Step::Connect),
        (0..3_u8).prop_map(Step::Disconnect),
        (0..3_u8, 1..3_u128).prop_map(|(user, episode)| Step::View(user, episode)),
        (0..3_u8, 1..3_u128).prop_map(|(user, episode)| Step::Unview(user, episode)),
        Just(Step::Exchange),
        Just(Step::LoseAFlush),
    ];
    prop::collection::vec((any::<bool>(), step), 0..60)
}

proptest! {
    #[test]
    fn whatever_happens_to_two_nodes_both_come_to_show_who_is_there(steps in steps()) {
        let mut boards = [board(1), board(2)];
        let mut store = Shared::default();
        // How many connections of a user each node has, and how often they view which episode.
        let mut connections: HashMap<(usize, u8), u32> = HashMap::new();
        let mut views: HashMap<(usize, u8, u128), u32> = HashMap::new();
        for (index, (second, step)) in steps.into_iter().enumerate() {
            let (node, now) = (usize::from(second), at(i64::try_from(index / 10).unwrap()));
            let board = &mut boards[node];
            match step {
                Step::Connect(number) => {
                    *connections.entry((node, number)).or_default() += 1;
                    board.connect(&user(number), now);
                }
                Step::Disconnect(number) => {
                    let left: u32 = (1..3).map(|episode| views.get(&(node, number, episode)).copied().unwrap_or(0)).sum();
                    let count = connections.entry((node, number)).or_default();
                    if *count > 1 || (*count == 1 && left == 0) {
                        *count -= 1;
                        board.disconnect(user(number).id);
                    }
                }
                Step::View(number, at_episode) => {
                    if connections.get(&(node, number)).copied().unwrap_or(0) > 0 {
                        *views.entry((node, number, at_episode)).or_default() += 1;
                        board.view(episode(at_episode), user(number).id, now);
                    }
                }
                Step::Unview(number, at_episode) => {
                    let count = views.entry((node, number, at_episode)).or_default();
                    if *count > 0 {
                        *count -= 1;
                        board.unview(episode(at_episode), user(number).id);
                    }
                }
                Step::Exchange => {
                    store.exchange(board, now);
                }
                Step::LoseAFlush => {
                    if board.take_flush(now).is_some() {
                        board.not_flushed();
                    }
                }
            }
        }
        let now = at(7);
        for node in [0, 1, 0, 1] {
            store.exchange(&mut boards[node], now);
        }
        for at_episode in 1..3 {
            let there = views.iter().filter(|((_, _, episode), count)| *episode == at_episode && **count > 0);
            let there: BTreeSet<u128> = there.map(|((_, number, _), _)| u128::from(*number)).collect();
            for board in &boards {
                let shown: BTreeSet<u128> = who(&board.viewers(episode(at_episode), now)).into_iter().collect();
                prop_assert_eq!(&shown, &there);
            }
        }
        let online: BTreeSet<u128> =
            connections.iter().filter(|(_, count)| **count > 0).map(|((_, number), _)| u128::from(*number)).collect();
        for board in &boards {
            let shown: BTreeSet<u128> = board.present(now).iter().map(|entry| entry.user_id.uuid().as_u128()).collect();
            prop_assert_eq!(&shown, &online);
        }
    }
}
