//! What a node and the store tell each other.

use std::time::Duration;

use serde::Serialize;

use super::{Choice, Place};
use crate::Timestamp;
use crate::identity::UserId;

crate::id::id! {
    /// Names a process that serves, from its start to its end.
    NodeId
}

/// A place in the one order of everything that was written of presence. Each flush draws the next number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Revision(i64);

impl Revision {
    /// Takes the store's `number`.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// What names a row: who is where, and what holds them there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The place.
    pub place: Place,
    /// The user.
    pub user_id: UserId,
    /// The node whose connections hold them there, for as long as it holds its lease; `None` for a plain look, which
    /// has an end of its own and depends on no node.
    pub node: Option<NodeId>,
}

/// That somebody is somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who, where and how.
    pub spot: Spot,
    /// Their name.
    pub user_name: String,
    /// Since when without a break.
    pub since: Timestamp,
    /// Whether nothing was heard of their connections for five minutes.
    pub idle: bool,
    /// How much is left of a look, from the moment of writing or reading on, so that clocks need not agree.
    pub left: Option<Duration>,
}

/// What a node writes at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flush {
    /// The node.
    pub node: NodeId,
    /// For how long it takes or renews its lease; `None` where it holds nothing.
    pub lease: Option<Duration>,
    /// Who is where, each in the place of an earlier entry of the same spot.
    pub entries: Vec<Entry>,
    /// Who has gone.
    pub ended: Vec<Spot>,
    /// What users have chosen.
    pub choices: Vec<(UserId, Choice)>,
}

/// What became of a [`Flush`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flushed {
    /// Whether the node's lease is a new one: an earlier one was lost, and its entries with it.
    pub lease_is_new: bool,
}

/// A node's lease, with what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: NodeId,
    /// What is left, from the moment of reading on.
    pub left: Duration,
}

/// What was written after a revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Everything up to here is contained in what follows.
    pub head: Revision,
    /// Who has gone. A spot may have been taken again since: then it is among the entries too.
    pub ended: Vec<Spot>,
    /// Who is where.
    pub entries: Vec<Entry>,
    /// What users have chosen.
    pub choices: Vec<(UserId, Choice)>,
    /// All leases, also those that have not changed. A node that is not among them has lost its own, and with it
    /// whatever its connections held.
    pub leases: Vec<Lease>,
}
