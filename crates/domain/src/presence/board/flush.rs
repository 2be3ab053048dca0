//! What the store is told, and when.

use std::time::Duration;

use super::super::{Entry, Flush, Flushed, Place, Spot};
use super::Board;
use crate::Timestamp;
use crate::identity::UserId;

/// How long a lease lasts: what a killed node's connections held is gone after this.
const LEASE: Duration = Duration::from_secs(10);
/// How often a node renews its lease, in seconds.
const RENEW_EVERY: i64 = 3;
/// How many spots one flush tells of at most; the others wait for the next one.
const MOST_AT_ONCE: usize = 5_000;

impl Board {
    /// What the store is to be told now; `None` where there is nothing. It must be followed by
    /// [`flushed`](Self::flushed) or [`not_flushed`](Self::not_flushed).
    pub fn take_flush(&mut self, now: Timestamp) -> Option<Flush> {
        self.notice_idleness(now);
        self.end_looks(now);
        if self.connections == 0 {
            self.renewed_at = None;
        }
        let due = |at: Timestamp| at > now || at.plus_seconds(RENEW_EVERY) <= now;
        let renews = self.connections > 0 && self.renewed_at.is_none_or(due);
        let tells = !self.pending.is_empty() || !self.pending_choices.is_empty();
        // A flush takes the leases of dead nodes away; the first one does so before anything is read.
        let sweeps = self.read_at.is_none() || self.leases.values().any(|until| *until <= now);
        if !tells && !renews && !sweeps {
            return None;
        }
        self.in_flight = if self.pending.len() <= MOST_AT_ONCE {
            std::mem::take(&mut self.pending)
        } else {
            let spots: Vec<Spot> = self.pending.keys().copied().take(MOST_AT_ONCE).collect();
            spots.into_iter().filter_map(|spot| self.pending.remove_entry(&spot)).collect()
        };
        self.choices_in_flight = std::mem::take(&mut self.pending_choices);
        let mut flush = Flush {
            node: self.node,
            lease: (self.connections > 0).then_some(LEASE),
            entries: Vec::new(),
            ended: Vec::new(),
            choices: Vec::new(),
        };
        for spot in self.in_flight.keys() {
            match self.entry(*spot, now) {
                Some(entry) => flush.entries.push(entry),
                None => flush.ended.push(*spot),
            }
        }
        for entry in &flush.entries {
            let seat = self.seat_mut(entry.spot.place, entry.spot.user_id);
            if let Some(look) = seat.and_then(|seat| seat.look.as_mut()) {
                look.told = true;
            }
        }
        let chosen = |user: &UserId| Some((*user, self.choices.get(user)?.clone()));
        flush.choices = self.choices_in_flight.iter().filter_map(chosen).collect();
        Some(flush)
    }

    /// What was taken has been written, at the time `now` or later.
    pub fn flushed(&mut self, flushed: Flushed, now: Timestamp) {
        let told = self.in_flight.drain().filter(|(_, comes_or_goes)| *comes_or_goes);
        self.touched.extend(told.map(|(spot, _)| spot.place));
        self.choices_in_flight.clear();
        if self.connections > 0 {
            let had_a_lease = self.renewed_at.replace(now).is_some();
            if had_a_lease && flushed.lease_is_new {
                self.tell_everything();
            }
        }
    }

    /// What was taken could not be written: it is to be told again.
    pub fn not_flushed(&mut self) {
        for (spot, comes_or_goes) in std::mem::take(&mut self.in_flight) {
            self.note(spot, comes_or_goes);
        }
        self.pending_choices.extend(std::mem::take(&mut self.choices_in_flight));
    }

    fn entry(&self, spot: Spot, now: Timestamp) -> Option<Entry> {
        let seat = self.seat(spot.place, spot.user_id)?;
        let (since, idle, left) = if spot.node.is_some() {
            let own = seat.own?;
            (own.since, own.idle, None)
        } else {
            let look = seat.look?;
            let micros = look.until.micros().saturating_sub(now.micros());
            (look.since, false, Some(Duration::from_micros(u64::try_from(micros).unwrap_or(0))))
        };
        Some(Entry { spot, user_name: seat.user_name.clone(), since, idle, left })
    }

    /// The lease was lost and is a new one: everything that it held was forgotten by the others.
    fn tell_everything(&mut self) {
        let node = Some(self.node);
        let held = self.places.iter().flat_map(|(place, seats)| {
            let own = seats.iter().filter(|(_, seat)| seat.own.is_some());
            own.map(move |(user, _)| Spot { place: *place, user_id: *user, node })
        });
        for spot in held.collect::<Vec<_>>() {
            self.note(spot, false);
        }
    }

    fn notice_idleness(&mut self, now: Timestamp) {
        let node = Some(self.node);
        let Some(seats) = self.places.get_mut(&Place::Server) else { return };
        for (user, seat) in seats {
            if let Some(own) = seat.own.as_mut().filter(|own| own.grows_idle(now)) {
                own.idle = true;
                self.pending.entry(Spot { place: Place::Server, user_id: *user, node }).or_default();
            }
        }
    }

    /// Ends the looks whose time is over.
    fn end_looks(&mut self, now: Timestamp) {
        if self.next_end.is_none_or(|next| next > now) {
            return;
        }
        self.next_end = None;
        let mut over = Vec::new();
        for (place, seats) in &self.places {
            for (user, seat) in seats {
                let Some(look) = seat.look else { continue };
                if look.until <= now {
                    over.push((*place, *user));
                } else {
                    self.next_end = Some(self.next_end.map_or(look.until, |next| next.min(look.until)));
                }
            }
        }
        for (place, user) in over {
            if let Some(looks) = self.looks.get_mut(&user) {
                looks.retain(|looked_at| *looked_at != place);
                if looks.is_empty() {
                    self.looks.remove(&user);
                }
            }
            self.end_look(place, user);
        }
    }
}
