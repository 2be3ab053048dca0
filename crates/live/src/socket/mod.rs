//! The WebSocket `/ws`: frames, subscriptions, and the task that runs a connection.

mod client_frame;
pub mod close_code;
mod connection;
mod delivery;
mod ending;
mod intake;
mod outlet;
mod pace;
mod server_frame;
mod standing;
mod subscriptions;
mod tcp;
mod upgrade;

pub use pace::Pace;
pub use tcp::remember_socket;
pub use upgrade::{configure, configure_with};
