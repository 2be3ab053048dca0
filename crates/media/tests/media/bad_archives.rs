//! Archives that are none, are damaged, or want more than to be read.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use showrunner_domain::media::{ArchiveTool as _, MediaError};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::archives::{names, open};
use crate::samples::{all, refusal, zip};

/// `bytes` with every `from` written as `to`, of the same length.
fn with(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (mut result, mut at) = (bytes.to_vec(), 0);
    while let Some(found) = result[at..].windows(from.len()).position(|some| some == from) {
        result[at + found..at + found + to.len()].copy_from_slice(to);
        at += found + to.len();
    }
    result
}

/// An archive whose table of contents says at `place` of each entry what `bytes` say.
fn claiming(archive: &[u8], place: usize, bytes: &[u8]) -> Vec<u8> {
    let mut result = archive.to_vec();
    for at in 0..archive.len() - 4 {
        if archive[at..].starts_with(b"PK\x01\x02") {
            result[at + place..at + place + bytes.len()].copy_from_slice(bytes);
        }
    }
    result
}

/// The place of an entry's size in the table of contents.
const SIZE: usize = 24;

#[tokio::test]
async fn what_is_no_archive_or_cut_off_is_refused() {
    let good = zip(&[("a.txt", &[b'a'; 1_000]), ("b.txt", &[b'b'; 1_000])]);
    for bad in [&b""[..], b"PK\x03\x04", b"not an archive at all", &good[..good.len() / 2], &good[..good.len() - 1]] {
        refusal(open(bad).await);
    }
}

#[tokio::test]
async fn a_path_that_leads_out_of_the_archive_is_refused_with_the_whole_of_it() {
    let archive = zip(&[("good.txt", b"x"), ("XXXXXXXXXXX", b"x")]);
    for path in
        ["../../a.txt", "/etc/passwd", "a/../../b.x", "..\\..\\evils", "C:/evil.txt", "a/b/c/../..", "..........\\"]
    {
        let reason = refusal(open(&with(&archive, b"XXXXXXXXXXX", path.as_bytes())).await);
        assert!(reason.contains("leads out"), "{path}: {reason}");
    }
}

#[tokio::test]
async fn names_that_no_file_may_have_are_refused_with_the_whole_archive() {
    let long = "x".repeat(300);
    let control = with(&zip(&[("aXb", b"x")]), b"aXb", b"a\nb");
    let nul = with(&zip(&[("aXb", b"x")]), b"aXb", b"a\0b");
    let dot = zip(&[("folder/.", b"x")]);
    for archive in [zip(&[(&long, b"x")]), zip(&[("", b"x")]), zip(&[("   ", b"x")]), control, nul, dot] {
        let reason = refusal(open(&archive).await);
        assert!(reason.contains("has a name that must"), "{reason}");
    }
    let longest = "x".repeat(255);
    assert_eq!(names(open(&zip(&[(&longest, b"x")])).await.unwrap().as_ref()), [longest]);
}

#[tokio::test]
async fn links_and_encrypted_entries_are_refused_with_the_whole_archive() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let reason = refusal(open(&archive.finish().unwrap().into_inner()).await);
    assert!(reason.contains("is a link"), "{reason}");
    let reason = refusal(open(&claiming(&zip(&[("a", b"x")]), 8, &[1, 0])).await);
    assert!(reason.contains("is encrypted"), "{reason}");
    let reason = refusal(open(&claiming(&zip(&[("a", b"x")]), 10, &[12, 0])).await);
    assert!(reason.contains("another way"), "{reason}");
}

#[tokio::test]
async fn ten_thousand_entries_are_taken_and_one_more_is_not() {
    for (entries, taken) in [(10_000, true), (10_001, false)] {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..entries {
            archive.start_file(number.to_string(), SimpleFileOptions::default()).unwrap();
        }
        let opened = open(&archive.finish().unwrap().into_inner()).await;
        assert_eq!(opened.is_ok(), taken);
        if let Err(error) = opened {
            assert!(matches!(&error, MediaError::TooMuch { reason } if reason.contains("10001 entries")), "{error}");
        }
    }
}

#[tokio::test]
async fn an_archive_that_says_it_unpacks_to_too_much_is_refused() {
    let archive = zip(&[("a", b"x"), ("b", b"x"), ("c", b"x")]);
    let opened = open(&claiming(&archive, SIZE, &0xf000_0000_u32.to_le_bytes())).await;
    assert!(matches!(opened, Err(MediaError::TooMuch { .. })));
}

#[tokio::test]
async fn an_entry_that_says_less_than_comes_ends_with_an_error_where_it_should_have_ended() {
    let archive = zip(&[("a", &vec![0; 50_000_000])]);
    assert!(archive.len() < 100_000);
    for claimed in [0_u32, 10, 300_000, 49_999_999, 50_000_001] {
        let opened = open(&claiming(&archive, SIZE, &claimed.to_le_bytes())).await.unwrap();
        let mut reader = opened.read(0).await.unwrap();
        let mut come = 0;
        let end = loop {
            match reader.next().await {
                Ok(Some(bytes)) => come += bytes.len(),
                other => break other,
            }
        };
        assert!(end.is_err() && come <= claimed as usize, "{claimed}: {come}");
    }
}

#[tokio::test]
async fn content_that_is_not_what_its_checksum_says_ends_with_an_error() {
    let opened = open(&claiming(&zip(&[("a", b"content")]), 16, &[1, 2, 3, 4])).await.unwrap();
    assert!(all(opened.read(0).await.unwrap()).await.is_err());
}

#[tokio::test]
async fn archives_within_an_archive_are_files_like_others() {
    let mut bomb = zip(&[("zeros", &vec![0; 30_000_000])]);
    for _ in 0..3 {
        let names: Vec<String> = (0..16).map(|number| format!("{number}.zip")).collect();
        bomb = zip(&names.iter().map(|name| (name.as_str(), bomb.as_slice())).collect::<Vec<_>>());
    }
    let opened = open(&bomb).await.unwrap();
    assert_eq!(opened.entries().len(), 16);
    let inner = all(opened.read(0).await.unwrap()).await.unwrap();
    assert_eq!(inner.len() as u64, opened.entries()[0].size);
}

#[tokio::test]
async fn a_table_of_contents_that_claims_millions_of_entries_costs_nothing() {
    let mut archive = vec![0; 20_000_000];
    archive.extend(zip(&[("a", b"x")]));
    let end = archive.len() - 22;
    archive[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    refusal(open(&archive).await);
}

#[tokio::test]
async fn whatever_is_done_with_an_archive_no_name_of_a_file_is_left() {
    let (folder, tool) = crate::archives::tool();
    let archive = zip(&[("a", &vec![1; 1_000_000])]);
    let opened = tool.open(crate::samples::Pieces::of(&archive), archive.len() as u64).await.unwrap();
    let _reader = opened.read(0).await.unwrap();
    assert_eq!(crate::samples::count(folder.path()), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_it_panic(places in proptest::collection::vec((0_usize..400, any::<u8>()), 0..6), cut in 0_usize..60) {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a.txt", "folder/b.txt"] {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(b"some content of it, some content of it").unwrap();
        }
        let mut bytes = archive.finish().unwrap().into_inner();
        for (place, byte) in places {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        bytes.truncate(bytes.len() - if cut < 50 { 0 } else { cut });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            if let Ok(opened) = open(&bytes).await {
                for entry in 0..opened.entries().len() {
                    let _ = all(opened.read(entry).await.unwrap()).await;
                }
            }
        });
    }
}
