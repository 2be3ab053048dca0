//! Versions of records, and what a writer says about the version that it has seen.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::ServiceError;

/// How many times a record was written, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(#[serde(deserialize_with = "from_first")] i64);

fn from_first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = i64::deserialize(deserializer)?;
    Version::new(number).map(Version::get).ok_or_else(|| de::Error::custom("expected a version, from 1"))
}

impl Version {
    /// The version of a record that was just created.
    pub const FIRST: Self = Self(1);

    /// Takes `number` as a version; below 1 there is none.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number >= 1 { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What a writer demands of the version that it writes over (RFC 9110 section 13.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing: a race that was lost is run again.
    #[default]
    None,
    /// The record exists, in whatever version.
    Exists,
    /// The record is in one of these versions. An empty list is never fulfilled.
    OneOf(Vec<Version>),
}

impl Precondition {
    /// Compares the demand with the `current` version.
    ///
    /// # Errors
    /// [`ServiceError::VersionMismatch`] with the current version.
    pub fn check(&self, current: Version) -> Result<(), ServiceError> {
        match self {
            Self::OneOf(versions) if !versions.contains(&current) => Err(ServiceError::VersionMismatch { current }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_named_version_can_be_stale() {
        let current = Version::new(3).unwrap();
        assert!(Precondition::None.check(current).is_ok());
        assert!(Precondition::Exists.check(current).is_ok());
        assert!(Precondition::OneOf(vec![Version::FIRST, current]).check(current).is_ok());
        assert!(matches!(
            Precondition::OneOf(vec![Version::FIRST]).check(current),
            Err(ServiceError::VersionMismatch { current: found }) if found == current
        ));
    }
}
