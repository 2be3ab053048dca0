//! Presence: who is there, and who is looking at what right now.
//!
//! Each node keeps a [`Board`] in memory: what its own connections hold, plain looks, and what the other nodes have
//! told. The store is how nodes tell each other, and where the rows can be seen: a few times a second a node writes
//! what has changed on its board in one transaction, and reads what others have. So a request never waits for
//! presence, and a thousand of them are not a thousand transactions.

mod attendance;
mod board;
mod choice;
mod exchange;
mod place;
mod port;
mod record;
mod service;

pub use attendance::{Attendance, MOST_VIEWS, TooManyViews};
pub use board::Board;
pub use choice::{Choice, ChoicePatch, PresenceState, StatusMessage};
pub use exchange::{Changes, Entry, Flush, Flushed, Lease, NodeId, Revision, Spot};
pub use place::Place;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockPresenceStore;
pub use port::PresenceStore;
pub use record::{Present, PresentAfter, Viewer, Watched};
pub use service::PresenceService;
