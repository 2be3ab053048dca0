//! The use cases of files.

use std::sync::Arc;

use super::{
    BlobKey, BlobReader, BlobStore, ByteRange, File, FileAfter, FileId, FileLimits, FileQuery, FileStore, Inspector,
    NewFile, Upload,
};
use crate::episode::{EpisodeStore, show_of};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit, permit_somewhere, permit_within};
use crate::show::ShowId;
use crate::writing::{Decision, Writing};
use crate::{Answered, ChangeSet, Clock, IdSource, Ledger, Page, RecordChange, ResourceKind, ServiceError, Terms};

/// For how long a blob may be there before its record, in seconds: a sweep leaves it alone for that time.
pub(super) const GRACE: i64 = 60 * 60;

/// Everything that can be done with files.
pub struct FileService {
    /// Reads records.
    pub files: Arc<dyn FileStore>,
    /// Keeps bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// Finds out what bytes are.
    pub inspector: Arc<dyn Inspector>,
    /// Reads the episodes that files are for.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Writes records.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
    /// How large files may be.
    pub limits: FileLimits,
}

impl FileService {
    /// The record of a file.
    pub async fn get(&self, caller: &Caller, id: FileId) -> Result<File, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::File)?;
        self.load(id).await
    }

    /// A page of files.
    pub async fn list(&self, caller: &Caller, query: FileQuery) -> Result<Page<File, FileAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::File)?;
        let query = FileQuery { asker: Some(caller.actor.id), ..query };
        Ok(self.files.list_files(query).await?)
    }

    /// Begins an upload.
    pub async fn begin<'a>(&'a self, caller: &'a Caller, new: NewFile) -> Result<Upload<'a>, ServiceError> {
        self.begin_within(self.limits, caller, new).await
    }

    /// Begins an upload of a file that may be as large as `limits` say.
    pub(super) async fn begin_within<'a>(
        &'a self,
        limits: FileLimits,
        caller: &'a Caller,
        new: NewFile,
    ) -> Result<Upload<'a>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::File)?;
        self.permit_upload(caller, &new).await?;
        let key = BlobKey::new(self.ids.next());
        let (writer, inspection) = (self.blobs.begin(key).await?, self.inspector.begin());
        Ok(Upload {
            service: self,
            caller,
            new,
            key,
            writer,
            inspection,
            head: Vec::new(),
            content_type: None,
            size: 0,
            limits,
        })
    }

    /// The show that a new file will be in, where the caller may write files there.
    pub(super) async fn permit_upload(&self, caller: &Caller, new: &NewFile) -> Result<Option<ShowId>, ServiceError> {
        let show = show_of(self.episodes.as_ref(), new.episode_id).await?;
        permit_within(&caller.actor, Action::Write, ResourceKind::File, show)?;
        Ok(show)
    }

    /// These bytes of a file that the caller was given. A download is told of once: when it begins at the beginning.
    pub async fn open(
        &self,
        caller: &Caller,
        file: &File,
        range: ByteRange,
    ) -> Result<Box<dyn BlobReader>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::File)?;
        let from_the_beginning = range.start == 0;
        let reader = self.blobs.open(file.blob, range).await?;
        if from_the_beginning {
            let event = file.download(&self.stamp(caller));
            self.ledger.commit(ChangeSet::from_iter([RecordChange::Occurrence(event)])).await?;
        }
        Ok(reader)
    }

    /// All bytes of a file that a caller was given, for what is made of them: that is no download.
    pub(crate) async fn content(&self, file: &File) -> Result<Box<dyn BlobReader>, ServiceError> {
        Ok(self.blobs.open(file.blob, 0..file.size).await?)
    }

    /// The same in memory, where there are at most `most` of them.
    pub(crate) async fn whole(&self, file: &File, most: u64) -> Result<Vec<u8>, ServiceError> {
        if file.size > most {
            return Err(ServiceError::TooLarge { what: file.file_type.as_str(), limit: most });
        }
        let (mut reader, mut all) = (self.content(file).await?, Vec::new());
        while let Some(bytes) = reader.next().await? {
            all.extend(bytes);
        }
        Ok(all)
    }

    /// Deletes a file for good and answers its last state.
    pub async fn delete(&self, caller: &Caller, id: FileId, terms: &Terms) -> Result<Answered<File>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::File)?;
        let decide = |file: File| {
            permit_within(&caller.actor, Action::Write, ResourceKind::File, file.show_id)?;
            Ok(Decision::Write(file.delete(&self.stamp(caller))))
        };
        let writing = Writing { ledger: self.ledger.as_ref(), terms };
        let answered = writing.change(|| self.load(id), decide).await?;
        if let Answered::Now(file) = &answered
            && self.files.blobs_in_use(vec![file.blob]).await?.is_empty()
        {
            self.forget(file.blob).await;
        }
        Ok(answered)
    }

    /// Removes blobs that no file needs: those whose upload was broken off, and those whose files are gone. Answers how many.
    pub async fn sweep(&self) -> Result<usize, ServiceError> {
        let keys = self.blobs.sweep(self.clock.now().plus_seconds(-GRACE)).await?;
        let mut removed = 0;
        for some in keys.chunks(500) {
            let in_use = self.files.blobs_in_use(some.to_vec()).await?;
            for key in some.iter().filter(|key| !in_use.contains(key)) {
                self.blobs.remove(*key).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Removes a blob that no record knows. Where that fails, a sweep does it later.
    pub(super) async fn forget(&self, key: BlobKey) {
        let _ = self.blobs.remove(key).await;
    }

    async fn load(&self, id: FileId) -> Result<File, ServiceError> {
        self.files.find_file(id).await?.ok_or(ServiceError::NotFound { kind: ResourceKind::File })
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}
