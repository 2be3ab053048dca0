//! Digests in the domain's words.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use showrunner_domain::file;

/// What `hasher` has come to.
pub(crate) fn written(hasher: Sha256) -> file::Sha256 {
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    file::Sha256::parse(text).unwrap_or_else(|reason| unreachable!("a digest {reason}"))
}
