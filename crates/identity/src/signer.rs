//! Making tokens.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use showrunner_domain::identity::{Claims, SigningKeyId, TokenError, TokenSigner};

use crate::claims::{SHOWRUNNER, TokenClaims};
use crate::{KeyError, KeyPair};

/// Signs tokens with the key in a file, whichever is there at that moment: a key that another process has put there
/// signs at once. Publish a key's public half before it is there.
pub struct Signer {
    path: PathBuf,
    current: Mutex<Arc<Current>>,
}

struct Current {
    pem: String,
    key: EncodingKey,
    kid: SigningKeyId,
}

impl Signer {
    /// Signs with the key in the file `path`, where `key` was found.
    pub fn new(path: PathBuf, key: &KeyPair) -> Result<Self, KeyError> {
        let current = Current::new(key).ok_or_else(|| KeyError::Unreadable { path: path.clone() })?;
        Ok(Self { path, current: Mutex::new(Arc::new(current)) })
    }

    /// The name of the key that signs now.
    #[must_use]
    pub fn kid(&self) -> SigningKeyId {
        self.current().kid.clone()
    }

    /// The key in the file, or the one that was there last while no other can be read.
    fn current(&self) -> Arc<Current> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        // The file is small, and tokens are signed far less often than they are verified.
        if fs::read_to_string(&self.path).is_ok_and(|pem| pem != current.pem)
            && let Ok(Some(pair)) = KeyPair::load(&self.path)
            && let Some(other) = Current::new(&pair)
        {
            *current = Arc::new(other);
        }
        Arc::clone(&current)
    }
}

impl Current {
    fn new(pair: &KeyPair) -> Option<Self> {
        let key = EncodingKey::from_ed_pem(pair.private_pem.as_bytes()).ok()?;
        Some(Self { pem: pair.private_pem.clone(), key, kid: pair.kid().clone() })
    }
}

impl TokenSigner for Signer {
    fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let current = self.current();
        let header = Header { kid: Some(current.kid.0.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = TokenClaims {
            sub: claims.sub.to_string(),
            email: claims.email.clone(),
            name: claims.name.clone(),
            role: claims.role.as_str().to_owned(),
            sid: claims.session.map(|session| session.to_string()),
            jti: claims.id.to_string(),
            exp: claims.expires_at.micros() / 1_000_000,
            iss: SHOWRUNNER.to_owned(),
            aud: SHOWRUNNER.to_owned(),
        };
        encode(&header, &claims, &current.key).map_err(|_| TokenError::Refused("the token could not be signed"))
    }
}
