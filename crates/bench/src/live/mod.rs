//! WebSocket clients, as many as watch a busy house.

mod crowd;
mod frames;
mod tally;
mod watcher;

pub(crate) use crowd::{Account, Crowd};
