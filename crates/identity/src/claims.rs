//! The claims as they stand in a token.

use serde::{Deserialize, Serialize};

/// Who signs our tokens, and for whom they are meant: ourselves (`iss` and `aud`, RFC 7519 section 4.1).
pub(crate) const SHOWRUNNER: &str = "showrunner";

#[derive(Serialize, Deserialize)]
pub(crate) struct TokenClaims {
    pub(crate) sub: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) jti: String,
    /// The session that the token belongs to, if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    /// Seconds since 1970.
    pub(crate) exp: i64,
    pub(crate) iss: String,
    pub(crate) aud: String,
}
