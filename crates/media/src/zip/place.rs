//! A place in a file of its own, so that several can be read from at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

/// Reads a file from a place of its own, and no more than it is allowed to.
pub(super) struct Place {
    file: Arc<File>,
    length: u64,
    at: u64,
    allowed: u64,
}

impl Place {
    /// The beginning of a file of `length` bytes, of which `allowed` may be read, however often the same.
    pub(super) const fn new(file: Arc<File>, length: u64, allowed: u64) -> Self {
        Self { file, length, at: 0, allowed }
    }
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        let left = self.allowed.checked_sub(count as u64);
        self.allowed = left.ok_or_else(|| io::Error::other("its table of contents is too long"))?;
        Ok(count)
    }
}

impl Seek for Place {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
