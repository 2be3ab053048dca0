//! Files: bytes are noted once, kept while a file needs them, and found by their digest.

use std::sync::Arc;

use futures_util::future::join_all;
use showrunner_domain::file::{BlobKey, File, FileFilter, FileId, FileName, FileQuery, FileService, FileType, NewFile};
use showrunner_domain::file::{ContentType, FileLimits, Sha256};
use showrunner_domain::mocks::{MockBlobStore, MockBlobWriter, MockInspection, MockInspector};
use showrunner_domain::{Limit, Line, ServiceError, Terms};

use super::on_both_stores;
use crate::world::{Ids, World, editor, next_id, now};

on_both_stores!(
    a_file_is_found_as_it_was_written,
    equal_bytes_are_noted_once_also_when_they_come_at_the_same_time,
    bytes_are_in_use_until_their_last_file_is_deleted,
    files_are_listed_by_what_they_are_and_how_they_are_called,
);

/// The service on this store, with bytes that go nowhere. Their digest is their first byte, again and again.
pub(crate) fn files_on(world: &World) -> FileService {
    let mut blobs = MockBlobStore::new();
    blobs.expect_begin().returning(|_| {
        let mut writer = MockBlobWriter::new();
        writer.expect_write().returning(|_| Ok(()));
        writer.expect_finish().returning(|| Ok(()));
        Ok(Box::new(writer))
    });
    blobs.expect_remove().returning(|_| Ok(()));
    let mut inspector = MockInspector::new();
    inspector.expect_begin().returning(|| {
        let first = Arc::new(std::sync::atomic::AtomicU8::new(0));
        let told = first.clone();
        let mut inspection = MockInspection::new();
        inspection.expect_take().returning(move |bytes| first.store(bytes[0], std::sync::atomic::Ordering::Relaxed));
        inspection.expect_digest().returning(move || {
            let byte = told.load(std::sync::atomic::Ordering::Relaxed);
            Sha256::parse(format!("{byte:02x}").repeat(32)).unwrap()
        });
        Box::new(inspection)
    });
    inspector.expect_content_type().returning(|_| ContentType::parse("image/png").unwrap());
    FileService {
        files: world.ports.files.clone(),
        blobs: Arc::new(blobs),
        inspector: Arc::new(inspector),
        episodes: world.ports.episodes.clone(),
        ledger: world.ports.ledger.clone(),
        clock: world.clock.clone(),
        ids: Arc::new(Ids),
        limits: FileLimits::default(),
    }
}

pub(crate) async fn upload(files: &FileService, name: &str, bytes: &[u8]) -> File {
    let caller = editor();
    let new = NewFile { name: FileName::parse(name).unwrap(), episode_id: None };
    let mut upload = files.begin(&caller, new).await.unwrap();
    upload.write(bytes).await.unwrap();
    upload.finish().await.unwrap()
}

async fn a_file_is_found_as_it_was_written(world: World) {
    let files = files_on(&world);
    let file = upload(&files, "Hôst 画像.png", b"abc").await;
    assert_eq!((file.size, file.file_type, file.content_type.as_str()), (3, FileType::Image, "image/png"));
    assert_eq!(files.get(&editor(), file.id).await.unwrap(), file);
    let missing = files.get(&editor(), FileId::new(next_id())).await;
    assert!(matches!(missing, Err(ServiceError::NotFound { .. })));
    let names: Vec<String> = world.log().await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["file_uploaded"]);
}

async fn equal_bytes_are_noted_once_also_when_they_come_at_the_same_time(world: World) {
    let files = files_on(&world);
    let names: Vec<String> = (0..10).map(|number| format!("{number}.png")).collect();
    let same = join_all(names.iter().map(|name| upload(&files, name, b"same"))).await;
    let other = upload(&files, "other.png", b"other").await;
    let keys: std::collections::HashSet<BlobKey> = same.iter().map(|file| file.blob).collect();
    assert_eq!(keys.len(), 1);
    assert!(!keys.contains(&other.blob));
    let found = world.ports.files.find_blob(other.sha256).await.unwrap().unwrap();
    assert_eq!((found.key, found.size), (other.blob, 5));
    let asked = vec![same[0].blob, other.blob, BlobKey::new(next_id())];
    let mut used = world.ports.files.blobs_in_use(asked).await.unwrap();
    used.sort_unstable();
    let mut expected = vec![same[0].blob, other.blob];
    expected.sort_unstable();
    assert_eq!(used, expected);
}

async fn bytes_are_in_use_until_their_last_file_is_deleted(world: World) {
    let files = files_on(&world);
    let (one, two) = (upload(&files, "1.png", b"same").await, upload(&files, "2.png", b"same").await);
    let in_use = async || !world.ports.files.blobs_in_use(vec![one.blob]).await.unwrap().is_empty();
    now(files.delete(&editor(), one.id, &Terms::default()).await.unwrap());
    assert!(in_use().await);
    now(files.delete(&editor(), two.id, &Terms::default()).await.unwrap());
    assert!(!in_use().await);
    let again = files.delete(&editor(), two.id, &Terms::default()).await;
    assert!(matches!(again, Err(ServiceError::NotFound { .. })), "{again:?}");
    assert_ne!(upload(&files, "3.png", b"same").await.blob, one.blob);
}

async fn files_are_listed_by_what_they_are_and_how_they_are_called(world: World) {
    let files = files_on(&world);
    for number in 0..5_u8 {
        upload(&files, &format!("Frame {number}.PNG"), &[number]).await;
    }
    let list = async |filter| {
        let query = FileQuery { filter, limit: Limit::parse(2).unwrap(), total: true, ..FileQuery::default() };
        let first = files.list(&editor(), query.clone()).await.unwrap();
        let mut names: Vec<String> = first.items.iter().map(|file| file.name.as_str().to_owned()).collect();
        if first.next.is_some() {
            let next = files.list(&editor(), FileQuery { after: first.next, ..query }).await.unwrap();
            names.extend(next.items.iter().map(|file| file.name.as_str().to_owned()));
        }
        (first.total.unwrap(), names)
    };
    let (total, names) = list(FileFilter::default()).await;
    assert_eq!(
        (total, &names[..]),
        (5, &["Frame 4.PNG", "Frame 3.PNG", "Frame 2.PNG", "Frame 1.PNG"].map(str::to_owned)[..])
    );
    let videos = FileFilter { file_type: Some(FileType::Video), ..FileFilter::default() };
    assert_eq!(list(videos).await.0, 0);
    let by_name = FileFilter { q: Some(Line::parse("3.png").unwrap()), ..FileFilter::default() };
    assert_eq!(list(by_name).await, (1, vec!["Frame 3.PNG".to_owned()]));
}
