//! Making tokens.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use showrunner_domain::IdSource;
use showrunner_domain::identity::{Claims, TokenError, TokenSigner};

use crate::KeyPair;
use crate::claims::{SHOWRUNNER, TokenClaims};

/// Signs tokens with a data folder's key. Publish the key's public half before the first token.
pub struct Signer {
    key: EncodingKey,
    kid: String,
    ids: Arc<dyn IdSource>,
}

impl Signer {
    /// Signs with `key`.
    ///
    /// # Errors
    /// [`TokenError::Refused`] where the key does not fit the signature scheme.
    pub fn new(key: &KeyPair, ids: Arc<dyn IdSource>) -> Result<Self, TokenError> {
        let encoding = EncodingKey::from_ed_pem(key.private_pem.as_bytes());
        let encoding = encoding.map_err(|_| TokenError::Refused("the signing key is no Ed25519 key"))?;
        Ok(Self { key: encoding, kid: key.kid().0.clone(), ids })
    }
}

impl TokenSigner for Signer {
    fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = TokenClaims {
            sub: claims.sub.to_string(),
            email: claims.email.clone(),
            name: claims.name.clone(),
            role: claims.role.as_str().to_owned(),
            sid: claims.session.map(|session| session.to_string()),
            jti: self.ids.next().to_string(),
            exp: claims.expires_at.micros() / 1_000_000,
            iss: SHOWRUNNER.to_owned(),
            aud: SHOWRUNNER.to_owned(),
        };
        encode(&header, &claims, &self.key).map_err(|_| TokenError::Refused("the token could not be signed"))
    }
}
