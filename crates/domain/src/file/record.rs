//! The file record and its values.

use serde::Serialize;

use super::{BlobKey, ContentType, FileName, FileType};
use crate::episode::EpisodeId;
use crate::id::id;
use crate::identity::UserId;
use crate::show::ShowId;
use crate::writing::Versioned;
use crate::{Invalid, Timestamp, Version};

id! {
    /// Identifies a file.
    FileId
}

/// A SHA-256 digest (FIPS 180-4) as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Sha256(String);

impl Sha256 {
    /// Checks and takes `text`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits && text.len() == 64 {
            return Ok(Self(text));
        }
        Err(Invalid::Malformed { expected: "64 lower-case hexadecimal digits" })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes in the blob store. Files with the same bytes share them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Where they lie.
    pub key: BlobKey,
    /// What they are.
    pub sha256: Sha256,
    /// How many.
    pub size: u64,
}

/// What somebody says of a file that they upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// What it is called.
    pub name: FileName,
    /// The episode that it is for.
    pub episode_id: Option<EpisodeId>,
}

/// The canonical record of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct File {
    /// The identifier.
    pub id: FileId,
    /// What it is called.
    pub name: FileName,
    /// What it is used as.
    pub file_type: FileType,
    /// Its media type, as found in its content.
    pub content_type: ContentType,
    /// How many bytes it has.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// The episode that it is for.
    pub episode_id: Option<EpisodeId>,
    /// The show of that episode, as it is now: who may see and delete the file follows from it.
    #[serde(skip)]
    pub show_id: Option<ShowId>,
    /// Where its bytes lie.
    #[serde(skip)]
    pub blob: BlobKey,
    /// Who uploaded it; `null` for what the system has made.
    pub created_by: Option<UserId>,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

impl File {
    /// Its bytes.
    #[must_use]
    pub fn blob(&self) -> Blob {
        Blob { key: self.blob, sha256: self.sha256.clone(), size: self.size }
    }
}

impl Versioned for File {
    fn version(&self) -> Version {
        self.version
    }
}
