//! Secrets that are random enough to be kept as a plain digest.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use showrunner_domain::StoreError;
use showrunner_domain::identity::{Salt, Secret, SecretDigest, Secrets};
use subtle::ConstantTimeEq as _;

/// What derived secrets are for (`info`, RFC 5869 section 3.2).
const SUCCESSOR: &[u8] = b"showrunner refresh token";

/// Secrets from the operating system's randomness, kept as SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomSecrets;

impl Secrets for RandomSecrets {
    fn make(&self) -> Result<Secret, StoreError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(StoreError::new)?;
        Ok(Secret(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn derive(&self, secret: &str, salt: &Salt) -> Result<Secret, StoreError> {
        let mut bytes = [0; 32];
        let derivation = Hkdf::<Sha256>::new(Some(salt.0.as_bytes()), secret.as_bytes());
        derivation.expand(SUCCESSOR, &mut bytes).map_err(StoreError::new)?;
        Ok(Secret(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn digest(&self, secret: &str) -> SecretDigest {
        SecretDigest(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret)))
    }

    fn matches(&self, secret: &str, digest: &SecretDigest) -> bool {
        self.digest(secret).0.as_bytes().ct_eq(digest.0.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_new_each_time_and_known_again_by_its_digest_alone() {
        let (first, second) = (RandomSecrets.make().unwrap(), RandomSecrets.make().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.0.len(), 43);
        let digest = RandomSecrets.digest(&first.0);
        assert!(!digest.0.contains(&first.0));
        assert!(RandomSecrets.matches(&first.0, &digest));
        assert!(!RandomSecrets.matches(&second.0, &digest) && !RandomSecrets.matches("", &digest));
    }

    #[test]
    fn a_derived_secret_is_the_same_each_time_and_needs_both_the_secret_and_the_salt() {
        let derive = |secret, salt: &str| RandomSecrets.derive(secret, &Salt(salt.into())).unwrap();
        let first = derive("secret", "salt");
        assert_eq!(first, derive("secret", "salt"));
        assert_eq!(first.0.len(), 43);
        for other in [derive("secret", "other"), derive("other", "salt"), derive("", "salt"), derive("secret", "")] {
            assert_ne!(first, other);
        }
    }
}
