//! Videos that are none, or want more than to be watched.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::media::MediaError;

use crate::samples::{Told, count, ffmpeg, open, refusal, video};

/// Everything that is done with videos is refused for this one, in words that tell nothing of the machine.
async fn refused(video: &[u8]) {
    let (folder, ffmpeg) = ffmpeg();
    let opened = open(&ffmpeg, video).await;
    let start = String::from_utf8_lossy(&video[..video.len().min(40)]).into_owned();
    let reasons = [
        refusal(opened.probe().await),
        refusal(opened.frame(Duration::ZERO, 320).await),
        refusal(opened.transcode(Arc::new(Told::default())).await),
    ];
    for reason in reasons {
        assert!(!reason.contains(&*folder.path().to_string_lossy()) && !reason.contains("0x"), "{start}: {reason}");
    }
    drop(opened);
    assert_eq!(count(folder.path()), 0, "{start}");
}

#[tokio::test]
async fn what_is_no_video_is_refused() {
    refused(b"").await;
    refused(b"INT. KITCHEN - DAY\nThis is a script, and nothing else.\n").await;
    refused(&vec![0; 100_000]).await;
    refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
    refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/hostname\"/></svg>").await;
}

#[tokio::test]
async fn pictures_beyond_a_bound_are_not_decoded() {
    let pictures = ["-f", "lavfi", "-i", "color=size=8192x8192:rate=1:duration=1", "-c:v", "mjpeg"];
    refused(&crate::samples::made("a.mkv", &pictures)).await;
}

#[tokio::test]
async fn a_video_cut_in_half_is_refused_wherever_its_table_of_contents_is() {
    let (folder, ffmpeg) = ffmpeg();
    let mp4 = video("a.mp4");
    refused(&mp4[..mp4.len() / 2]).await;
    let cut = crate::samples::made("a.mkv", &["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4"]);
    let opened = open(&ffmpeg, &cut[..cut.len() / 2]).await;
    let reason = refusal(opened.transcode(Arc::new(Told::default())).await);
    assert!(reason.contains("cut off"), "{reason}");
    drop(opened);
    assert_eq!(count(folder.path()), 0);
}

#[tokio::test]
async fn a_list_of_other_files_and_addresses_is_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret.ts");
    fs::write(&secret, video("a.ts")).unwrap();
    let port = listener.local_addr().unwrap().port();
    for other in [format!("http://127.0.0.1:{port}/a.ts"), secret.display().to_string()] {
        let lists = [
            format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{other}\n#EXT-X-ENDLIST\n"),
            format!(
                "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\nconcat:{other}|file:///etc/hostname\n#EXT-X-ENDLIST\n"
            ),
            format!("ffconcat version 1.0\nfile '{other}'\n"),
            format!(
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
                 mediaPresentationDuration=\"PT2S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period>\
                 <AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\"><BaseURL>{other}</BaseURL>\
                 </Representation></AdaptationSet></Period></MPD>"
            ),
            format!("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"),
            format!("[playlist]\nFile1={other}\n"),
            format!("RTSPtext\nRTSP://127.0.0.1:{port}/\n"),
        ];
        for list in lists {
            refused(list.as_bytes()).await;
        }
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody connected");
}

/// `mov` with a reference to the file at `place` instead of to itself.
fn referring(mov: &[u8], place: &Path) -> Vec<u8> {
    let path = place.to_str().unwrap().as_bytes();
    let mut alias = vec![0; 150];
    alias.extend([0, 2]);
    alias.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
    alias.extend(path);
    alias.extend(vec![0; path.len() % 2]);
    alias.extend([0xff, 0xff, 0, 0]);
    let mut entry = u32::try_from(alias.len() + 12).unwrap().to_be_bytes().to_vec();
    entry.extend(b"alis\0\0\0\0");
    entry.extend(alias);
    let (mut result, mut from) = (mov.to_vec(), 0);
    for name in [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"] {
        let at = from + mov[from..].windows(4).position(|four| four == name).unwrap();
        let size = u32::from_be_bytes(mov[at - 4..at].try_into().unwrap()) as usize + entry.len() - 12;
        result[at - 4..at].copy_from_slice(&u32::try_from(size).unwrap().to_be_bytes());
        from = at + 4;
    }
    // Behind the version and the count of `dref` stands its one entry, of twelve bytes.
    result.splice(from + 8..from + 20, entry);
    result
}

#[tokio::test]
async fn a_container_that_names_another_file_gets_nothing_of_it() {
    let home = tempfile::tempdir().unwrap();
    let (other, hostile) = (home.path().join("other.mov"), home.path().join("hostile.mov"));
    let pictures = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2"];
    let mov = crate::samples::made("a.mov", &pictures);
    fs::write(&other, &mov).unwrap();
    fs::write(&hostile, referring(&mov, &other)).unwrap();
    let counted = |more: &[&str]| {
        let mut ffprobe = Command::new("ffprobe");
        ffprobe.args([
            "-loglevel",
            "error",
            "-count_packets",
            "-show_entries",
            "stream=nb_read_packets",
            "-of",
            "csv=p=0",
        ]);
        String::from_utf8(ffprobe.args(more).arg(&hostile).output().unwrap().stdout).unwrap()
    };
    let trusting = counted(&["-enable_drefs", "1", "-use_absolute_path", "1"]);
    assert_eq!(trusting.trim(), "50", "the sample refers to the other file for whoever follows");
    let (folder, ffmpeg) = ffmpeg();
    let opened = open(&ffmpeg, &fs::read(&hostile).unwrap()).await;
    let frame = opened.frame(Duration::ZERO, 320).await;
    assert!(matches!(frame, Err(MediaError::Unusable { .. })), "{frame:?}");
    refusal(opened.transcode(Arc::new(Told::default())).await);
    drop(opened);
    assert_eq!(count(folder.path()), 0);
}
