//! A node's view of who is where: a state machine without clock, lock or I/O.

mod apply;
mod flush;
mod seat;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Choice, ChoicePatch, NodeId, Place, Present, Revision, Spot, Viewer};
use crate::Timestamp;
use crate::identity::{Actor, UserId};
use seat::{Look, Own, Seat};

/// How long one look counts, in seconds.
const LOOK_LASTS: i64 = 60;
/// A look is made last anew only when less than this is left of it, in seconds: watching costs few writes.
const RENEW_BELOW: i64 = 45;
/// How many records a user may look at by plain requests at a time; the oldest look gives way. It bounds what somebody
/// costs who reads everything there is.
const MOST_LOOKS: usize = 100;
/// How many viewers of one record are listed at most.
const MOST_VIEWERS: usize = 1_000;

/// Who is where, as one node sees it.
#[derive(Debug)]
pub struct Board {
    node: NodeId,
    places: HashMap<Place, HashMap<UserId, Seat>>,
    choices: HashMap<UserId, Choice>,
    /// The records that a user looks at through this node, the oldest look first.
    looks: HashMap<UserId, VecDeque<Place>>,
    /// No look ends before this.
    next_end: Option<Timestamp>,
    /// How many connections are there.
    connections: usize,
    /// When this node's lease was renewed, while it has one.
    renewed_at: Option<Timestamp>,
    /// When the other nodes' leases run out.
    leases: HashMap<NodeId, Timestamp>,
    /// What the store is to be told, and whether it changes who is there.
    pending: HashMap<Spot, bool>,
    pending_choices: HashSet<UserId>,
    /// What the store is being told.
    in_flight: HashMap<Spot, bool>,
    choices_in_flight: HashSet<UserId>,
    /// Places where somebody has come or gone since watchers were told.
    touched: HashSet<Place>,
    /// How far the store was read.
    position: Revision,
    /// When it was read.
    read_at: Option<Timestamp>,
}

impl Board {
    /// An empty board of `node`.
    #[must_use]
    pub fn new(node: NodeId) -> Self {
        Self {
            node,
            places: HashMap::new(),
            choices: HashMap::new(),
            looks: HashMap::new(),
            next_end: None,
            connections: 0,
            renewed_at: None,
            leases: HashMap::new(),
            pending: HashMap::new(),
            pending_choices: HashSet::new(),
            in_flight: HashMap::new(),
            choices_in_flight: HashSet::new(),
            touched: HashSet::new(),
            position: Revision::default(),
            read_at: None,
        }
    }

    /// A connection of `actor` has begun.
    pub fn connect(&mut self, actor: &Actor, now: Timestamp) {
        self.connections += 1;
        self.enter(Place::Server, actor.id, &actor.name, now);
    }

    /// A connection of `user` has ended; whatever it viewed was left before.
    pub fn disconnect(&mut self, user: UserId) {
        self.connections = self.connections.saturating_sub(1);
        self.leave(Place::Server, user);
    }

    /// A connection of `user` begins to view `place`.
    pub fn view(&mut self, place: Place, user: UserId, now: Timestamp) {
        let name = self.seat(Place::Server, user).map(|seat| seat.user_name.clone()).unwrap_or_default();
        self.enter(place, user, &name, now);
    }

    /// A connection of `user` no longer views `place`.
    pub fn unview(&mut self, place: Place, user: UserId) {
        self.leave(place, user);
    }

    /// Something was heard of a connection of `user`.
    pub fn hear(&mut self, user: UserId, now: Timestamp) {
        let Some(own) = self.seat_mut(Place::Server, user).and_then(|seat| seat.own.as_mut()) else { return };
        own.active_at = now;
        if std::mem::take(&mut own.idle) {
            self.note(Spot { place: Place::Server, user_id: user, node: Some(self.node) }, false);
        }
    }

    /// `actor` makes a plain request to see `place`, which counts for a minute.
    pub fn look(&mut self, place: Place, actor: &Actor, now: Timestamp) {
        self.hear(actor.id, now);
        self.look_at(Place::Server, actor, now);
        if place != Place::Server && self.look_at(place, actor, now) {
            let looks = self.looks.entry(actor.id).or_default();
            if !looks.contains(&place) {
                looks.push_back(place);
            }
            if looks.len() > MOST_LOOKS
                && let Some(oldest) = looks.pop_front()
            {
                self.end_look(oldest, actor.id);
            }
        }
    }

    /// `user` chooses how to be seen.
    pub fn choose(&mut self, user: UserId, patch: ChoicePatch) {
        let choice = self.choices.remove(&user).unwrap_or_default().changed(patch);
        self.choices.insert(user, choice);
        self.pending_choices.insert(user);
    }

    /// Who is at `place`: one entry a user, at most 1,000, those first who came first.
    #[must_use]
    pub fn viewers(&self, place: Place, now: Timestamp) -> Vec<Viewer> {
        let Some(seats) = self.places.get(&place) else { return Vec::new() };
        let mut since: Vec<_> =
            seats.iter().filter_map(|(user, seat)| Some((seat.since(now)?, *user, &seat.user_name))).collect();
        since.sort_unstable();
        since.truncate(MOST_VIEWERS);
        let viewer =
            |(since, user_id, name): (Timestamp, UserId, &String)| Viewer { user_id, user_name: name.clone(), since };
        since.into_iter().map(viewer).collect()
    }

    /// Everybody who is there, in no order.
    #[must_use]
    pub fn present(&self, now: Timestamp) -> Vec<Present> {
        let seats = self.places.get(&Place::Server).into_iter().flatten();
        let shown = |(user, seat): (&UserId, &Seat)| {
            Some(self.shown(*user, &seat.user_name, seat.since(now)?, seat.is_idle(now)))
        };
        seats.filter_map(shown).collect()
    }

    /// `actor` as others see them.
    #[must_use]
    pub fn seen(&self, actor: &Actor, now: Timestamp) -> Present {
        let seat = self.seat(Place::Server, actor.id);
        let since = seat.and_then(|seat| seat.since(now)).unwrap_or(now);
        let idle = seat.is_some_and(|seat| seat.is_idle(now));
        self.shown(actor.id, &actor.name, since, idle)
    }

    /// How far the store was read: what is shown holds everything up to here.
    #[must_use]
    pub fn position(&self) -> Revision {
        self.position
    }

    fn shown(&self, user: UserId, name: &str, since: Timestamp, idle: bool) -> Present {
        let choice = self.choices.get(&user);
        Present {
            user_id: user,
            user_name: name.to_owned(),
            state: choice.map_or_else(|| Choice::default().seen(idle), |choice| choice.seen(idle)),
            status_message: choice.and_then(|choice| choice.status_message.clone()),
            since,
        }
    }

    fn enter(&mut self, place: Place, user: UserId, name: &str, now: Timestamp) {
        let seat = self.seat_or_new(place, user, name);
        if let Some(own) = &mut seat.own {
            own.connections += 1;
            return self.hear(user, now);
        }
        let comes = !seat.is_taken();
        seat.own = Some(Own { connections: 1, since: now, active_at: now, idle: false });
        self.note(Spot { place, user_id: user, node: Some(self.node) }, comes);
    }

    fn leave(&mut self, place: Place, user: UserId) {
        let Some(seat) = self.seat_mut(place, user) else { return };
        let Some(own) = &mut seat.own else { return };
        own.connections -= 1;
        if own.connections > 0 {
            return;
        }
        seat.own = None;
        let goes = !seat.is_taken();
        self.note(Spot { place, user_id: user, node: Some(self.node) }, goes);
        self.tidy(place, user);
    }

    /// Begins a look or makes it last; answers whether it has begun.
    fn look_at(&mut self, place: Place, actor: &Actor, now: Timestamp) -> bool {
        let until = now.plus_seconds(LOOK_LASTS);
        let spot = Spot { place, user_id: actor.id, node: None };
        let told = self.pending.contains_key(&spot) || self.in_flight.contains_key(&spot);
        let seat = self.seat_or_new(place, actor.id, &actor.name);
        let comes = !seat.is_taken();
        let begun = match &mut seat.look {
            Some(look) if look.until > now.plus_seconds(RENEW_BELOW) => return false,
            Some(look) if look.until > now => {
                look.until = until;
                false
            }
            look => {
                let told = told || look.is_some_and(|over| over.told);
                *look = Some(Look { since: now, until, told });
                true
            }
        };
        self.next_end = Some(self.next_end.map_or(until, |next| next.min(until)));
        self.note(spot, comes);
        begun
    }

    fn end_look(&mut self, place: Place, user: UserId) {
        let Some(seat) = self.seat_mut(place, user) else { return };
        if let Some(look) = seat.look.take() {
            let goes = !seat.is_taken();
            let spot = Spot { place, user_id: user, node: None };
            if look.told {
                self.note(spot, goes);
            } else {
                // Nobody has heard of it, so there is nothing to take back; but it may have been how the user came or
                // what still held them here.
                let came = self.pending.remove(&spot).unwrap_or_default();
                if came != goes {
                    self.touched.insert(place);
                }
            }
        }
        self.tidy(place, user);
    }

    /// Notes that the store must be told of `spot`, and whether somebody has come or gone thereby.
    fn note(&mut self, spot: Spot, comes_or_goes: bool) {
        *self.pending.entry(spot).or_default() |= comes_or_goes;
    }

    fn seat(&self, place: Place, user: UserId) -> Option<&Seat> {
        self.places.get(&place)?.get(&user)
    }

    fn seat_mut(&mut self, place: Place, user: UserId) -> Option<&mut Seat> {
        self.places.get_mut(&place)?.get_mut(&user)
    }

    fn seat_or_new(&mut self, place: Place, user: UserId, name: &str) -> &mut Seat {
        self.places.entry(place).or_default().entry(user).or_insert_with(|| Seat::of(name))
    }

    /// Drops a seat that nothing holds.
    fn tidy(&mut self, place: Place, user: UserId) {
        let Some(seats) = self.places.get_mut(&place) else { return };
        if seats.get(&user).is_some_and(|seat| !seat.is_taken()) {
            seats.remove(&user);
        }
        if seats.is_empty() {
            self.places.remove(&place);
        }
    }
}
