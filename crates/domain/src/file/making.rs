//! Files that a job makes.

use std::collections::HashMap;

use super::service::GRACE;
use super::{Blob, File, FileLimits, FileService, NewFile, Sha256, Upload};
use crate::identity::Caller;
use crate::job::Failing;
use crate::{RecordChange, ServiceError, Timestamp};

/// For how long after its first file a job may work, in seconds: a sweep removes bytes without a record once they are
/// [`GRACE`] old, and the record comes with the end of the job.
const LONGEST: i64 = GRACE - 10 * 60;

/// Files that a job makes. Their bytes are written at once; their records with the end of the job, or not at all: then
/// a sweep removes the bytes.
pub(crate) struct Making<'a> {
    files: &'a FileService,
    caller: &'a Caller,
    limits: FileLimits,
    blobs: HashMap<Sha256, Blob>,
    changes: Vec<RecordChange>,
    since: Option<Timestamp>,
}

impl<'a> Making<'a> {
    /// No files so far. They may be as large as they become.
    pub(crate) fn new(files: &'a FileService, caller: &'a Caller) -> Self {
        Self { files, caller, limits: FileLimits::NONE, blobs: HashMap::new(), changes: Vec::new(), since: None }
    }

    /// The same with files that may be as large as those that are uploaded.
    pub(crate) fn within_limits(self) -> Self {
        Self { limits: self.files.limits, ..self }
    }

    /// Begins a file.
    pub(crate) async fn begin(&self, new: NewFile) -> Result<Upload<'a>, ServiceError> {
        self.files.begin_within(self.limits, self.caller, new).await
    }

    /// Ends a file that was begun, and answers what its record will be. Equal bytes are kept once.
    pub(crate) async fn keep(&mut self, upload: Upload<'a>) -> Result<File, ServiceError> {
        let stored = upload.store().await?;
        self.since.get_or_insert_with(|| self.files.clock.now());
        let known = match self.blobs.get(&stored.blob.sha256) {
            Some(blob) => Some(blob.clone()),
            None => self.files.files.find_blob(stored.blob.sha256.clone()).await?,
        };
        if known.is_some() {
            self.files.forget(stored.blob.key).await;
        } else {
            self.blobs.insert(stored.blob.sha256.clone(), stored.blob.clone());
        }
        let (file, changes) = stored.record(known);
        self.changes.extend(changes);
        Ok(file)
    }

    /// What writes the records of all files.
    ///
    /// # Errors
    /// Where the first file is so old that a sweep may be about to remove it.
    pub(crate) fn records(self) -> Result<Vec<RecordChange>, Failing> {
        let now = self.files.clock.now();
        match self.since {
            Some(since) if since.plus_seconds(LONGEST) < now => {
                Err(Failing::for_good("it took longer than 50 minutes to keep the files: make fewer at once"))
            }
            _ => Ok(self.changes),
        }
    }
}
