//! Live delivery: one hub a process that follows the log, and the two ways in which clients watch it: the WebSocket,
//! and server-sent events ([`stream`]).
//!
//! # Nothing is pushed
//!
//! The hub reads the log in order and keeps the latest events in a bounded ring, each turned once into the text that
//! goes out. It queues nothing for anybody. A connection has one *position* in the log and takes what lies after it:
//! from the ring where the ring reaches back that far, from the store where it does not. So a client that resumes
//! after an hour, one that reads too slowly and one that is up to date all run the same few lines.
//!
//! From this follows what live delivery promises:
//!
//! - *No event twice, none out of order*: places in the log strictly increase, a connection only ever takes what lies
//!   after its position, and its position moves with every event that it takes.
//! - *No gap*: the ring holds neighbouring places only, so an event after the position can be missing from it at its
//!   old end alone, and then the store is asked. Where the store no longer has it either, the client gets one
//!   `resync` and never a part of what it missed.
//! - *A slow reader costs only itself*: all that waits for it is its position, and a few slices of frames that others share,
//!   or one chunk of a stream. When it takes nothing for a while its socket is cut, which a server made by [`serve`] allows.
//!
//! Whether a subscriber may see an event is asked when it is sent, live or replayed alike.
//!
//! Presence is no event: [`Watchers`] tell who looks at a record, the latest list only.

mod delivery;
mod expiry;
mod hub;
mod matter;
mod pace;
mod pipe;
mod server;
mod socket;
mod sse;
mod subscriptions;
mod tcp;
mod vigil;
mod watchers;

pub use hub::Hub;
pub use pace::Pace;
pub use server::{ServerConfig, serve};
pub use socket::{close_code, configure, configure_with};
pub use sse::{stream, stream_with};
pub use watchers::Watchers;
