//! The WebSocket `/ws`: frames, subscriptions, and the task that runs a connection.

mod client_frame;
pub mod close_code;
mod company;
mod connection;
mod ending;
mod intake;
mod outlet;
mod server_frame;
mod standing;
mod upgrade;

pub(crate) use server_frame::{presence_frame, progress_frame};
pub use upgrade::{configure, configure_with};
