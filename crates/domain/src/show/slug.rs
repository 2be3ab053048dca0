//! Names of shows as addresses hold them.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::Invalid;

/// The longest slug, in characters.
const LONGEST: usize = 100;

/// 1 to 100 lower-case letters `a` to `z`, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        if !text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            return Err(Invalid::Malformed { expected: "lower-case letters a to z, digits and hyphens" });
        }
        if text.len() > LONGEST {
            return Err(Invalid::TooLong { max: LONGEST });
        }
        Ok(Self(text))
    }

    /// The slug that `name` suggests: its letters and digits in lower case, with one hyphen for whatever stands between
    /// them. `None` where it has none of them, as a name in another script.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut slug = words.collect::<Vec<_>>().join("-");
        slug.truncate(LONGEST);
        let whole = slug.trim_end_matches('-');
        (!whole.is_empty()).then(|| Self(whole.to_owned()))
    }

    /// The slug of a show whose name suggests none: its identifier.
    pub(crate) fn of_id(id: Uuid) -> Self {
        Self(id.hyphenated().to_string())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slug_holds_letters_digits_and_hyphens_only() {
        assert!(Slug::parse("breaking-bad-2").is_ok() && Slug::parse("x".repeat(100)).is_ok());
        assert_eq!(Slug::parse(""), Err(Invalid::Empty));
        assert_eq!(Slug::parse("x".repeat(101)), Err(Invalid::TooLong { max: 100 }));
        for text in ["A", "a b", "a_b", "ä", "a/b", "a\n"] {
            assert!(Slug::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_suggests_its_slug() {
        let of = |name| Slug::of(name).map(|slug| slug.to_string());
        assert_eq!(of("Breaking Bad").as_deref(), Some("breaking-bad"));
        assert_eq!(of("  M*A*S*H -- (1972)! ").as_deref(), Some("m-a-s-h-1972"));
        assert_eq!(of("日本"), None);
    }

    proptest! {
        #[test]
        fn whatever_a_name_suggests_is_a_slug(name in any::<String>()) {
            if let Some(slug) = Slug::of(&name) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }

        #[test]
        fn a_long_name_is_cut(name in "[a-z ]{90,255}") {
            if let Some(slug) = Slug::of(&name) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }
    }
}
