//! Places in the log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A place in the log, from 1; [`Seq::START`] lies before the first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(i64);

impl Seq {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// Takes `number` as a place; negative ones are none.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number >= 0 { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// How many places lie after `earlier` up to this one; 0 if it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        if self.0 > earlier.0 { self.0.abs_diff(earlier.0) } else { 0 }
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Decimal digits and nothing else.
impl FromStr for Seq {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.bytes().all(|digit| digit.is_ascii_digit());
        let place = text.parse().ok().filter(|_| plain).and_then(Self::new);
        place.ok_or(Invalid::Malformed { expected: "a place in the log, from 0" })
    }
}

/// What the log holds: the events from `first` to `head`; none when `head` lies before `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBounds {
    /// The earliest event that retention has left.
    pub first: Seq,
    /// The latest event.
    pub head: Seq,
}

impl LogBounds {
    /// Whether everything after `since` is still there, and `since` itself was reached by this log.
    #[must_use]
    pub fn reach_back_to(self, since: Seq) -> bool {
        since <= self.head && since.next() >= self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seq(number: i64) -> Seq {
        Seq::new(number).unwrap()
    }

    #[test]
    fn a_log_reaches_back_to_the_place_before_its_first_event_and_not_beyond_its_head() {
        let bounds = LogBounds { first: seq(5), head: seq(9) };
        let reached: Vec<i64> = (0..12).filter(|n| bounds.reach_back_to(seq(*n))).collect();
        assert_eq!(reached, vec![4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn an_empty_log_reaches_back_to_its_head() {
        let bounds = LogBounds { first: seq(1), head: Seq::START };
        assert!(bounds.reach_back_to(Seq::START));
        assert!(!bounds.reach_back_to(seq(1)));
        assert!(!bounds.reach_back_to(seq(i64::MAX)));
    }

    #[test]
    fn a_place_is_written_in_digits_alone() {
        assert_eq!(("0".parse(), "42".parse()), (Ok(Seq::START), Ok(seq(42))));
        for text in ["", "-0", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "١"] {
            assert!(text.parse::<Seq>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_distance_to_a_later_place_is_none() {
        assert_eq!(seq(7).since(seq(4)), 3);
        assert_eq!(seq(4).since(seq(7)), 0);
    }
}
