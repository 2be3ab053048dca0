//! What is made of videos that are as they should be.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::media::{MediaError, OpenVideo, VideoTool as _};
use showrunner_media::Ffmpeg;

use crate::samples::{Pieces, Told, all, count, ffmpeg, made, open, path, processes_in, until, video};

/// The place of a box in an MP4 whose boxes are not looked into.
fn place(mp4: &[u8], name: &[u8]) -> usize {
    mp4.windows(4).position(|four| four == name).unwrap()
}

/// Width and height as a JPEG's frame header tells them.
fn size(jpeg: &[u8]) -> (u16, u16) {
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    let number = |at: usize| u16::from_be_bytes([jpeg[frame + at], jpeg[frame + at + 1]]);
    (number(7), number(5))
}

#[tokio::test]
async fn the_facts_of_a_video_are_told_whatever_contains_it() {
    let (_folder, ffmpeg) = ffmpeg();
    for name in ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov", "a.flv"] {
        let facts = open(&ffmpeg, &video(name)).await.probe().await.unwrap();
        assert_eq!((facts.width, facts.height, facts.frame_rate), (642, 362, 25.0), "{name}");
        assert!((1.9..2.2).contains(&facts.duration_seconds), "{name}: {facts:?}");
        assert!(!facts.video_codec.is_empty() && facts.audio_codec.is_some(), "{name}: {facts:?}");
    }
}

#[tokio::test]
async fn a_frame_is_scaled_down_and_never_up() {
    let (_folder, ffmpeg) = ffmpeg();
    let video = open(&ffmpeg, &video("a.mp4")).await;
    let at = Duration::from_millis(1_500);
    let sizes = [video.frame(at, 320).await.unwrap(), video.frame(at, 4_096).await.unwrap()].map(|jpeg| size(&jpeg));
    assert_eq!(sizes, [(320, 180), (642, 362)]);
    assert_eq!(video.frame(at, 1).await.map(|jpeg| size(&jpeg)).unwrap(), (1, 1));
    assert_eq!(video.frame(at, 320).await.unwrap(), video.frame(at, 320).await.unwrap());
    let beyond = video.frame(Duration::from_mins(1), 320).await;
    assert!(matches!(beyond, Err(MediaError::Unusable { .. })), "{beyond:?}");
}

#[tokio::test]
async fn a_video_becomes_one_that_browsers_play_and_says_how_far_it_is() {
    let (folder, ffmpeg) = ffmpeg();
    let tall = ["-f", "lavfi", "-i", "testsrc2=size=320x1201:rate=10:duration=2", "-c:v", "ffv1"];
    for source in [video("a.mkv"), made("a.mkv", &tall)] {
        let (told, original) = (Arc::new(Told::default()), open(&ffmpeg, &source).await);
        let mp4 = all(original.transcode(told.clone()).await.unwrap()).await.unwrap();
        assert!(place(&mp4, b"moov") < place(&mp4, b"mdat"), "it must be possible to watch it while it comes");
        let said = told.so_far();
        assert!(said.is_sorted() && said.last() > Some(&50), "{said:?}");
        let (before, after) = (original.probe().await.unwrap(), open(&ffmpeg, &mp4).await.probe().await.unwrap());
        assert_eq!((after.video_codec.as_str(), after.height), ("h264", before.height.min(1_080)));
        assert_eq!(after.audio_codec, before.audio_codec.map(|_| "aac".to_owned()));
    }
    assert_eq!(count(folder.path()), 0);
}

#[tokio::test]
async fn a_result_can_be_read_after_the_video_was_let_go_of_and_then_nothing_is_left() {
    let (folder, ffmpeg) = ffmpeg();
    let original = open(&ffmpeg, &video("a.mp4")).await;
    let result = original.transcode(Arc::new(Told::default())).await.unwrap();
    drop(original);
    assert_eq!(count(folder.path()), 1);
    assert!(!all(result).await.unwrap().is_empty());
    assert_eq!(count(folder.path()), 0);
}

/// A video of half an hour, which takes a while.
fn long() -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let piece = home.path().join("piece.mp4");
    std::fs::write(&piece, video("a.mp4")).unwrap();
    made("long.mp4", &["-stream_loop", "900", "-i", piece.to_str().unwrap(), "-c", "copy"])
}

#[tokio::test]
async fn when_nobody_waits_for_it_any_more_the_program_ends_and_its_folder_goes() {
    let (folder, ffmpeg) = ffmpeg();
    let (told, video) = (Arc::new(Told::default()), open(&ffmpeg, &long()).await);
    let telling = told.clone();
    let work = tokio::spawn(async move { video.transcode(telling).await.map(drop) });
    until(|| !told.so_far().is_empty()).await;
    let running = processes_in(folder.path());
    assert_eq!(running.len(), 1, "{running:?}");
    let told = |of: &str| std::fs::read_to_string(running[0].join(of)).unwrap();
    assert!(told("environ").starts_with("PATH=") && told("environ").matches('\0').count() == 1);
    let limits = told("limits");
    let bounded = |name: &str| limits.lines().any(|line| line.starts_with(name) && !line.contains("unlimited"));
    assert!(bounded("Max data size") && bounded("Max cpu time"), "{limits}");
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    until(|| running.iter().all(|process| !process.exists())).await;
    assert_eq!(count(folder.path()), 0);
}

#[tokio::test]
async fn programs_that_are_not_there_are_named() {
    let (folder, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let nowhere = Ffmpeg::new(folder.path().to_owned(), empty.path().as_os_str().to_owned());
    let answer = nowhere.open(Pieces::of(b"x"), 1).await.map(drop);
    assert!(matches!(answer, Err(MediaError::Missing { tool: "ffmpeg" })), "{answer:?}");
    assert_eq!(count(folder.path()), 0);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_not_told_by_its_path() {
    let (folder, ffmpeg) = ffmpeg();
    drop(folder);
    match ffmpeg.open(Pieces::of(b"x"), 1).await.map(drop) {
        Err(error @ MediaError::Failed(_)) => assert!(!error.to_string().contains('/'), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn bytes_that_do_not_come_or_come_in_excess_may_come_another_time() {
    let (folder, ffmpeg) = ffmpeg();
    for said in [9, 11] {
        let answer = ffmpeg.open(Pieces::of(&[7; 10]), said).await.map(drop);
        assert!(matches!(answer, Err(MediaError::Failed(_))), "{answer:?}");
    }
    assert_eq!(count(folder.path()), 0);
}

#[tokio::test]
async fn a_video_lying_on_its_side_is_told_as_it_is_shown() {
    let (_folder, ffmpeg) = ffmpeg();
    let home = tempfile::tempdir().unwrap();
    let piece = home.path().join("piece.mp4");
    std::fs::write(&piece, video("a.mp4")).unwrap();
    let turned = ["-i", piece.to_str().unwrap(), "-c", "copy", "-metadata:s:v", "rotate=90"];
    let turned = open(&ffmpeg, &made("a.mp4", &turned)).await;
    let facts = turned.probe().await.unwrap();
    assert_eq!((facts.width, facts.height), (362, 642));
    assert_eq!(turned.frame(Duration::ZERO, 181).await.map(|jpeg| size(&jpeg)).unwrap(), (181, 321));
}

#[tokio::test]
async fn the_search_for_programs_takes_the_first_folder_that_has_them() {
    let (folder, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut folders = vec![empty.path().to_owned()];
    folders.extend(std::env::split_paths(&path()));
    let ffmpeg = Ffmpeg::new(folder.path().to_owned(), std::env::join_paths(folders).unwrap());
    let opened: Box<dyn OpenVideo> = open(&ffmpeg, &video("a.mp4")).await;
    assert!(opened.probe().await.is_ok());
}
