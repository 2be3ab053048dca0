//! What kinds of files there are. What a file is is seen from its content, never from what its sender says.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A media type as found in the content (RFC 9110 section 8.3.1), without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ContentType(String);

impl ContentType {
    /// The type of what nothing is known of.
    #[must_use]
    pub fn unknown() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// Checks and takes `text`, of the form `type/subtype`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let token = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        match text.split_once('/') {
            Some((main, sub)) if token(main) && token(sub) && text.len() <= 127 => Ok(Self(text.to_ascii_lowercase())),
            _ => Err(Invalid::Malformed { expected: "a media type such as image/png" }),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a file is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// Moving pictures.
    Video,
    /// A picture.
    Image,
    /// Something to read: plain text, a document.
    Script,
    /// Several files in one.
    Archive,
    /// Anything else.
    Other,
}

impl FileType {
    /// Every type.
    pub const ALL: [Self; 5] = [Self::Video, Self::Image, Self::Script, Self::Archive, Self::Other];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Image => "image",
            Self::Script => "script",
            Self::Archive => "archive",
            Self::Other => "other",
        }
    }

    /// The type of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What content of this type is used as.
    #[must_use]
    pub fn of(content: &ContentType) -> Self {
        const DOCUMENTS: [&str; 6] = [
            "application/pdf",
            "application/rtf",
            "application/msword",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/epub+zip",
        ];
        const ARCHIVES: [&str; 9] = [
            "application/zip",
            "application/gzip",
            "application/zstd",
            "application/x-tar",
            "application/x-bzip2",
            "application/x-xz",
            "application/x-7z-compressed",
            "application/vnd.rar",
            "application/x-lzip",
        ];
        let text = content.as_str();
        match text.split_once('/').map(|(main, _)| main) {
            Some("video") => Self::Video,
            Some("image") => Self::Image,
            Some("text") => Self::Script,
            _ if DOCUMENTS.contains(&text) => Self::Script,
            _ if ARCHIVES.contains(&text) => Self::Archive,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_has_two_parts_and_no_parameters() {
        assert_eq!(ContentType::parse("Image/PNG").unwrap().as_str(), "image/png");
        for bad in ["", "image", "image/", "/png", "image/png; a=b", "image/p ng", "a/b/c", "ä/b"] {
            assert!(ContentType::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_a_file_is_used_as_follows_from_its_content() {
        let used = |text| FileType::of(&ContentType::parse(text).unwrap());
        assert_eq!(used("video/mp4"), FileType::Video);
        assert_eq!(used("image/svg+xml"), FileType::Image);
        assert_eq!([used("text/plain"), used("application/pdf")], [FileType::Script; 2]);
        assert_eq!([used("application/zip"), used("application/x-tar")], [FileType::Archive; 2]);
        assert_eq!([used("audio/mpeg"), FileType::of(&ContentType::unknown())], [FileType::Other; 2]);
        for kind in FileType::ALL {
            assert_eq!(FileType::parse(kind.as_str()), Some(kind));
        }
    }
}
