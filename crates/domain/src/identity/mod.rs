//! Who acts, what they may do, and how they prove who they are.

mod access;
mod actor;
mod email;
mod permission;
mod port;
mod role;
mod user;

pub use access::AccessService;
pub use actor::{Actor, Caller};
pub use email::Email;
pub use permission::{Action, may_see, permit};
pub use port::{Claims, SigningKeyId, SigningKeyStore, TokenError, TokenSigner, TokenVerifier, UserStore};
#[cfg(any(test, feature = "mocks"))]
pub use port::{MockSigningKeyStore, MockTokenSigner, MockTokenVerifier, MockUserStore};
pub use role::Role;
pub use user::{User, UserId};
