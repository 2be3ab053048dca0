//! How another service stands on Showrunner's domain: `docs/reuse.md` walks through these files.
//!
//! [`PremiereDesk`] is a use case that Showrunner does not have: whatever is approved and due goes on air. It takes
//! its rules, its events and its permissions from the domain, which it meets only at ports. [`Shelf`] is an adapter
//! of this service's own: everything in memory. The unit tests of [`PremiereDesk`] need neither: they use the domain's
//! mocks.

mod premiere;
mod shelf;
mod system;

pub use premiere::PremiereDesk;
pub use shelf::Shelf;
pub use system::{SystemClock, SystemIds};
