//! One user at one place, and everything that holds them there.

use crate::Timestamp;

use super::super::NodeId;

/// After how long without a word from the client a connection counts as idle, in seconds.
const IDLE_AFTER: i64 = 5 * 60;

/// One user at one place.
#[derive(Debug)]
pub(super) struct Seat {
    /// The user's name.
    pub(super) user_name: String,
    /// Held by connections of this node.
    pub(super) own: Option<Own>,
    /// Held by a plain look, through whichever node.
    pub(super) look: Option<Look>,
    /// Held by connections of other nodes.
    pub(super) others: Vec<Other>,
}

/// Connections of this node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    pub(super) connections: u32,
    pub(super) since: Timestamp,
    /// When one of them was last heard of.
    pub(super) active_at: Timestamp,
    pub(super) idle: bool,
}

/// A look that counts until its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
    /// Whether the store may know of it.
    pub(super) told: bool,
}

/// Connections of another node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Other {
    pub(super) node: NodeId,
    pub(super) since: Timestamp,
    pub(super) idle: bool,
}

impl Own {
    /// Whether it has become idle without being marked so.
    pub(super) fn grows_idle(self, now: Timestamp) -> bool {
        !self.idle && self.active_at.plus_seconds(IDLE_AFTER) <= now
    }
}

impl Seat {
    /// A seat that nothing holds yet.
    pub(super) fn of(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), own: None, look: None, others: Vec::new() }
    }

    /// Whether anything holds the user here.
    pub(super) fn is_taken(&self) -> bool {
        self.own.is_some() || self.look.is_some() || !self.others.is_empty()
    }

    /// Since when something has held the user here that still does at the time `now`; `None` where nothing does.
    pub(super) fn since(&self, now: Timestamp) -> Option<Timestamp> {
        let own = self.own.map(|own| own.since);
        let look = self.look.filter(|look| look.until > now).map(|look| look.since);
        self.others.iter().map(|other| other.since).chain(own).chain(look).min()
    }

    /// Whether nothing was heard of the user for a while: all connections are idle, and no look is fresh.
    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        let looks = self.look.is_some_and(|look| look.until > now);
        !looks && self.own.is_none_or(|own| own.idle) && self.others.iter().all(|other| other.idle)
    }
}
