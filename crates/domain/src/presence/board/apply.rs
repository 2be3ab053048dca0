//! What the store tells.

use std::time::Duration;

use super::super::{Changes, Entry, Place, Revision, Spot};
use super::Board;
use super::seat::{Look, Other};
use crate::Timestamp;

/// After how long without reading the board begins anew, in seconds: the store remembers who has gone for a minute.
const FORGET_AFTER: i64 = 30;

impl Board {
    /// From where the store is to be read on.
    pub fn read_from(&mut self, now: Timestamp) -> Revision {
        if self.read_at.is_some_and(|at| at.plus_seconds(FORGET_AFTER) <= now) {
            self.forget_others();
        }
        self.position
    }

    /// Takes in what was read, if there was anything, and answers where somebody has come or gone.
    pub fn apply(&mut self, changes: Option<Changes>, now: Timestamp) -> Vec<Place> {
        self.read_at = Some(now);
        if let Some(changes) = changes {
            self.take_in(changes, now);
        }
        self.touched.drain().collect()
    }

    fn take_in(&mut self, changes: Changes, now: Timestamp) {
        let leases = changes.leases.iter().filter(|lease| lease.node != self.node);
        let leases = leases.map(|lease| (lease.node, later(now, lease.left))).collect();
        let before = std::mem::replace(&mut self.leases, leases);
        if before.keys().any(|node| !self.leases.contains_key(node)) {
            self.drop_dead_nodes();
        }
        for spot in changes.ended {
            self.apply_end(spot);
        }
        for entry in changes.entries {
            self.apply_entry(entry, now);
        }
        for (user, choice) in changes.choices {
            if !self.pending_choices.contains(&user) {
                self.choices.insert(user, choice);
            }
        }
        self.position = self.position.max(changes.head);
    }

    /// What this node is about to write itself wins over what it reads: that is older.
    fn is_about_to_tell(&self, spot: Spot) -> bool {
        self.pending.contains_key(&spot)
    }

    fn apply_end(&mut self, spot: Spot) {
        if self.is_about_to_tell(spot) {
            return;
        }
        let Some(seat) = self.seat_mut(spot.place, spot.user_id) else { return };
        match spot.node {
            None => seat.look = None,
            Some(node) => seat.others.retain(|other| other.node != node),
        }
        if !seat.is_taken() {
            self.touched.insert(spot.place);
            self.tidy(spot.place, spot.user_id);
        }
    }

    fn apply_entry(&mut self, entry: Entry, now: Timestamp) {
        let Entry { spot, user_name, since, idle, left } = entry;
        let is_dead = spot.node.is_some_and(|node| !self.leases.contains_key(&node));
        if is_dead || self.is_about_to_tell(spot) || left.is_some_and(|left| left.is_zero()) {
            return;
        }
        let seat = self.seat_or_new(spot.place, spot.user_id, &user_name);
        let comes = !seat.is_taken();
        if let Some(node) = spot.node {
            seat.others.retain(|other| other.node != node);
            seat.others.push(Other { node, since, idle });
        } else {
            let until = later(now, left.unwrap_or_default());
            seat.look = Some(Look { since, until, told: true });
            self.next_end = Some(self.next_end.map_or(until, |next| next.min(until)));
        }
        if comes {
            self.touched.insert(spot.place);
        }
    }

    /// Drops what nodes held that have no lease any more.
    fn drop_dead_nodes(&mut self) {
        for (place, seats) in &mut self.places {
            let before = seats.len();
            seats.retain(|_, seat| {
                seat.others.retain(|other| self.leases.contains_key(&other.node));
                seat.is_taken()
            });
            if seats.len() < before {
                self.touched.insert(*place);
            }
        }
        self.places.retain(|_, seats| !seats.is_empty());
    }

    /// Drops everything that was read, so that it can be read anew.
    fn forget_others(&mut self) {
        for (place, seats) in &mut self.places {
            for (user, seat) in seats.iter_mut() {
                seat.others.clear();
                if !self.pending.contains_key(&Spot { place: *place, user_id: *user, node: None }) {
                    seat.look = None;
                }
            }
            seats.retain(|_, seat| seat.is_taken());
            self.touched.insert(*place);
        }
        self.places.retain(|_, seats| !seats.is_empty());
        self.leases.clear();
        self.position = Revision::default();
    }
}

/// `now`, moved on by `left`.
fn later(now: Timestamp, left: Duration) -> Timestamp {
    let micros = now.micros().saturating_add(i64::try_from(left.as_micros()).unwrap_or(i64::MAX));
    Timestamp::from_micros(micros).unwrap_or(now)
}
