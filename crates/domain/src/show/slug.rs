//! Names of shows as addresses hold them.

use std::fmt;

use deunicode::deunicode;
use serde::Serialize;
use uuid::Uuid;

use crate::Invalid;

/// The longest slug, in characters.
const LONGEST: usize = 100;

/// 1 to 100 lower-case letters `a` to `z`, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

    /// The slug that a show of this name gets where none is given: the name's letters and digits in ASCII and lower case,
    /// other scripts transliterated, with one hyphen for whatever stands between them; the identifier where the name has none.
    ///
    /// Different names may suggest one slug: it addresses a show and never says which show is meant.
    pub(crate) fn suggested(name: &str, id: Uuid) -> Self {
        let ascii = deunicode(name).to_ascii_lowercase();
        let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug = cut(&words.collect::<Vec<_>>().join("-"), LONGEST);
        if slug.is_empty() { Self(id.hyphenated().to_string()) } else { Self(slug) }
    }

    /// Slugs to try where this one is taken, the nicest first.
    pub(crate) fn alternatives(&self) -> Vec<Self> {
        (2..10).map(|number| self.with_suffix(&number.to_string())).collect()
    }

    /// This slug, made unique by the random part of the show's identifier.
    pub(crate) fn unique(&self, id: Uuid) -> Self {
        self.with_suffix(&format!("{:012x}", id.as_u128() & 0xffff_ffff_ffff))
    }

    fn with_suffix(&self, suffix: &str) -> Self {
        Self(format!("{}-{suffix}", cut(&self.0, LONGEST - suffix.len() - 1)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// At most `longest` bytes of ASCII text, without a hyphen at the end.
fn cut(slug: &str, longest: usize) -> String {
    slug[..slug.len().min(longest)].trim_end_matches('-').to_owned()
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

    const ID: Uuid = Uuid::from_u128(0x0123_4567_89ab_7def_8123_4567_89ab_cdef);

    #[test]
    fn a_name_suggests_its_slug_in_any_script() {
        for (name, slug) in [
            ("Breaking Bad", "breaking-bad"),
            ("  M*A*S*H -- (1972)! ", "m-a-s-h-1972"),
            ("Élan", "elan"),
            ("Straße", "strasse"),
            ("Слово пацана", "slovo-patsana"),
            ("相棒 Season 9", "xiang-bang-season-9"),
            ("***", "01234567-89ab-7def-8123-456789abcdef"),
        ] {
            assert_eq!(Slug::suggested(name, ID).as_str(), slug);
        }
    }

    #[test]
    fn a_taken_slug_has_alternatives_of_its_own_length() {
        let slug = Slug::parse("learn-c").unwrap();
        assert_eq!((slug.alternatives()[0].as_str(), slug.alternatives().len()), ("learn-c-2", 8));
        assert_eq!(slug.unique(ID).as_str(), "learn-c-456789abcdef");
        let long = Slug::parse("x".repeat(100)).unwrap();
        assert_eq!((long.alternatives()[0].as_str().len(), long.unique(ID).as_str().len()), (100, 100));
    }

    proptest! {
        #[test]
        fn whatever_a_name_suggests_is_a_slug(name in any::<String>()) {
            let slug = Slug::suggested(&name, ID);
            for slug in slug.alternatives().into_iter().chain([slug.unique(ID), slug]) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }

        #[test]
        fn a_long_name_is_cut(name in "[a-z ]{90,255}") {
            let slug = Slug::suggested(&name, ID);
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }
    }
}
