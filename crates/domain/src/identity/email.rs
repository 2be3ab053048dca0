//! E-mail addresses.

use std::fmt;

use serde::Serialize;

use crate::Invalid;

/// An e-mail address, at most 254 characters, in lower case: two spellings of one address are one account.
///
/// Checked for its rough form only (RFC 5321 leaves the local part to its host): something, `@`, something, without
/// blanks or control characters. `admin@localhost` is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Checks and takes `text`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const EXPECTED: Invalid = Invalid::Malformed { expected: "an e-mail address, such as editor@example.com" };
        let (local, domain) = text.split_once('@').ok_or(EXPECTED)?;
        let whole = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
        if !whole || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(EXPECTED);
        }
        if text.len() > 254 {
            return Err(Invalid::TooLong { max: 254 });
        }
        // Such a letter looks like another one, and would make this the address of somebody else: U+212A in lower case is a `k`.
        if text.chars().any(|c| !c.is_ascii() && c.to_lowercase().any(|lower| lower.is_ascii())) {
            return Err(EXPECTED);
        }
        Ok(Self(text.to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        assert_eq!(Email::parse("Editor@Example.COM").unwrap().as_str(), "editor@example.com");
        assert!(Email::parse("admin@localhost").is_ok());
    }

    #[test]
    fn no_letter_of_another_alphabet_becomes_one_of_ascii() {
        assert_eq!(Email::parse("Ärger@example.com").unwrap().as_str(), "ärger@example.com");
        for text in ["\u{212a}im@example.com", "\u{130}da@example.com"] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "@", "a@", "@b", "a@b@c", "a b@c", "a\n@b"] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
