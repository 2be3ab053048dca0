//! What tests of jobs work with: files in memory, and a job that somebody wanted.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Blob, BlobError, BlobKey, BlobReader, BlobWriter, ContentType, File, FileId, FileLimits, FileName, FileService,
    Inspection, NewFile, Sha256,
};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::identity::{Bearer, Email, NewUser, OnBehalf, Role, User, UserId};
use crate::job::{Done, Job, JobId, JobType, NewJob, Progress, ProgressMessage, Reporter};
use crate::mocks::{
    MockBlobStore, MockClock, MockEpisodeStore, MockFileStore, MockIdSource, MockInspector, MockLedger, MockUserStore,
};
use crate::{Line, RecordChange, Timestamp};

type Bytes = Arc<Mutex<HashMap<BlobKey, Vec<u8>>>>;

/// A file service over memory.
#[derive(Clone, Default)]
pub(crate) struct Studio {
    records: Arc<Mutex<Vec<File>>>,
    bytes: Bytes,
    now: Arc<Mutex<i64>>,
}

fn digest(bytes: &[u8]) -> Sha256 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Sha256::parse(format!("{:064x}", hasher.finish())).unwrap()
}

fn content_type(head: &[u8]) -> ContentType {
    let kinds = [("JPEG", "image/jpeg"), ("MP4", "video/mp4"), ("ZIP", "application/zip"), ("BIN", "application/x")];
    let kind = kinds.iter().find(|(start, _)| head.starts_with(start.as_bytes()));
    ContentType::parse(kind.map_or("text/plain", |(_, kind)| kind)).unwrap()
}

fn stamp() -> Stamp {
    let now = Timestamp::from_micros(0).unwrap();
    Stamp { id: EventId::new(Uuid::from_u128(9)), now, actor: ActorStamp::system(), origin: Origin::default() }
}

impl Studio {
    /// Puts a file there, with a blob of its own.
    pub(crate) fn with(&self, name: &str, bytes: &[u8]) -> FileId {
        let number = 1_000 + self.records.lock().unwrap().len() as u128;
        let (id, key) = (FileId::new(Uuid::from_u128(number)), BlobKey::new(Uuid::from_u128(number)));
        let blob = Blob { key, sha256: digest(bytes), size: bytes.len() as u64 };
        let new = NewFile { name: FileName::parse(name).unwrap(), episode_id: None };
        let change = File::create(id, new, content_type(bytes), blob, None, &stamp());
        self.records.lock().unwrap().push(change.state().clone());
        self.bytes.lock().unwrap().insert(key, bytes.to_vec());
        id
    }

    /// Lets seconds go by.
    pub(crate) fn wait(&self, seconds: i64) {
        *self.now.lock().unwrap() += seconds;
    }

    /// How many blobs there are.
    pub(crate) fn blobs(&self) -> usize {
        self.bytes.lock().unwrap().len()
    }

    /// The service. Pictures may have 100 bytes and anything else 1,000.
    pub(crate) fn files(&self) -> Arc<FileService> {
        let (mut files, mut blobs, mut inspector) = (MockFileStore::new(), MockBlobStore::new(), MockInspector::new());
        let records = self.records.clone();
        files
            .expect_find_file()
            .returning(move |id| Ok(records.lock().unwrap().iter().find(|file| file.id == id).cloned()));
        let records = self.records.clone();
        files.expect_find_blob().returning(move |sha256| {
            let records = records.lock().unwrap();
            let file = records.iter().find(|file| file.sha256 == sha256);
            Ok(file.map(|file| Blob { key: file.blob, sha256, size: file.size }))
        });
        let bytes = self.bytes.clone();
        blobs
            .expect_begin()
            .returning(move |key| Ok(Box::new(Memory { key, written: Vec::new(), bytes: bytes.clone() })));
        let bytes = self.bytes.clone();
        blobs.expect_open().returning(move |key, _| Ok(reader(&[&bytes.lock().unwrap()[&key]])));
        let bytes = self.bytes.clone();
        blobs.expect_remove().returning(move |key| {
            bytes.lock().unwrap().remove(&key);
            Ok(())
        });
        inspector.expect_begin().returning(|| Box::new(Digesting(Vec::new())));
        inspector.expect_content_type().returning(content_type);
        Arc::new(FileService {
            files: Arc::new(files),
            blobs: Arc::new(blobs),
            inspector: Arc::new(inspector),
            episodes: Arc::new(MockEpisodeStore::new()),
            ledger: Arc::new(MockLedger::new()),
            clock: Arc::new(self.clock()),
            ids: Arc::new(ids()),
            limits: FileLimits { video: 1_000, image: 100, script: 1_000, archive: 1_000, other: 1_000 },
        })
    }

    pub(crate) fn clock(&self) -> MockClock {
        let (mut clock, now) = (MockClock::new(), self.now.clone());
        clock.expect_now().returning(move || Timestamp::from_micros(*now.lock().unwrap() * 1_000_000).unwrap());
        clock
    }

    /// Lets jobs be done on behalf of a user of this role.
    pub(crate) fn on_behalf(&self, role: Role) -> OnBehalf {
        let mut users = MockUserStore::new();
        users.expect_find_bearer().returning(move |id, _, _| {
            let new = NewUser { email: Email::parse("e@example.com").unwrap(), name: Line::parse("E").unwrap(), role };
            let user = User::create(id, new, &stamp()).state().clone();
            Ok(Some(Bearer { user, memberships: Vec::new() }))
        });
        OnBehalf { users: Arc::new(users), clock: Arc::new(self.clock()) }
    }

    /// The files that a job has made: their names, and their bytes where a blob is there for each.
    pub(crate) fn made(&self, done: &Done) -> Vec<(String, Vec<u8>)> {
        let bytes = self.bytes.lock().unwrap();
        let files = done.more.iter().filter_map(|change| match change {
            RecordChange::File(change) => Some(change.state()),
            _ => None,
        });
        files.map(|file| (file.name.as_str().to_owned(), bytes[&file.blob].clone())).collect()
    }
}

/// How many new blobs a job has made.
pub(crate) fn new_blobs(done: &Done) -> usize {
    done.more.iter().filter(|change| matches!(change, RecordChange::Blob(_))).count()
}

/// Identifiers, one after the other.
pub(crate) fn ids() -> MockIdSource {
    let (mut ids, last) = (MockIdSource::new(), AtomicU64::new(1));
    ids.expect_next().returning(move || Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
    ids
}

/// A job with this payload, wanted by an administrator.
pub(crate) fn job(payload: Value) -> Job {
    let Value::Object(payload) = payload else { panic!("{payload}") };
    let new = NewJob { payload, ..NewJob::of(JobType::parse("test").unwrap()) };
    let mut job = Job::create(JobId::new(Uuid::from_u128(1)), new, None, &stamp()).state().clone();
    job.created_by = Some(UserId::new(Uuid::from_u128(5)));
    job.granted = Some(Role::Admin);
    job
}

/// Reads these pieces.
pub(crate) fn reader(pieces: &[&[u8]]) -> Box<dyn BlobReader> {
    Box::new(Pieces(pieces.iter().map(|piece| Ok(piece.to_vec())).collect()))
}

/// Reads this piece, and then fails.
pub(crate) fn breaking(piece: &[u8]) -> Box<dyn BlobReader> {
    Box::new(Pieces(VecDeque::from([Ok(piece.to_vec()), Err(BlobError::new("it is damaged"))])))
}

struct Pieces(VecDeque<Result<Vec<u8>, BlobError>>);

#[async_trait]
impl BlobReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.pop_front().transpose()
    }
}

struct Memory {
    key: BlobKey,
    written: Vec<u8>,
    bytes: Bytes,
}

#[async_trait]
impl BlobWriter for Memory {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.written.extend_from_slice(bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), BlobError> {
        self.bytes.lock().unwrap().insert(self.key, self.written);
        Ok(())
    }
}

struct Digesting(Vec<u8>);

impl Inspection for Digesting {
    fn take(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn digest(self: Box<Self>) -> Sha256 {
        digest(&self.0)
    }
}

/// Keeps how far it is told to be.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<i32>>);

impl Told {
    pub(crate) fn so_far(&self) -> Vec<i32> {
        self.0.lock().unwrap().clone()
    }
}

impl Reporter for Told {
    fn report(&self, progress: Progress, _message: Option<ProgressMessage>) {
        self.0.lock().unwrap().push(progress.get());
    }
}
