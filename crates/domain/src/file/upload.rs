//! An upload on its way: bytes go to the blob store as they come, and a record is made when the last is durable.

use super::{
    Blob, BlobError, BlobKey, BlobWriter, ContentType, File, FileId, FileService, FileType, Inspection, NewFile,
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
    pub(super) show_id: Option<ShowId>,
    pub(super) key: BlobKey,
    pub(super) writer: Box<dyn BlobWriter>,
    pub(super) inspection: Box<dyn Inspection>,
    /// The first bytes, until they suffice to say what the content is.
    pub(super) head: Vec<u8>,
    pub(super) content_type: Option<ContentType>,
    pub(super) size: u64,
}

impl Upload<'_> {
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

    /// Makes the record, once every byte is durable. Bytes that are there already are not kept twice.
    pub async fn finish(mut self) -> Result<File, ServiceError> {
        let content_type = self.look();
        self.check(FileType::of(&content_type))?;
        self.writer.finish().await?;
        let (service, key, size) = (self.service, self.key, self.size);
        let sha256 = self.inspection.digest();
        let id = FileId::new(service.ids.next());
        for _ in 0..RACES {
            let known = service.files.find_blob(sha256.clone()).await?;
            let new = known.is_none().then(|| Blob { key, sha256: sha256.clone(), size });
            let Some(blob) = known.or_else(|| new.clone()) else { continue };
            let stamp = Stamp::of(self.caller, service.ids.as_ref(), service.clock.now());
            let change = File::create(id, self.new.clone(), content_type.clone(), blob, self.show_id, &stamp);
            let file = change.state().clone();
            let set = new.map(RecordChange::Blob).into_iter().chain([RecordChange::File(change)]).collect();
            match service.ledger.commit(set).await {
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

    /// Says what the content is, by what has come of it.
    fn look(&mut self) -> ContentType {
        let head = std::mem::take(&mut self.head);
        self.content_type.get_or_insert_with(|| self.service.inspector.content_type(&head)).clone()
    }

    fn check(&self, kind: FileType) -> Result<(), ServiceError> {
        let limit = self.service.limits.of(kind);
        if self.size <= limit { Ok(()) } else { Err(ServiceError::TooLarge { what: kind.as_str(), limit }) }
    }
}

impl From<BlobError> for ServiceError {
    fn from(error: BlobError) -> Self {
        Self::Unavailable(crate::StoreError::new(error))
    }
}
