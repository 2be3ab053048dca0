//! When something is to happen: cron expressions, time zones, and the port that knows what they mean.

use std::fmt;

use serde::Serialize;

use crate::{FieldError, Invalid, Line, Timestamp};

/// A cron expression: minute, hour, day of the month, month and day of the week, with seconds before them where there
/// are six. What it means is the [`Calendar`]'s to say.
pub type CronExpression = Line<255>;

/// The name of a time zone, as `Europe/Berlin`: `UTC` by default. Whether there is such a zone is the [`Calendar`]'s to
/// say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TimeZone(String);

impl TimeZone {
    /// The longest name, in characters.
    const LONGEST: usize = 64;

    /// Checks and takes `text`: 1 to 64 letters `A` to `Z` and `a` to `z`, digits and `/`, `_`, `+`, `-`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
        if plain && (1..=Self::LONGEST).contains(&text.len()) {
            return Ok(Self(text));
        }
        Err(Invalid::Malformed { expected: "the name of a time zone, such as Europe/Berlin" })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Knows what cron expressions mean in the time zones of the world. It asks nobody for the time: the same question
/// always has the same answer.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Calendar: Send + Sync {
    /// The first time after `after` that the expression names in this zone; `None` where there is none any more.
    ///
    /// MUST lie after `after`, at a whole second. Where the expression names one time of day and summer time leaves that
    /// out, it comes at the end of the gap; where it comes twice, it counts the first time. Of an expression that names
    /// several, what lies in the gap is left out and what comes twice counts twice.
    ///
    /// # Errors
    /// What is wrong with the fields `cron` and `time_zone`, where either cannot be understood.
    fn next(
        &self,
        cron: &CronExpression,
        time_zone: &TimeZone,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, Vec<FieldError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_has_a_short_plain_name() {
        for good in ["UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+12", &"x".repeat(64)] {
            assert_eq!(TimeZone::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "Europe/Zürich", "UTC\n", &"x".repeat(65)] {
            assert!(TimeZone::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(TimeZone::default().to_string(), "UTC");
    }
}
