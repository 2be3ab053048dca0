//! How large files may be.

use super::FileType;

const MIB: u64 = 1024 * 1024;

/// The most bytes that a file of each type may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// For videos.
    pub video: u64,
    /// For pictures.
    pub image: u64,
    /// For what is read.
    pub script: u64,
    /// For archives.
    pub archive: u64,
    /// For anything else.
    pub other: u64,
}

impl Default for FileLimits {
    /// 10 GiB for videos and archives, 25 MiB for pictures, 5 MiB for what is read, 1 GiB for anything else.
    fn default() -> Self {
        Self { video: 10_240 * MIB, image: 25 * MIB, script: 5 * MIB, archive: 10_240 * MIB, other: 1_024 * MIB }
    }
}

impl FileLimits {
    /// No limits, for what jobs make.
    pub(super) const NONE: Self =
        Self { video: u64::MAX, image: u64::MAX, script: u64::MAX, archive: u64::MAX, other: u64::MAX };

    /// The limit for files of this type, to set it.
    pub const fn of_mut(&mut self, kind: FileType) -> &mut u64 {
        match kind {
            FileType::Video => &mut self.video,
            FileType::Image => &mut self.image,
            FileType::Script => &mut self.script,
            FileType::Archive => &mut self.archive,
            FileType::Other => &mut self.other,
        }
    }

    /// The limit for files of this type, in bytes.
    #[must_use]
    pub const fn of(&self, kind: FileType) -> u64 {
        match kind {
            FileType::Video => self.video,
            FileType::Image => self.image,
            FileType::Script => self.script,
            FileType::Archive => self.archive,
            FileType::Other => self.other,
        }
    }
}
