//! Who acts, what they may do, and how they prove who they are.

mod access;
mod actor;
mod attempts;
mod authority;
mod bearers;
mod email;
mod on_behalf;
mod password;
mod permission;
mod port;
mod revocation;
mod role;
mod secret;
mod session;
mod show_roles;
mod sign_in;
mod signing_keys;
mod user;
mod users;
mod visibility;

pub use access::AccessService;
pub use actor::{Actor, Caller};
pub use attempts::{Attempt, AttemptHistory, AttemptSource, Failures};
pub use authority::Authority;
pub use bearers::Bearers;
pub use email::Email;
pub use on_behalf::OnBehalf;
#[cfg(any(test, feature = "mocks"))]
pub use password::MockPasswordHasher;
pub use password::{Password, PasswordHash, PasswordHasher};
pub(crate) use permission::permit_somewhere;
pub use permission::{Action, may_see, permit, permit_within};
pub use port::{
    Administration, Bearer, Claims, Credentials, NewPassword, SetUpLink, SignInStore, SigningKey, SigningKeyId,
    SigningKeyStore, TokenError, TokenSigner, TokenVerifier, UserStore, VerifiedToken,
};
#[cfg(any(test, feature = "mocks"))]
pub use port::{MockSignInStore, MockSigningKeyStore, MockTokenSigner, MockTokenVerifier, MockUserStore};
pub use revocation::{Revocations, Revoked, TokenId, TokenProof};
pub use role::Role;
#[cfg(any(test, feature = "mocks"))]
pub use secret::MockSecrets;
pub use secret::{Salt, Secret, SecretDigest, Secrets};
pub use session::{Rotation, Session, SessionEnd, SessionId};
pub use show_roles::ShowRoles;
pub use sign_in::{OwnPatch, SignInService, SignedIn};
pub use signing_keys::SigningKeyService;
pub use user::{NewUser, User, UserAfter, UserId, UserPatch, UserQuery};
pub(crate) use users::personal;
pub use users::{Invitation, UserService};
pub use visibility::Visibility;
