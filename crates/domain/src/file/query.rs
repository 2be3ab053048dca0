//! Which files a list holds. Lists are sorted by when files came, the newest first.

use serde::{Deserialize, Serialize};

use super::{File, FileId, FileType};
use crate::episode::EpisodeId;
use crate::identity::UserId;
use crate::{Limit, Line, Timestamp};

/// What a list of files is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileQuery {
    /// Which files.
    pub filter: FileFilter,
    /// From where on; `None` for the first page.
    pub after: Option<FileAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// Which files a list holds: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// Used as this.
    pub file_type: Option<FileType>,
    /// For this episode.
    pub episode_id: Option<EpisodeId>,
    /// With this text in the name, whatever the case.
    pub q: Option<Line<255>>,
}

/// The place behind a file in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAfter {
    /// When the file came.
    pub created_at: Timestamp,
    /// The file.
    pub id: FileId,
}

impl FileAfter {
    /// The place behind `file`.
    #[must_use]
    pub const fn of(file: &File) -> Self {
        Self { created_at: file.created_at, id: file.id }
    }
}
