//! Memberships: what somebody may do within one show, in place of what they may do elsewhere.

mod port;
mod record;
mod service;
mod transition;

#[cfg(any(test, feature = "mocks"))]
pub use port::MockMembershipStore;
pub use port::{MembershipAfter, MembershipQuery, MembershipStore};
pub use record::Membership;
pub use service::{Given, MembershipService};
