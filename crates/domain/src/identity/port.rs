//! Accounts, keys and tokens, as the domain needs them.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Attempt, Email, PasswordHash, Revoked, Role, Rotation, SecretDigest, Session, SessionId, TokenId, TokenProof, User,
    UserAfter, UserId, UserQuery,
};
use crate::show::ShowId;
use crate::{Page, StoreError, Timestamp};

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account.
    pub user: User,
    /// Their roles within shows, as memberships have them.
    pub memberships: Vec<(ShowId, Role)>,
}

/// Reads accounts. They are written through the ledger.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait UserStore: Send + Sync {
    /// The account of this identifier.
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The account of this address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// The account that a token speaks for, with its memberships. Where the token names a `session`, only if that is this
    /// user's and has not ended at `now`. MUST be one statement, so that both are of the same moment.
    async fn find_bearer(
        &self,
        id: UserId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Option<Bearer>, StoreError>;

    /// A page of accounts, in the order of their creation.
    async fn list_users(&self, query: UserQuery) -> Result<Page<User, UserAfter>, StoreError>;
}

/// An account and what is kept of its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// `None` while no password was set.
    pub password: Option<PasswordHash>,
}

/// A new password, and what it puts an end to: every other session of the user and every set-up link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// Whose.
    pub user_id: UserId,
    /// What is kept of it.
    pub hash: PasswordHash,
    /// The session that goes on: that in which the user has set it.
    pub keep: Option<SessionId>,
    /// The set-up link that is used up by it. It must still be there.
    pub link: Option<SecretDigest>,
}

/// A link by which a user sets a password without having one. A user has one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpLink {
    /// Whose.
    pub user_id: UserId,
    /// What is kept of its secret.
    pub digest: SecretDigest,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
}

/// How the administrators of a store can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Administration {
    /// Whether there is any.
    pub exists: bool,
    /// Whether any has a password.
    pub has_password: bool,
}

/// Keeps what users sign in with. What ends by itself is no change of a record and is written here; sessions begin and
/// end, and passwords are set, through the ledger.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SignInStore: Send + Sync {
    /// The account of this address with its password.
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError>;

    /// Until when an attempt has to wait, by [`AttemptHistory::delay`](super::AttemptHistory::delay); `None` where it may
    /// be made at `now`.
    async fn attempt_delay(&self, attempt: &Attempt, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Begins an attempt, unless it has to wait, as `attempt_delay` has it. It counts as a failure from then on, so that
    /// attempts made at once are no more than those made one after another.
    async fn begin_attempt(&self, attempt: &Attempt, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// An attempt has succeeded: failures from its source are forgotten, and the source is known.
    async fn settle_attempt(&self, attempt: &Attempt, now: Timestamp) -> Result<(), StoreError>;

    /// The session of this identifier, if it has not ended at `now`.
    async fn find_session(&self, id: SessionId, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Replaces the secret of a session by that of `to`, once: whether the predecessor of `rotation` was still the one
    /// that counts. Keeps `rotation` in place of any earlier one.
    async fn rotate_session(
        &self,
        id: SessionId,
        rotation: Rotation,
        to: SecretDigest,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps the user's set-up link in place of any earlier one.
    async fn keep_link(&self, link: SetUpLink) -> Result<(), StoreError>;

    /// Whose set-up link this is, if it is accepted at `now`.
    async fn find_link(&self, digest: SecretDigest, now: Timestamp) -> Result<Option<UserId>, StoreError>;

    /// How the administrators can sign in.
    async fn administration(&self) -> Result<Administration, StoreError>;

    /// Removes what has ended by itself at `now`: sessions, set-up links, counts of
    /// attempts and revocations of tokens.
    async fn sweep_sign_ins(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// Names a signing key (`kid`, RFC 7517 section 4.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningKeyId(pub String);

/// The public half of a signing key, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name.
    pub kid: SigningKeyId,
    /// When it was published.
    pub created_at: Timestamp,
    /// Until when it verifies, where it signs no more.
    pub verifies_until: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Shares the public halves of signing keys between all nodes of one store, and what is revoked.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SigningKeyStore: Send + Sync {
    /// Keeps the public half (PEM) of a key; a key that is known stays as it is. Answers whether it may sign: it was
    /// neither retired nor revoked.
    async fn publish_key(&self, kid: &SigningKeyId, public_key: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// The public half (PEM) of a key, also of one that verifies nothing any more: [`revoked`](Self::revoked) says so.
    async fn find_key(&self, kid: &SigningKeyId) -> Result<Option<String>, StoreError>;

    /// All keys, in the order in which they were published.
    async fn list_keys(&self) -> Result<Vec<SigningKey>, StoreError>;

    /// Lets a key verify until then and no longer, unless that was said before.
    async fn retire_key(&self, kid: &SigningKeyId, verifies_until: Timestamp) -> Result<(), StoreError>;

    /// Revokes a key, unless it was before. Answers whether there is such a key.
    async fn revoke_key(&self, kid: &SigningKeyId, now: Timestamp) -> Result<bool, StoreError>;

    /// Revokes a token until it would have expired.
    async fn revoke_token(&self, id: TokenId, expires_at: Timestamp) -> Result<(), StoreError>;

    /// What is revoked at `now`.
    async fn revoked(&self, now: Timestamp) -> Result<Revoked, StoreError>;
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The token itself.
    pub id: TokenId,
    /// The user.
    pub sub: UserId,
    /// Their e-mail address when the token was made.
    pub email: String,
    /// Their name when the token was made.
    pub name: String,
    /// The highest role that the token carries. In a token of a session it is for show: see [`bound`](Self::bound).
    pub role: Role,
    /// The session that it belongs to (`sid`); `None` for one that was made on the command line.
    pub session: Option<SessionId>,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
}

impl Claims {
    /// The role that bounds what the token's bearer may do. A session's authority is its user's as they are now, so
    /// its tokens are bounded by nothing.
    pub(crate) fn bound(&self) -> Role {
        self.session.map_or(self.role, |_| Role::UNBOUNDED)
    }
}

/// A token that a key of this store has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// What it says.
    pub claims: Claims,
    /// What it can be revoked by.
    pub proof: TokenProof,
}

/// Why a token was not accepted or not made.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The token is none of ours, was altered or has expired.
    #[error("{0}")]
    Refused(&'static str),
    /// The key could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes access tokens.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait TokenSigner: Send + Sync {
    /// A token that says `claims`.
    fn sign(&self, claims: &Claims) -> Result<String, TokenError>;
}

/// Reads access tokens.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// What `token` says, if it was signed by a key of this store. Whether it has expired or was revoked is the caller's
    /// to check.
    async fn verify(&self, token: &str) -> Result<Arc<VerifiedToken>, TokenError>;
}
