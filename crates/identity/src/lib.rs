//! Access tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037).
//!
//! Each data folder holds one private key, made at the first start. Its public half is a row in the store, so that
//! every node accepts what any node has signed: tokens name their key, and nodes look unknown names up.

mod claims;
mod key;
mod signer;
mod verifier;

pub use key::{KeyError, KeyPair};
pub use signer::Signer;
pub use verifier::Verifier;
