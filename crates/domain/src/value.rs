//! Small values that are checked when they are made: one that exists is valid.

use std::fmt;

use serde::Serialize;

use crate::Invalid;

/// One line of text, 1 to `MAX` characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(Invalid::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::ControlCharacter);
        }
        within(&text, MAX)?;
        Ok(Self(text))
    }

    /// A line that is known to be one.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text of any number of lines, at most `MAX` characters, without control characters but line breaks and tabs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// Checks and takes `text`, which may be empty.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Invalid::ControlCharacter);
        }
        within(&text, MAX)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn within(text: &str, max: usize) -> Result<(), Invalid> {
    // A character takes at least one byte, so a short text need not be counted.
    if text.len() > max && text.chars().count() > max {
        return Err(Invalid::TooLong { max });
    }
    Ok(())
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Bounded<MIN, MAX> {
    /// Checks and takes `number`.
    pub fn parse(number: i64) -> Result<Self, Invalid> {
        i32::try_from(number)
            .ok()
            .filter(|n| (MIN..=MAX).contains(n))
            .map(Self)
            .ok_or(Invalid::OutOfRange { min: MIN.into(), max: MAX.into() })
    }

    /// A number that is known to lie within the range: any other does not compile.
    #[must_use]
    pub const fn fixed<const NUMBER: i32>() -> Self {
        const { assert!(MIN <= NUMBER && NUMBER <= MAX) };
        Self(NUMBER)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_refuses_emptiness_and_blanks_alone() {
        assert_eq!(Line::<9>::parse(""), Err(Invalid::Empty));
        assert_eq!(Line::<9>::parse("  "), Err(Invalid::Empty));
    }

    #[test]
    fn a_line_counts_characters_and_not_bytes() {
        assert!(Line::<3>::parse("äöü").is_ok());
        assert_eq!(Line::<3>::parse("äöüß"), Err(Invalid::TooLong { max: 3 }));
    }

    #[test]
    fn prose_takes_line_breaks_and_refuses_other_control_characters() {
        assert!(Prose::<20>::parse("one\r\n\ttwo").is_ok());
        assert_eq!(Prose::<20>::parse("nul\0"), Err(Invalid::ControlCharacter));
    }

    proptest! {
        #[test]
        fn a_line_never_holds_a_control_character(text in any::<String>()) {
            if let Ok(line) = Line::<50>::parse(text) {
                prop_assert!(!line.as_str().chars().any(char::is_control));
                prop_assert!((1..=50).contains(&line.as_str().chars().count()));
            }
        }

        #[test]
        fn a_bounded_number_is_taken_exactly_within_its_range(number in any::<i64>()) {
            prop_assert_eq!(Bounded::<-5, 7>::parse(number).is_ok(), (-5..=7).contains(&number));
        }
    }
}
