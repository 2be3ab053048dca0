//! The use cases of signing keys and single tokens: what operators do on the command line, and nodes by themselves.

use std::sync::Arc;

use super::{SigningKey, SigningKeyId, SigningKeyStore, TokenId};
use crate::{Clock, StoreError, Timestamp};

/// Keeps signing keys, and ends what they have signed.
pub struct SigningKeyService {
    /// Keeps public halves and what is revoked.
    pub keys: Arc<dyn SigningKeyStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl SigningKeyService {
    /// How long a token is accepted that an operator made, in seconds: longer than any other.
    pub(crate) const LONGEST_LIFETIME: i64 = 12 * 60 * 60;

    /// Keeps the public half (PEM) of a key, so that every node accepts what it signs. Answers whether it may sign: a
    /// key that was retired or revoked may not.
    pub async fn publish(&self, kid: &SigningKeyId, public_key: &str) -> Result<bool, StoreError> {
        self.keys.publish_key(kid, public_key, self.clock.now()).await
    }

    /// All keys, in the order in which they were published.
    pub async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        self.keys.list_keys().await
    }

    /// Lets a key that signs no more verify until the last token has expired that it may have signed.
    pub async fn retire(&self, kid: &SigningKeyId) -> Result<(), StoreError> {
        self.keys.retire_key(kid, self.latest_expiry()).await
    }

    /// Ends everything that a key has signed. Answers whether there is such a key.
    pub async fn revoke(&self, kid: &SigningKeyId) -> Result<bool, StoreError> {
        self.keys.revoke_key(kid, self.clock.now()).await
    }

    /// Ends one token, which expires at `expires_at`; where that is not known, as late as any token could.
    pub async fn revoke_token(&self, id: TokenId, expires_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.keys.revoke_token(id, expires_at.unwrap_or_else(|| self.latest_expiry())).await
    }

    fn latest_expiry(&self) -> Timestamp {
        self.clock.now().plus_seconds(Self::LONGEST_LIFETIME)
    }
}
