//! What keeps work from being queued twice.

use std::fmt;

use serde::Serialize;

use crate::{Invalid, Line};

/// Names work that must not be queued twice: 1 to 255 characters.
///
/// Keys that this system gives begin with `internal:`, and nobody else can give one of those: whoever holds a key decides
/// whether a like job is queued.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UniqueKey(Line<255>);

impl UniqueKey {
    /// What keys of this system begin with.
    const INTERNAL: &str = "internal:";

    /// Checks and takes the key that somebody gives to a job.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let key = Self::stored(text)?;
        if key.as_str().starts_with(Self::INTERNAL) {
            return Err(Invalid::Malformed { expected: "a key that does not begin with internal:" });
        }
        Ok(key)
    }

    /// Checks and takes a key that a store holds.
    pub fn stored(text: impl Into<String>) -> Result<Self, Invalid> {
        Line::parse(text).map(Self)
    }

    /// A key of this system. `name` must be short and without control characters.
    pub(crate) fn internal(name: &str) -> Self {
        let key = Self::stored(format!("{}{name}", Self::INTERNAL));
        key.unwrap_or_else(|reason| unreachable!("{name} {reason}"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for UniqueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_key_of_this_system() {
        let own = UniqueKey::internal("render 7");
        assert_eq!(UniqueKey::stored(own.as_str()), Ok(own.clone()));
        assert!(UniqueKey::parse(own.as_str()).is_err());
        assert!(UniqueKey::parse("render 7").is_ok() && UniqueKey::parse("my internal: 7").is_ok());
    }
}
