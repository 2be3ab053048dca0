//! Points in time, and the port that tells the current one.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::StoreError;

/// A point in time in UTC, cut to microseconds: the precision that every store keeps.
///
/// Its text form is RFC 3339 with six decimals and `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The point that lies `micros` microseconds after 1970-01-01T00:00:00Z, if the calendar reaches that far.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The day that this point lies in, in UTC.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Reads an RFC 3339 date-time with any offset; what is finer than a microsecond is cut off. In UTC it lies in the
    /// years 0 to 9999, which every store holds and RFC 3339 can write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        (0..=9_999).contains(&time.year()).then(|| time.into())
    }

    /// How long ago `earlier` was; `None` where it lies after this point.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        self.0.signed_duration_since(earlier.0).to_std().ok()
    }

    /// This point moved forward by `time`; it stays where it is at the end of the calendar.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.micros().saturating_add(micros)).unwrap_or(self)
    }

    /// This point moved by `seconds`; it stays where it is at the ends of the calendar.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.micros().saturating_add(seconds.saturating_mul(1_000_000))).unwrap_or(self)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        let cut = time.nanosecond() / 1_000 * 1_000;
        Self(time.with_nanosecond(cut).unwrap_or(time))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected an RFC 3339 date-time"))
    }
}

/// Tells the current time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The current time. It may go backwards between calls: transitions must not rely on its order. A clock that was wrong for
    /// a moment SHOULD NOT be believed: what is stored by its time outlives it.
    fn now(&self) -> Timestamp;
}

/// Tells the time that all nodes on one store go by.
#[async_trait]
pub trait SharedClock: Send + Sync {
    /// The current time: the store's own where nodes share it, as theirs differ, and otherwise the machine's.
    async fn now(&self) -> Result<Timestamp, StoreError>;
}

/// A clock of this process is one for all where there is no other.
#[async_trait]
impl<C: Clock> SharedClock for C {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(Clock::now(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_in_utc_with_six_decimals() {
        let time = Timestamp::parse("2008-01-20T22:00:00.1234567-05:00").unwrap();
        assert_eq!(time.to_string(), "2008-01-21T03:00:00.123456Z");
    }

    #[test]
    fn a_timestamp_survives_its_own_text() {
        let time = Timestamp::from_micros(1_700_000_000_000_001).unwrap();
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), time);
    }

    #[test]
    fn a_time_beyond_the_years_0_to_9999_is_none() {
        for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
            assert!(Timestamp::parse(text).is_some(), "{text}");
        }
        let beyond = [
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "+262142-12-31T00:00:00Z",
            "-0001-01-01T00:00:00Z",
        ];
        for text in beyond {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moving_beyond_the_calendar_stays_put() {
        let time = Timestamp::from_micros(0).unwrap();
        assert_eq!(time.plus_seconds(i64::MAX), time);
    }
}
