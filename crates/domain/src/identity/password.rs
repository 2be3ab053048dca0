//! Passwords: what is asked of a new one, and what is kept of it.

use std::fmt;

use async_trait::async_trait;

use crate::{Invalid, StoreError};

/// A password in plain text, on its way to being hashed. It is never shown, kept or sent.
///
/// A new one has 12 to 1,024 characters of any kind but control characters: length is what makes a password hard to
/// guess, rules about its characters are not (NIST SP 800-63B section 3.1.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    const SHORTEST: usize = 12;
    const LONGEST: usize = 1_024;

    /// Checks and takes `text` as a new password.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let password = Self::attempt(text)?;
        if password.0.chars().any(char::is_control) {
            return Err(Invalid::ControlCharacter);
        }
        if password.0.chars().count() < Self::SHORTEST {
            return Err(Invalid::TooShort { min: Self::SHORTEST });
        }
        Ok(password)
    }

    /// Takes `text` as somebody's attempt to prove who they are: whatever is not too long may be tried.
    pub fn attempt(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.chars().count() > Self::LONGEST {
            return Err(Invalid::TooLong { max: Self::LONGEST });
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is kept of a password: a salted hash with its parameters, in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Hashes passwords, on purpose slowly.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// What to keep of `password`. An error where the machine gives no randomness or no memory.
    async fn hash(&self, password: Password) -> Result<PasswordHash, StoreError>;

    /// Whether `hash` is one of `password`. Without a hash the answer is no, and MUST take as long as any other.
    async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_and_of_any_printable_characters() {
        assert!(Password::parse("twelve chars").is_ok());
        assert!(Password::parse("zwölf Zeichen \u{1F3AC}").is_ok());
        assert_eq!(Password::parse("elevenchars"), Err(Invalid::TooShort { min: 12 }));
        assert_eq!(Password::parse("é".repeat(1_024)).map(drop), Ok(()));
        assert_eq!(Password::parse("é".repeat(1_025)), Err(Invalid::TooLong { max: 1_024 }));
        assert_eq!(Password::parse("with a line\nbreak"), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn an_attempt_may_be_anything_that_is_not_too_long() {
        assert!(Password::attempt("").is_ok() && Password::attempt("\n").is_ok());
        assert!(Password::attempt("x".repeat(1_025)).is_err());
    }

    #[test]
    fn neither_a_password_nor_its_hash_is_ever_shown() {
        let shown = format!("{:?} {:?}", Password::parse("correct horse").unwrap(), PasswordHash("$argon2id$".into()));
        assert!(!shown.contains("horse") && !shown.contains("argon2"), "{shown}");
    }
}
