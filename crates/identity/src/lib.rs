//! Proofs of identity: access tokens, passwords, and secrets that are handed out once.
//!
//! Access tokens are JWTs (RFC 7519) signed with Ed25519 (RFC 8037). Passwords are hashed by Argon2id (RFC 9106); of
//! secrets that are random anyway a SHA-256 digest is kept.
//!
//! Each data folder holds one private key, made at the first start. Its public half is a row in the store, so that
//! every node accepts what any node has signed: tokens name their key, and nodes look unknown names up.

mod claims;
mod key;
mod password;
mod secret;
mod signer;
mod verifier;

pub use key::{KeyError, KeyPair};
pub use password::Argon2id;
pub use secret::RandomSecrets;
pub use signer::Signer;
pub use verifier::Verifier;
