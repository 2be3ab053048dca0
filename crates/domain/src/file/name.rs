//! Names of files.

use serde::Serialize;

use crate::{Invalid, Line};

/// What a file is called, for people: one line of at most 255 characters that leads nowhere, so without `/` and `\`, and neither
/// `.` nor `..`. Blobs are never stored under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FileName(Line<255>);

impl FileName {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let line = Line::parse(text)?;
        if line.as_str().contains(['/', '\\']) || matches!(line.as_str(), "." | "..") {
            return Err(Invalid::Malformed { expected: "a name without a path" });
        }
        Ok(Self(line))
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
}
