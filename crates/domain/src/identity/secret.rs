//! Secrets that the server hands out once and keeps a digest of: refresh tokens and set-up links.

use std::fmt;

use crate::StoreError;

/// A secret of 256 random bits, as text for URLs and headers. It is told once and never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a secret. A secret this random needs neither salt nor slowness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretDigest(pub String);

/// What makes a derived secret another one each time: random, and of no use without the secret that it is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salt(pub String);

/// Makes secrets and knows them again.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Secrets: Send + Sync {
    /// A new secret. An error where the machine gives no randomness.
    fn make(&self) -> Result<Secret, StoreError>;

    /// The successor of `secret` by `salt`: the same on every node, and not to be had from either of them alone. HKDF
    /// with SHA-256 (RFC 5869), or as good.
    fn derive(&self, secret: &str, salt: &Salt) -> Result<Secret, StoreError>;

    /// What is kept of `secret`: SHA-256, or as hard to turn back.
    fn digest(&self, secret: &str) -> SecretDigest;

    /// Whether `digest` is that of `secret`, in a time that does not tell how much of it fits.
    fn matches(&self, secret: &str, digest: &SecretDigest) -> bool;
}
