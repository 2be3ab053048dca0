//! Presence: who is looking at what right now.

mod port;
mod record;
mod service;

#[cfg(any(test, feature = "mocks"))]
pub use port::MockPresenceStore;
pub use port::PresenceStore;
pub use record::{Viewer, Viewing};
pub use service::PresenceService;
