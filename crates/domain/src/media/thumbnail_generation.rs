//! The job that makes thumbnails.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MediaError, PictureTool, VideoTool};
use crate::file::{File, FileId, FileService, FileType, Making, NewFile};
use crate::identity::{Caller, OnBehalf};
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};

/// How many pixels wide thumbnails are where nothing is said.
const WIDTHS: [u32; 3] = [320, 640, 1_280];
/// How wide they may be.
const WIDEST: u32 = 4_096;
/// How many a job may make.
const MOST: usize = 10;

/// Keeps the picture of `{"file_id": …}` in smaller sizes, or a frame of that video, each in a new JPEG file of the same
/// episode. `"widths"` says how many pixels wide; a source that is smaller is not enlarged. `"at_seconds"` says
/// which frame of a video; otherwise it is the one at a tenth of its length.
pub struct ThumbnailGeneration {
    /// Keeps files.
    pub files: Arc<FileService>,
    /// Understands videos.
    pub videos: Arc<dyn VideoTool>,
    /// Makes pictures smaller.
    pub pictures: Arc<dyn PictureTool>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    file_id: FileId,
    widths: Option<Vec<u32>>,
    at_seconds: Option<f64>,
}

/// What the thumbnails of one file are kept with.
struct Thumbnails<'a> {
    making: Making<'a>,
    original: &'a File,
    kept: Vec<Value>,
}

impl Thumbnails<'_> {
    async fn keep(&mut self, width: u32, jpeg: &[u8]) -> Result<(), Failing> {
        let name = self.original.name.with_ending(&format!("-{width}.jpg"));
        let mut upload = self.making.begin(NewFile { name, episode_id: self.original.episode_id }).await?;
        upload.write(jpeg).await?;
        let file_id = self.making.keep(upload).await?.id;
        self.kept.push(json!({ "file_id": file_id, "width": width }));
        Ok(())
    }
}

impl ThumbnailGeneration {
    async fn of_picture(&self, made: &mut Thumbnails<'_>, widths: &[u32]) -> Result<(), Failing> {
        let picture = self.files.whole(made.original, self.files.limits.of(FileType::Image)).await?;
        let mut thumbnails = self.pictures.thumbnails(picture.into(), widths).await?;
        thumbnails.dedup_by_key(|thumbnail| thumbnail.width);
        for thumbnail in thumbnails {
            made.keep(thumbnail.width, &thumbnail.jpeg).await?;
        }
        Ok(())
    }

    async fn of_video(
        &self,
        made: &mut Thumbnails<'_>,
        mut widths: Vec<u32>,
        at: Option<Duration>,
        reporter: &dyn Reporter,
    ) -> Result<(), Failing> {
        let content = self.files.content(made.original).await?;
        let video = self.videos.open(content, made.original.size).await?;
        let facts = video.probe().await?;
        let runs = Duration::try_from_secs_f64(facts.duration_seconds).map_err(MediaError::failed)?;
        if at.is_some_and(|at| at >= runs) {
            let runs = facts.duration_seconds;
            return Err(Failing::for_good(&format!("at_seconds must be less than {runs}, which the video runs")));
        }
        for width in &mut widths {
            *width = facts.width.min(*width);
        }
        widths.dedup();
        for (place, width) in widths.iter().enumerate() {
            let jpeg = video.frame(at.unwrap_or(runs / 10), *width).await?;
            made.keep(*width, &jpeg).await?;
            reporter.report(Progress::of(place + 1, widths.len()), None);
        }
        Ok(())
    }

    async fn make(&self, caller: &Caller, payload: Payload, reporter: &dyn Reporter) -> Result<Done, Failing> {
        let mut widths = payload.widths.unwrap_or_else(|| WIDTHS.to_vec());
        if !(1..=MOST).contains(&widths.len()) || widths.iter().any(|width| !(1..=WIDEST).contains(width)) {
            return Err(Failing::for_good("widths must be 1 to 10 numbers from 1 to 4096"));
        }
        widths.sort_unstable();
        let at = payload.at_seconds.map(Duration::try_from_secs_f64).transpose();
        let at = at.map_err(|_| Failing::for_good("at_seconds must be 0 or more"))?;
        let original = &self.files.get(caller, payload.file_id).await?;
        let mut made = Thumbnails { making: Making::new(&self.files, caller), original, kept: Vec::new() };
        match original.file_type {
            FileType::Image => self.of_picture(&mut made, &widths).await?,
            FileType::Video => self.of_video(&mut made, widths, at, reporter).await?,
            _ => return Err(Failing::for_good("the file is neither a picture nor a video")),
        }
        Ok(Done { results: Some(json!({ "thumbnails": made.kept })), more: made.making.records()?, ..Done::default() })
    }
}

#[async_trait]
impl JobHandler for ThumbnailGeneration {
    fn job_type(&self) -> JobType {
        JobType::built_in("thumbnail-generation")
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let payload = job.read_payload()?;
        let caller = job.caller(&self.on_behalf).await?;
        self.make(&caller, payload, reporter.as_ref()).await
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::file::studio::{Studio, Told, job, new_blobs};
    use crate::identity::Role;
    use crate::media::{Thumbnail, VideoFacts};
    use crate::mocks::{MockOpenVideo, MockPictureTool, MockVideoTool};

    /// A video of 800 pixels and 20 seconds, whose frames tell what they are.
    fn videos() -> MockVideoTool {
        let mut tool = MockVideoTool::new();
        tool.expect_open().returning(|_, _| {
            let mut video = MockOpenVideo::new();
            let (video_codec, audio_codec) = ("vp9".to_owned(), None);
            let facts =
                VideoFacts { duration_seconds: 20.0, width: 800, height: 1, frame_rate: 1.0, video_codec, audio_codec };
            video.expect_probe().returning(move || Ok(facts.clone()));
            video.expect_frame().returning(|at, width| Ok(format!("JPEG {}s {width}", at.as_secs_f64()).into_bytes()));
            Ok(Box::new(video))
        });
        tool
    }

    /// A tool whose pictures are 500 pixels wide.
    fn pictures() -> MockPictureTool {
        let mut tool = MockPictureTool::new();
        tool.expect_thumbnails().returning(|picture, widths| {
            let picture = String::from_utf8_lossy(&picture).into_owned();
            let small = widths.iter().map(|width| (*width).min(500));
            let thumbnail = |width| Thumbnail { width, height: 1, jpeg: format!("{picture} {width}").into_bytes() };
            Ok(small.map(thumbnail).collect())
        });
        tool
    }

    fn run(studio: &Studio, payload: Value) -> (Result<Done, Failing>, Vec<i32>) {
        let (files, on_behalf, told) = (studio.files(), studio.on_behalf(Role::Editor), Arc::new(Told::default()));
        let (videos, pictures) = (Arc::new(videos()), Arc::new(pictures()));
        let handler = ThumbnailGeneration { files, videos, pictures, on_behalf };
        (block_on(handler.run(&job(payload), told.clone())), told.so_far())
    }

    fn made(studio: &Studio, payload: Value) -> Vec<(String, String)> {
        let done = run(studio, payload).0.unwrap();
        let results = done.results.as_ref().unwrap()["thumbnails"].as_array().unwrap().len();
        let made = studio.made(&done);
        assert_eq!((results, new_blobs(&done)), (made.len(), made.len()));
        made.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
    }

    fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
    }

    #[test]
    fn a_picture_is_kept_in_every_size_that_it_has() {
        let studio = Studio::default();
        let id = studio.with("still.png", b"JPEG picture");
        let expected = [("still-320.jpg", "JPEG picture 320"), ("still-500.jpg", "JPEG picture 500")];
        assert_eq!(made(&studio, json!({ "file_id": id })), of(&expected));
        let expected = [("still-7.jpg", "JPEG picture 7")];
        assert_eq!(made(&studio, json!({ "file_id": id, "widths": [7] })), of(&expected));
    }

    #[test]
    fn a_video_gives_the_frame_that_was_asked_for() {
        let studio = Studio::default();
        let id = studio.with("pilot.mov", b"MP4");
        let expected =
            [("pilot-320.jpg", "JPEG 2s 320"), ("pilot-640.jpg", "JPEG 2s 640"), ("pilot-800.jpg", "JPEG 2s 800")];
        assert_eq!(made(&studio, json!({ "file_id": id })), of(&expected));
        let expected = [("pilot-5.jpg", "JPEG 1.5s 5"), ("pilot-10.jpg", "JPEG 1.5s 10")];
        let payload = json!({ "file_id": id, "widths": [10, 5], "at_seconds": 1.5 });
        assert_eq!(made(&studio, payload.clone()), of(&expected));
        assert_eq!(run(&studio, payload).1, [50, 100]);
    }

    #[test]
    fn what_cannot_be_done_fails_for_good_and_says_why() {
        let studio = Studio::default();
        let (script, video) = (studio.with("a.txt", b"INT."), studio.with("a.mp4", b"MP4"));
        for (payload, why) in [
            (json!({ "file_id": script }), "neither"),
            (json!({ "file_id": video, "widths": [] }), "widths"),
            (json!({ "file_id": video, "widths": [0] }), "widths"),
            (json!({ "file_id": video, "widths": [4097] }), "widths"),
            (json!({ "file_id": video, "widths": vec![1; 11] }), "widths"),
            (json!({ "file_id": video, "at_seconds": -1 }), "at_seconds"),
            (json!({ "file_id": video, "at_seconds": 20 }), "less than 20"),
            (json!({ "file_id": video, "mood": "good" }), "mood"),
        ] {
            let failing = run(&studio, payload).0.unwrap_err();
            assert!(failing.permanent && failing.error.as_str().contains(why), "{failing:?}");
        }
    }

    #[test]
    fn a_picture_beyond_the_limit_is_not_taken_into_memory() {
        let studio = Studio::default();
        let id = studio.with("huge.png", &[b"JPEG".as_slice(), &[7; 100]].concat());
        let failing = run(&studio, json!({ "file_id": id })).0.unwrap_err();
        assert!(failing.permanent && failing.error.as_str().contains("at most 100 bytes"), "{failing:?}");
    }
}
