//! Archives that are as they should be, read and written.

use showrunner_domain::file::BlobReader;
use showrunner_domain::media::{ArchiveTool as _, MediaError, OpenArchive};
use showrunner_media::Zip;
use tempfile::TempDir;

use crate::samples::{Pieces, all, count, zip};

pub(crate) fn tool() -> (TempDir, Zip) {
    let folder = tempfile::tempdir().unwrap();
    let tool = Zip::new(folder.path().to_owned());
    (folder, tool)
}

pub(crate) async fn open(archive: &[u8]) -> Result<Box<dyn OpenArchive>, MediaError> {
    tool().1.open(Pieces::of(archive), archive.len() as u64).await
}

pub(crate) fn names(archive: &dyn OpenArchive) -> Vec<&str> {
    archive.entries().iter().map(|entry| entry.name.as_str()).collect()
}

#[tokio::test]
async fn files_come_out_as_they_went_in_without_folders_and_leavings() {
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(n) % 251) as u8).collect();
    let archive = zip(&[
        ("pilot.txt", b"INT. KITCHEN"),
        ("season 1/", b""),
        ("season 1/pilot.txt", b"another one"),
        ("season 1/große Bilder/画像 😀.bin", &large),
        ("empty", b""),
        ("__MACOSX/season 1/._pilot.txt", b"x"),
        ("season 1/.DS_Store", b"x"),
        ("two..dots", b"2"),
    ]);
    let opened = open(&archive).await.unwrap();
    assert_eq!(names(opened.as_ref()), ["pilot.txt", "pilot.txt", "画像 😀.bin", "empty", "two..dots"]);
    assert_eq!(opened.entries()[2].size, 3_000_000);
    assert_eq!(all(opened.read(1).await.unwrap()).await.unwrap(), b"another one");
    assert!(all(opened.read(2).await.unwrap()).await.unwrap() == large);
    assert_eq!(all(opened.read(3).await.unwrap()).await.unwrap(), b"");
    assert!(opened.read(5).await.is_err());
}

#[tokio::test]
async fn several_files_are_unpacked_at_once_and_one_may_be_left_unread() {
    let large = vec![7; 5_000_000];
    let opened = open(&zip(&[("a", &large), ("b", &large), ("c", b"c")])).await.unwrap();
    let (mut left, other) = (opened.read(0).await.unwrap(), opened.read(1).await.unwrap());
    assert!(left.next().await.unwrap().is_some());
    assert!(all(other).await.unwrap() == large);
    drop(left);
    assert_eq!(all(opened.read(2).await.unwrap()).await.unwrap(), b"c");
}

async fn written(files: &[(&str, &[u8])]) -> Box<dyn BlobReader> {
    let (folder, tool) = tool();
    let mut writer = tool.begin().await.unwrap();
    for (name, content) in files {
        writer.begin_file(name).await.unwrap();
        for some in content.chunks(70_001) {
            writer.write(some).await.unwrap();
        }
    }
    assert_eq!(count(folder.path()), 0, "archives in hand have no names");
    writer.finish().await.unwrap()
}

#[tokio::test]
async fn what_is_written_is_read_again_and_equal_content_gives_equal_bytes() {
    let large: Vec<u8> = (0..2_000_000_u32).map(|n| (n % 7) as u8).collect();
    let files: [(&str, &[u8]); 3] = [("a.csv", &large), ("b.json", b"[]"), ("ä", b"")];
    let archive = all(written(&files).await).await.unwrap();
    assert!(archive.len() < large.len() / 10, "it is packed");
    assert!(all(written(&files).await).await.unwrap() == archive);
    let opened = open(&archive).await.unwrap();
    assert_eq!(names(opened.as_ref()), ["a.csv", "b.json", "ä"]);
    assert!(all(opened.read(0).await.unwrap()).await.unwrap() == large);
    let empty = all(written(&[]).await).await.unwrap();
    assert!(open(&empty).await.unwrap().entries().is_empty());
}
