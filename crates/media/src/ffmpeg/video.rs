//! A video in hand: what it holds, a picture of it, and the same as browsers play it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use showrunner_domain::file::BlobReader;
use showrunner_domain::job::{Progress, Reporter};
use showrunner_domain::media::{MediaError, OpenVideo, VideoFacts};
use tokio::process::Command;

use super::FORMATS;
use super::child::{THREADS, run, too_much};
use super::lines::Position;
use super::probe::{ENTRIES, facts};
use super::program::Programs;
use super::scratch::{Scratch, VIDEO};

/// The name of what is made of a video for browsers.
const RESULT: &str = "web.mp4";
const TIME_TO_PROBE: Duration = Duration::from_mins(1);
const TIME_FOR_A_FRAME: Duration = Duration::from_mins(2);
const TIME_TO_TRANSCODE: Duration = Duration::from_hours(6);
/// How much ffprobe may tell, in bytes.
const MOST_TOLD: usize = 1024 * 1024;
/// The longest result, in bytes: that of videos which are uploaded.
const LONGEST_VIDEO: u64 = 10 * 1024 * 1024 * 1024;
const LONGEST_FRAME: u64 = 25 * 1024 * 1024;
/// The largest pictures that are decoded: 8K.
const PIXELS: u32 = 7_680 * 4_320;
/// How much of the time that a video says it runs must be there. What is damaged here and there is played by browsers as well.
const WHOLE: f64 = 0.9;

pub(super) struct Video {
    pub(super) programs: Programs,
    pub(super) scratch: Scratch,
}

impl Video {
    /// Ffmpeg, about to read the video. What is given for reading must stand before that, so `from` is where it begins.
    fn reading(&self, from: Duration) -> Command {
        let mut command = self.programs.ffmpeg(self.scratch.path());
        command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-progress", "pipe:1", "-y"]);
        command.args(["-filter_threads", &THREADS.to_string()]);
        confine(&mut command);
        command.args([
            "-threads",
            &THREADS.to_string(),
            "-ss",
            &from.as_secs_f64().to_string(),
            "-i",
            &format!("file:{VIDEO}"),
        ]);
        command.args(["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-threads", &THREADS.to_string()]);
        command
    }

    /// What the file of this name in the folder holds.
    async fn facts_of(&self, name: &str) -> Result<VideoFacts, MediaError> {
        let mut command = self.programs.ffprobe(self.scratch.path());
        command.args(["-hide_banner", "-loglevel", "error", "-of", "json", "-show_entries", ENTRIES]);
        confine(&mut command);
        command.args(["-threads", &THREADS.to_string(), "-i", &format!("file:{name}")]);
        let mut told = Vec::new();
        let heard = |bytes: &[u8]| told.extend_from_slice(&bytes[..bytes.len().min(MOST_TOLD - told.len())]);
        run(command, self.scratch.path(), TIME_TO_PROBE, heard).await?;
        if told.len() == MOST_TOLD { Err(too_much("there are too many streams in it")) } else { facts(&told) }
    }

    /// Has `name` written, and answers it with its length.
    async fn write(
        &self,
        mut command: Command,
        (name, longest): (&str, u64),
        time: Duration,
        heard: impl FnMut(&[u8]) + Send,
    ) -> Result<(Box<dyn BlobReader>, u64), MediaError> {
        command.args(["-fs", &longest.to_string(), &format!("file:{name}")]);
        run(command, self.scratch.path(), time, heard).await?;
        let (reader, length) = self.scratch.read(name).map_err(MediaError::failed)?;
        if length >= longest {
            Err(too_much(format!("the result has more than {longest} bytes")))
        } else {
            Ok((reader, length))
        }
    }
}

/// Lets a program read nothing but files of certain containers, with pictures of a certain size.
fn confine(command: &mut Command) {
    command.args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-max_pixels", &PIXELS.to_string()]);
}

#[async_trait]
impl OpenVideo for Video {
    async fn probe(&self) -> Result<VideoFacts, MediaError> {
        self.facts_of(VIDEO).await
    }

    async fn frame(&self, at: Duration, width: u32) -> Result<Vec<u8>, MediaError> {
        let mut command = self.reading(at);
        let scale = format!("scale='min({width},iw)':'max(1,round(ih*ow/iw/sar))',setsar=1");
        command.args(["-map", "0:V:0", "-an", "-frames:v", "1", "-vf", &scale, "-pix_fmt", "yuvj420p"]);
        command.args(["-c:v", "mjpeg", "-q:v", "3", "-flags:v", "+bitexact", "-f", "mjpeg"]);
        let (mut reader, length) = self.write(command, ("frame.jpg", LONGEST_FRAME), TIME_FOR_A_FRAME, |_| {}).await?;
        if length == 0 {
            return Err(MediaError::unusable("there is no picture at that time"));
        }
        let mut jpeg = Vec::new();
        while let Some(bytes) = reader.next().await.map_err(MediaError::failed)? {
            jpeg.extend(bytes);
        }
        Ok(jpeg)
    }

    async fn transcode(&self, reporter: Arc<dyn Reporter>) -> Result<Box<dyn BlobReader>, MediaError> {
        let seconds = self.probe().await?.duration_seconds;
        let all = Duration::try_from_secs_f64(seconds).map_err(MediaError::failed)?.as_millis();
        let mut command = self.reading(Duration::ZERO);
        command.args(["-map", "0:V:0", "-map", "0:a:0?", "-vf", "scale=-2:'max(2,min(1080,trunc(ih/2)*2))'"]);
        command.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]);
        command.args(["-c:a", "aac", "-b:a", "160k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4"]);
        let (mut position, number) = (Position::default(), |of: u128| usize::try_from(of).unwrap_or(usize::MAX));
        let heard = |bytes: &[u8]| {
            if position.take(bytes) && all > 0 {
                reporter.report(Progress::of(number(position.millis()), number(all)), None);
            }
        };
        let (reader, _) = self.write(command, (RESULT, LONGEST_VIDEO), TIME_TO_TRANSCODE, heard).await?;
        let whole = match self.facts_of(RESULT).await {
            Ok(result) => result.duration_seconds >= seconds * WHOLE,
            Err(MediaError::Unusable { .. }) => false,
            Err(error) => return Err(error),
        };
        if !whole {
            return Err(MediaError::unusable("the video is cut off: it ends before it says it does"));
        }
        Ok(reader)
    }
}
