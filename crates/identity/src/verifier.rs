//! Reading tokens.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use showrunner_domain::Timestamp;
use showrunner_domain::identity::{
    Claims, Role, SigningKeyId, SigningKeyStore, TokenError, TokenId, TokenProof, TokenVerifier, UserId, VerifiedToken,
};

use crate::claims::{SHOWRUNNER, TokenClaims};

/// Accepts tokens that a key of the store has signed. The algorithm is `EdDSA`, whatever a token's header says.
pub struct Verifier {
    keys: Arc<dyn SigningKeyStore>,
    /// Keys that were looked up; only keys of the store ever get in, so it stays as small as their table.
    known: RwLock<HashMap<SigningKeyId, DecodingKey>>,
    /// What was read from tokens that were accepted, by the token's digest: checking a signature costs more than all
    /// the rest of a small request. Only accepted tokens get in, so nobody without one can push others out.
    read: Mutex<LruCache<[u8; 32], Arc<VerifiedToken>>>,
    validation: Validation,
}

/// How many tokens are remembered at most.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

const FOREIGN: TokenError = TokenError::Refused("the token was not issued here");
const BROKEN: TokenError = TokenError::Refused("the token cannot be read");

impl Verifier {
    /// Looks keys up in `keys`.
    #[must_use]
    pub fn new(keys: Arc<dyn SigningKeyStore>) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[SHOWRUNNER]);
        validation.set_audience(&[SHOWRUNNER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The domain compares `exp` with its own clock.
        validation.validate_exp = false;
        Self { keys, known: RwLock::default(), read: Mutex::new(LruCache::new(REMEMBERED)), validation }
    }

    async fn check(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let header = decode_header(token).map_err(|_| BROKEN)?;
        if header.alg != Algorithm::EdDSA {
            return Err(FOREIGN);
        }
        let kid = SigningKeyId(header.kid.ok_or(FOREIGN)?);
        let key = self.key(kid.clone()).await?;
        let claims = decode::<TokenClaims>(token, &key, &self.validation).map_err(|_| FOREIGN)?.claims;
        let expires_at = claims.exp.checked_mul(1_000_000).and_then(Timestamp::from_micros);
        let id = claims.jti.parse::<TokenId>().map_err(|_| BROKEN)?;
        let claims = Claims {
            id,
            sub: claims.sub.parse::<UserId>().map_err(|_| BROKEN)?,
            email: claims.email,
            name: claims.name,
            role: Role::parse(&claims.role).ok_or(BROKEN)?,
            session: claims.sid.map(|session| session.parse()).transpose().map_err(|_| BROKEN)?,
            expires_at: expires_at.ok_or(BROKEN)?,
        };
        Ok(VerifiedToken { claims, proof: TokenProof { id, key: kid } })
    }

    async fn key(&self, kid: SigningKeyId) -> Result<DecodingKey, TokenError> {
        if let Some(key) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&kid) {
            return Ok(key.clone());
        }
        // Anybody can name a key: what no store can hold is not looked up.
        if kid.0.chars().any(char::is_control) {
            return Err(FOREIGN);
        }
        let pem = self.keys.find_key(&kid).await?.ok_or(FOREIGN)?;
        let key = DecodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| FOREIGN)?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(kid, key.clone());
        Ok(key)
    }
}

#[async_trait]
impl TokenVerifier for Verifier {
    async fn verify(&self, token: &str) -> Result<Arc<VerifiedToken>, TokenError> {
        let digest = Sha256::digest(token).into();
        if let Some(verified) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&digest) {
            return Ok(Arc::clone(verified));
        }
        let verified = Arc::new(self.check(token).await?);
        self.read.lock().unwrap_or_else(PoisonError::into_inner).put(digest, Arc::clone(&verified));
        Ok(verified)
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};
    use showrunner_domain::identity::{SessionId, TokenSigner};
    use showrunner_domain::mocks::MockSigningKeyStore;
    use uuid::Uuid;

    use super::*;
    use crate::{KeyPair, Signer};

    fn key_pair() -> (tempfile::TempDir, KeyPair) {
        let folder = tempfile::tempdir().unwrap();
        let pair = KeyPair::load_or_create(&file(&folder)).unwrap();
        (folder, pair)
    }

    fn file(folder: &tempfile::TempDir) -> std::path::PathBuf {
        folder.path().join("key.pem")
    }

    fn verifier(pair: &KeyPair) -> Verifier {
        let (kid, pem) = (pair.kid().clone(), pair.public_pem().to_owned());
        let mut keys = MockSigningKeyStore::new();
        keys.expect_find_key().returning(move |asked| Ok((*asked == kid).then(|| pem.clone())));
        Verifier::new(Arc::new(keys))
    }

    fn claims() -> Claims {
        Claims {
            id: TokenId::new(Uuid::from_u128(7)),
            sub: UserId::new(Uuid::from_u128(1)),
            email: "editor@example.com".into(),
            name: "An editor".into(),
            role: Role::Editor,
            session: Some(SessionId::new(Uuid::from_u128(2))),
            expires_at: Timestamp::from_micros(5_000_000).unwrap(),
        }
    }

    fn signed(pair: &KeyPair) -> String {
        Signer::new("nowhere".into(), pair).unwrap().sign(&claims()).unwrap()
    }

    fn forged(pair: &KeyPair, change: impl FnOnce(&mut Value)) -> String {
        forged_under(pair.kid(), pair, change)
    }

    fn forged_under(kid: &SigningKeyId, pair: &KeyPair, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = json!({
            "sub": Uuid::from_u128(1), "email": "e", "name": "n", "role": "admin", "jti": Uuid::from_u128(7), "exp": 5,
            "iss": "showrunner", "aud": "showrunner",
        });
        change(&mut claims);
        let header = Header { kid: Some(kid.0.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &EncodingKey::from_ed_pem(pair.private_pem.as_bytes()).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn what_was_signed_is_read_back() {
        let (_folder, pair) = key_pair();
        let verified = verifier(&pair).verify(&signed(&pair)).await.unwrap();
        assert_eq!(verified.claims, claims());
        assert_eq!(verified.proof, TokenProof { id: claims().id, key: pair.kid().clone() });
    }

    #[tokio::test]
    async fn a_key_that_was_put_into_the_file_signs_at_once() {
        let (folder, old) = key_pair();
        let signer = Signer::new(file(&folder), &old).unwrap();
        let new = KeyPair::generate().unwrap();
        assert!(verifier(&old).verify(&signer.sign(&claims()).unwrap()).await.is_ok());
        assert!(new.replace(&file(&folder), old.kid()).unwrap());
        let token = signer.sign(&claims()).unwrap();
        assert!(verifier(&old).verify(&token).await.is_err() && verifier(&new).verify(&token).await.is_ok());
        assert_eq!(signer.kid(), *new.kid());
        std::fs::write(file(&folder), "half a key").unwrap();
        assert_eq!(signer.kid(), *new.kid(), "the last good one signs on");
    }

    #[tokio::test]
    async fn a_key_is_looked_up_once() {
        let (_folder, pair) = key_pair();
        let pem = pair.public_pem().to_owned();
        let mut keys = MockSigningKeyStore::new();
        keys.expect_find_key().once().returning(move |_| Ok(Some(pem.clone())));
        let verifier = Verifier::new(Arc::new(keys));
        for _ in 0..3 {
            verifier.verify(&signed(&pair)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_token_that_was_altered_after_it_was_accepted_is_refused() {
        let (_folder, pair) = key_pair();
        let (verifier, token) = (verifier(&pair), signed(&pair));
        assert!(verifier.verify(&token).await.is_ok());
        for place in [token.len() - 1, token.len() / 2, 5] {
            let mut altered = token.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'Q' } else { b'A' };
            assert!(verifier.verify(&String::from_utf8(altered).unwrap()).await.is_err(), "{place}");
        }
        assert_eq!(verifier.verify(&token).await.unwrap().claims, claims());
    }

    #[tokio::test]
    async fn tokens_of_unknown_keys_are_refused() {
        let ((_a, ours), (_b, theirs)) = (key_pair(), key_pair());
        assert!(verifier(&ours).verify(&signed(&theirs)).await.is_err());
    }

    #[tokio::test]
    async fn a_token_that_names_our_key_but_is_signed_by_another_is_refused() {
        let ((_a, ours), (_b, theirs)) = (key_pair(), key_pair());
        let verifier = verifier(&ours);
        let token = forged_under(ours.kid(), &theirs, |_| {});
        assert!(verifier.verify(&token).await.is_err());
    }

    #[tokio::test]
    async fn an_unsigned_token_is_refused() {
        let (_folder, pair) = key_pair();
        let token = signed(&pair);
        let payload = token.split('.').nth(1).unwrap();
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
        assert!(verifier(&pair).verify(&unsigned).await.is_err());
    }

    #[tokio::test]
    async fn tokens_for_others_or_without_a_due_claim_are_refused() {
        let (_folder, pair) = key_pair();
        let verifier = verifier(&pair);
        assert!(verifier.verify(&forged(&pair, |_| {})).await.is_ok());
        for (claim, value) in [
            ("aud", json!("other")),
            ("iss", json!("other")),
            ("role", json!("god")),
            ("sid", json!("x")),
            ("jti", json!("1")),
        ] {
            let token = forged(&pair, |claims| claims[claim] = value);
            assert!(verifier.verify(&token).await.is_err(), "{claim}");
        }
        for claim in ["aud", "iss", "exp", "sub"] {
            let token = forged(&pair, |claims| drop(claims.as_object_mut().unwrap().remove(claim)));
            assert!(verifier.verify(&token).await.is_err(), "{claim}");
        }
    }

    #[tokio::test]
    async fn what_is_no_token_is_refused() {
        let (_folder, pair) = key_pair();
        for text in ["", ".", "..", "a.b.c", "\u{0}", &"x".repeat(10_000)] {
            assert!(verifier(&pair).verify(text).await.is_err());
        }
    }
}
