//! What a folder of blobs promises.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::fs;
use std::path::Path;

use showrunner_blobs::Folder;
use showrunner_domain::Timestamp;
use showrunner_domain::file::{BlobKey, BlobStore, ByteRange};
use tempfile::TempDir;
use uuid::Uuid;

fn folder() -> (TempDir, Folder) {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::open(home.path()).unwrap();
    (home, folder)
}

fn key(number: u128) -> BlobKey {
    BlobKey::new(Uuid::from_u128(number))
}

async fn write(folder: &Folder, key: BlobKey, bytes: &[u8]) {
    let mut writer = folder.begin(key).await.unwrap();
    for some in bytes.chunks(1_000_003) {
        writer.write(some).await.unwrap();
    }
    writer.finish().await.unwrap();
}

async fn read(folder: &Folder, key: BlobKey, range: ByteRange) -> Vec<u8> {
    let mut reader = folder.open(key, range).await.unwrap();
    let mut all = Vec::new();
    while let Some(bytes) = reader.next().await.unwrap() {
        all.extend(bytes);
    }
    all
}

/// Every file in the folders of a folder.
fn files(root: &Path) -> usize {
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.map(|folder| fs::read_dir(folder).unwrap().count()).sum()
}

const LATER: &str = "2100-01-01T00:00:00Z";

#[tokio::test]
async fn what_was_written_is_read_wholly_or_in_part() {
    let (_home, folder) = folder();
    let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
    write(&folder, key(1), &bytes).await;
    assert!(read(&folder, key(1), 0..12_000_000).await == bytes);
    assert_eq!(read(&folder, key(1), 5_000_000..5_000_003).await, bytes[5_000_000..5_000_003]);
    assert_eq!(read(&folder, key(1), 7..7).await, b"");
    assert!(folder.open(key(1), 0..12_000_001).await.is_err());
    assert!(folder.open(key(2), 0..1).await.is_err());
    write(&folder, key(3), b"").await;
    assert_eq!(read(&folder, key(3), 0..0).await, b"");
}

#[tokio::test]
async fn nothing_is_there_before_the_end_and_nothing_is_left_of_what_was_broken_off() {
    let (home, folder) = folder();
    let mut writer = folder.begin(key(1)).await.unwrap();
    writer.write(&vec![7; 6_000_000]).await.unwrap();
    assert!(folder.open(key(1), 0..1).await.is_err());
    drop(writer);
    // The file is removed by a task that nobody waits for.
    while files(home.path()) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_blob_that_is_removed_is_read_to_its_end_by_who_reads_it() {
    let (_home, folder) = folder();
    write(&folder, key(1), &vec![7; 600_000]).await;
    let mut reader = folder.open(key(1), 0..600_000).await.unwrap();
    let mut count = reader.next().await.unwrap().unwrap().len();
    folder.remove(key(1)).await.unwrap();
    folder.remove(key(1)).await.unwrap();
    while let Some(bytes) = reader.next().await.unwrap() {
        count += bytes.len();
    }
    assert_eq!(count, 600_000);
    assert!(folder.open(key(1), 0..1).await.is_err());
}

#[tokio::test]
async fn a_sweep_finds_what_is_old_and_removes_what_was_never_finished() {
    let (home, folder) = folder();
    write(&folder, key(1), b"a").await;
    let mut abandoned = folder.begin(key(2)).await.unwrap();
    abandoned.write(b"b").await.unwrap();
    // As after a kill: nobody is there who would remove it.
    std::mem::forget(abandoned);
    fs::write(home.path().join("stray"), b"not ours").unwrap();
    assert_eq!(files(home.path()), 2);
    let past = Timestamp::parse("2000-01-01T00:00:00Z").unwrap();
    assert_eq!(folder.sweep(past).await.unwrap(), []);
    assert_eq!(folder.sweep(Timestamp::parse(LATER).unwrap()).await.unwrap(), [key(1)]);
    assert_eq!((files(home.path()), read(&folder, key(1), 0..1).await.as_slice()), (1, &b"a"[..]));
}
