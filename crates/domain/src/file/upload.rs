//! An upload on its way: bytes go to the blob store as they come, and a record is made when the last is durable.

use super::{
    Blob, BlobError, BlobKey, BlobReader, BlobWriter, ContentType, File, FileId, FileLimits, FileService, FileType,
    Inspection, NewFile,
};
use crate::event::Stamp;
use crate::identity::Caller;
use crate::show::ShowId;
use crate::{CommitError, RecordChange, ServiceError};

/// How many bytes of the beginning say what the content is.
const HEAD: usize = 8 * 1024;
/// How often the race for one digest is run before the caller is told.
const RACES: usize = 10;

/// An upload on its way. One that is dropped before it has finished leaves nothing behind.
pub struct Upload<'a> {
    pub(super) service: &'a FileService,
    pub(super) caller: &'a Caller,
    pub(super) new: NewFile,
    pub(super) key: BlobKey,
    pub(super) writer: Box<dyn BlobWriter>,
    pub(super) inspection: Box<dyn Inspection>,
    /// The first bytes, until they suffice to say what the content is.
    pub(super) head: Vec<u8>,
    pub(super) content_type: Option<ContentType>,
    pub(super) size: u64,
    pub(super) limits: FileLimits,
}

/// A file whose bytes are durable, before it has a record.
pub(super) struct Stored<'a> {
    service: &'a FileService,
    caller: &'a Caller,
    id: FileId,
    new: NewFile,
    show_id: Option<ShowId>,
    content_type: ContentType,
    /// The bytes, as nobody knows them yet.
    pub(super) blob: Blob,
}

impl<'a> Upload<'a> {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`ServiceError::TooLarge`] where a file of this kind may not have so many.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ServiceError> {
        if self.content_type.is_none() {
            let wanted = HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..bytes.len().min(wanted)]);
            if self.head.len() == HEAD {
                self.look();
            }
        }
        self.size = self.size.saturating_add(bytes.len() as u64);
        if let Some(content_type) = &self.content_type {
            self.check(FileType::of(content_type))?;
        }
        self.inspection.take(bytes);
        Ok(self.writer.write(bytes).await?)
    }

    /// Takes all bytes that `reader` gives.
    pub(crate) async fn write_all(&mut self, mut reader: Box<dyn BlobReader>) -> Result<(), ServiceError> {
        while let Some(bytes) = reader.next().await? {
            self.write(&bytes).await?;
        }
        Ok(())
    }

    /// Makes the record, once every byte is durable. Bytes that are there already are not kept twice.
    pub async fn finish(self) -> Result<File, ServiceError> {
        let stored = self.store().await?;
        let (service, key) = (stored.service, stored.blob.key);
        for _ in 0..RACES {
            let known = service.files.find_blob(stored.blob.sha256.clone()).await?;
            let (file, changes) = stored.record(known);
            match service.ledger.commit(changes.into_iter().collect()).await {
                Ok(_) => {
                    if file.blob != key {
                        service.forget(key).await;
                    }
                    return Ok(file);
                }
                // The same bytes came at the same time, or went.
                Err(CommitError::AlreadyExists { .. } | CommitError::Stale) => {}
                // Whether the record was written may be unknown, so the bytes stay. Where no record needs them, a sweep will see.
                Err(error) => return Err(error.into()),
            }
        }
        service.forget(key).await;
        Err(CommitError::Stale.into())
    }

    /// Answers when every byte is durable.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where the caller may not write files of the episode's show any more.
    pub(super) async fn store(mut self) -> Result<Stored<'a>, ServiceError> {
        let content_type = self.look();
        self.check(FileType::of(&content_type))?;
        self.writer.finish().await?;
        let Self { service, caller, new, key, inspection, size, .. } = self;
        // Bytes may have come for hours, and the episode may have come to another show meanwhile.
        let show_id = service.permit_upload(caller, &new).await?;
        let blob = Blob { key, sha256: inspection.digest(), size };
        Ok(Stored { service, caller, id: FileId::new(service.ids.next()), new, show_id, content_type, blob })
    }

    /// Says what the content is, by what has come of it.
    fn look(&mut self) -> ContentType {
        let head = std::mem::take(&mut self.head);
        self.content_type.get_or_insert_with(|| self.service.inspector.content_type(&head)).clone()
    }

    fn check(&self, kind: FileType) -> Result<(), ServiceError> {
        let limit = self.limits.of(kind);
        if self.size <= limit { Ok(()) } else { Err(ServiceError::TooLarge { what: kind.as_str(), limit }) }
    }
}

impl Stored<'_> {
    /// The file, and what writes its record: with the blob that is `known` to have these bytes, or else with a new one.
    pub(super) fn record(&self, known: Option<Blob>) -> (File, Vec<RecordChange>) {
        let new = known.is_none().then(|| RecordChange::Blob(self.blob.clone()));
        let blob = known.unwrap_or_else(|| self.blob.clone());
        let stamp = Stamp::of(self.caller, self.service.ids.as_ref(), self.service.clock.now());
        let change = File::create(self.id, self.new.clone(), self.content_type.clone(), blob, self.show_id, &stamp);
        let file = change.state().clone();
        (file, new.into_iter().chain([RecordChange::File(change)]).collect())
    }
}

impl From<BlobError> for ServiceError {
    fn from(error: BlobError) -> Self {
        Self::Unavailable(crate::StoreError::new(error))
    }
}
