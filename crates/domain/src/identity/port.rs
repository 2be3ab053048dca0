//! Accounts, keys and tokens, as the domain needs them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Email, Role, User, UserId};
use crate::{StoreError, Timestamp};

/// Reads accounts. They are written through the ledger.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait UserStore: Send + Sync {
    /// The account of this identifier.
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The account of this address.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;
}

/// Names a signing key (`kid`, RFC 7517 section 4.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningKeyId(pub String);

/// Shares the public halves of signing keys between all nodes of one store.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SigningKeyStore: Send + Sync {
    /// Keeps the public half (PEM) of a key; a key that is known stays as it is.
    async fn publish_key(&self, kid: &SigningKeyId, public_key: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The public half (PEM) of a key.
    async fn find_key(&self, kid: &SigningKeyId) -> Result<Option<String>, StoreError>;
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// Their e-mail address when the token was made.
    pub email: String,
    /// Their name when the token was made.
    pub name: String,
    /// The highest role that the token carries.
    pub role: Role,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
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
    /// What `token` says, if it was signed by a key of this store. Whether it has expired is the caller's to check.
    async fn verify(&self, token: &str) -> Result<Claims, TokenError>;
}
