//! Names of files.

use serde::Serialize;

use crate::{Invalid, Line};

/// The longest name, in characters.
const LONGEST: usize = 255;

/// What a file is called, for people: one line of at most 255 characters that leads nowhere, so without `/` and `\`, and neither
/// `.` nor `..`. Blobs are never stored under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FileName(Line<LONGEST>);

impl FileName {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let line = Line::parse(text)?;
        if line.as_str().contains(['/', '\\']) || matches!(line.as_str(), "." | "..") {
            return Err(Invalid::Malformed { expected: "a name without a path" });
        }
        Ok(Self(line))
    }

    /// A name that is known to be one.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(Line::fixed(text))
    }

    /// The same name with `ending` in place of what stands behind its last dot, and cut where it would be too long.
    pub(crate) fn with_ending(&self, ending: &str) -> Self {
        let stem = match self.as_str().rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.as_str(),
        };
        let kept = LONGEST.saturating_sub(ending.chars().count());
        let name: String = stem.chars().take(kept).chain(ending.chars()).collect();
        Self::parse(name).unwrap_or_else(|_| self.clone())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        for good in ["pilot.png", "…", ".hidden", "a..b", "画像.png", "a b", "😀"] {
            assert_eq!(FileName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", ".", "..", "../etc/passwd", "a/b", "a\\b", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(FileName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_ending_takes_the_place_of_another_one() {
        let long = "ä".repeat(254);
        for (name, expected) in [
            ("pilot.mov", "pilot-320.jpg"),
            ("pilot", "pilot-320.jpg"),
            ("a.b.mov", "a.b-320.jpg"),
            (".hidden", ".hidden-320.jpg"),
            (&long, &format!("{}-320.jpg", "ä".repeat(247))),
        ] {
            assert_eq!(FileName::parse(name).unwrap().with_ending("-320.jpg").as_str(), expected);
        }
    }
}
