//! What kind of work a job is.

use std::fmt;

use serde::Serialize;

use crate::identity::{Action, Actor, permit, permit_somewhere};
use crate::{Invalid, ResourceKind, ServiceError};

/// The longest name of a type, in characters.
const LONGEST: usize = 64;

/// 1 to 64 lower-case letters `a` to `z`, digits and hyphens. Types need no registration: a job of one that no worker
/// here knows waits for a worker that does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobType(String);

impl JobType {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let plain = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if plain && (1..=LONGEST).contains(&text.len()) {
            return Ok(Self(text));
        }
        Err(Invalid::Malformed { expected: "1 to 64 lower-case letters, digits and hyphens" })
    }

    /// A type that this system has a handler for. `name` must be one that parses.
    pub(crate) fn built_in(name: &'static str) -> Self {
        Self::parse(name).unwrap_or_else(|reason| unreachable!("{name} {reason}"))
    }

    /// Asks the permission table whether `actor` may have such a job done at all, before anything is read for it. What it
    /// does to a record is asked again where it does it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where it says no.
    pub(crate) fn permit(&self, actor: &Actor) -> Result<(), ServiceError> {
        match self.as_str() {
            "data-import" => permit(actor, Action::Import, ResourceKind::Episode),
            "batch-delete" => permit_somewhere(actor, Action::Write, ResourceKind::Episode),
            "composition-render" => permit_somewhere(actor, Action::Write, ResourceKind::Composition),
            "bulk-export" | "bulk-upload" | "thumbnail-generation" | "video-processing" => {
                permit_somewhere(actor, Action::Write, ResourceKind::File)
            }
            // Workers outside do what they may.
            _ => Ok(()),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_short_plain_name() {
        for good in ["a", "composition-render", "7", &"x".repeat(64)] {
            assert_eq!(JobType::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "Render", "a b", "a_b", "ä", &"x".repeat(65)] {
            assert!(JobType::parse(bad).is_err(), "{bad:?}");
        }
    }
}
