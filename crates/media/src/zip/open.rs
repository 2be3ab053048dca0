//! An archive in hand, and unpacking what is in it.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::file::{BlobError, BlobReader};
use showrunner_domain::media::{ArchiveEntry, MediaError, OpenArchive};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use zip::read::{OwnedZipFileEntry, ZipReadOptions};

use super::entries::Listed;
use super::place::Place;

/// How many bytes are unpacked at once.
const CHUNK: usize = 256 * 1024;
/// How many such pieces may wait for whoever reads.
const WAITING: usize = 2;

/// What an archive says of one of its files.
pub(super) type Packed = OwnedZipFileEntry;

pub(super) struct Opened {
    file: Arc<File>,
    length: u64,
    entries: Vec<ArchiveEntry>,
    packed: Vec<Arc<Packed>>,
}

impl Opened {
    pub(super) fn new(file: Arc<File>, length: u64, listed: Vec<Listed>) -> Self {
        let (entries, packed) = listed.into_iter().map(|(entry, packed)| (entry, Arc::new(packed))).unzip();
        Self { file, length, entries, packed }
    }
}

#[async_trait]
impl OpenArchive for Opened {
    fn entries(&self) -> &[ArchiveEntry] {
        &self.entries
    }

    async fn read(&self, entry: usize) -> Result<Box<dyn BlobReader>, MediaError> {
        let packed = self.packed.get(entry).cloned().ok_or_else(|| MediaError::failed("there is no such entry"))?;
        let place = Place::new(self.file.clone(), self.length, u64::MAX);
        let (pieces, unpacked) = channel(WAITING);
        spawn_blocking(move || {
            if let Err(error) = unpack(&packed, place, &pieces) {
                // Nobody may be left to be told.
                let _ = pieces.blocking_send(Err(error));
            }
        });
        Ok(Box::new(Unpacked(unpacked)))
    }
}

/// Sends all that is in an entry, piece by piece, until nobody waits for more.
fn unpack(packed: &Packed, mut place: Place, pieces: &Sender<io::Result<Vec<u8>>>) -> io::Result<()> {
    let mut content = packed.as_ref().with_reader(&mut place, ZipReadOptions::new())?;
    let mut left = packed.size();
    loop {
        let mut piece = Vec::with_capacity(CHUNK);
        content.by_ref().take(CHUNK as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return if left == 0 { Ok(()) } else { Err(io::Error::other("less is in it than it says")) };
        }
        let more = || io::Error::other("more is in it than it says");
        left = left.checked_sub(piece.len() as u64).ok_or_else(more)?;
        if pieces.blocking_send(Ok(piece)).is_err() {
            return Ok(());
        }
    }
}

/// Reads what another thread unpacks.
struct Unpacked(Receiver<io::Result<Vec<u8>>>);

#[async_trait]
impl BlobReader for Unpacked {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.recv().await.transpose().map_err(BlobError::new)
    }
}
