//! What ends tokens before their time: a revoked key ends all that it has signed, a revoked token itself alone.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use super::{SigningKeyId, SigningKeyStore};
use crate::id::id;
use crate::{StoreError, Timestamp};

id! {
    /// Identifies a token (`jti`, RFC 7519 section 4.1.7).
    TokenId
}

/// What a token can be revoked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenProof {
    /// The token.
    pub id: TokenId,
    /// The key that has signed it.
    pub key: SigningKeyId,
}

/// Everything that is revoked at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    /// Keys that verify nothing: those that were revoked, and those whose last token has expired.
    pub keys: HashSet<SigningKeyId>,
    /// Tokens that would not have expired yet.
    pub tokens: HashSet<TokenId>,
}

/// What a node knows to be revoked. It is asked with every request, and the store is not.
pub struct Revocations {
    store: Arc<dyn SigningKeyStore>,
    known: RwLock<Revoked>,
}

impl Revocations {
    /// Knows of nothing until it is [refreshed](Self::refresh).
    #[must_use]
    pub fn new(store: Arc<dyn SigningKeyStore>) -> Self {
        Self { store, known: RwLock::default() }
    }

    /// Reads what is revoked at `now`. Answers whether anything was revoked since the last time.
    pub async fn refresh(&self, now: Timestamp) -> Result<bool, StoreError> {
        let revoked = self.store.revoked(now).await?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let grown = !revoked.keys.is_subset(&known.keys) || !revoked.tokens.is_subset(&known.tokens);
        *known = revoked;
        Ok(grown)
    }

    /// Whether the token of `proof` is not accepted any more.
    #[must_use]
    pub fn cover(&self, proof: &TokenProof) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.keys.contains(&proof.key) || known.tokens.contains(&proof.id)
    }

    /// Whether what `key` signs is not accepted any more.
    #[must_use]
    pub fn cover_key(&self, key: &SigningKeyId) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::mocks::MockSigningKeyStore;

    fn key(name: &str) -> SigningKeyId {
        SigningKeyId(name.to_owned())
    }

    fn token(number: u128) -> TokenId {
        TokenId::new(Uuid::from_u128(number))
    }

    #[test]
    fn what_is_revoked_is_known_once_it_was_read_and_only_news_are_told() {
        let revoked = |keys: &[&str], tokens: &[u128]| Revoked {
            keys: keys.iter().map(|name| key(name)).collect(),
            tokens: tokens.iter().map(|number| token(*number)).collect(),
        };
        let answers = vec![
            (revoked(&[], &[]), false),
            (revoked(&["a"], &[]), true),
            (revoked(&["a"], &[1]), true),
            (revoked(&["a"], &[1]), false),
            (revoked(&["a"], &[]), false),
        ]
        .into_iter();
        let mut store = MockSigningKeyStore::new();
        let mut stored = answers.clone();
        store.expect_revoked().returning(move |_| Ok(stored.next().unwrap().0));
        let revocations = Revocations::new(Arc::new(store));
        let covered = || {
            let proof = |id, name| TokenProof { id: token(id), key: key(name) };
            [proof(1, "b"), proof(2, "a"), proof(2, "b")].map(|proof| revocations.cover(&proof))
        };
        let mut seen = Vec::new();
        for (_, news) in answers {
            assert_eq!(block_on(revocations.refresh(Timestamp::from_micros(0).unwrap())).unwrap(), news);
            seen.push(covered());
        }
        let (nothing, its_key, both) = ([false; 3], [false, true, false], [true, true, false]);
        assert_eq!(seen, [nothing, its_key, both, both, its_key]);
    }
}
