//! The job that makes a video of one that browsers play.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{VideoFacts, VideoTool};
use crate::file::{FileId, FileService, FileType, Making, NewFile};
use crate::identity::OnBehalf;
use crate::job::{Done, Failing, Job, JobHandler, JobType, Reporter};

/// Tells what the video of `{"file_id": …}` holds, and keeps it as browsers play it in a new file of the same episode.
pub struct VideoProcessing {
    /// Keeps files.
    pub files: Arc<FileService>,
    /// Understands videos.
    pub videos: Arc<dyn VideoTool>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    file_id: FileId,
}

#[derive(Serialize)]
struct Results {
    #[serde(flatten)]
    facts: VideoFacts,
    file_id: FileId,
}

#[async_trait]
impl JobHandler for VideoProcessing {
    fn job_type(&self) -> JobType {
        JobType::built_in("video-processing")
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { file_id } = job.read_payload()?;
        let caller = job.caller(&self.on_behalf).await?;
        let original = self.files.get(&caller, file_id).await?;
        if original.file_type != FileType::Video {
            return Err(Failing::for_good("the file is no video"));
        }
        let video = self.videos.open(self.files.content(&original).await?, original.size).await?;
        let facts = video.probe().await?;
        let mut making = Making::new(&self.files, &caller);
        let new = NewFile { name: original.name.with_ending(".mp4"), episode_id: original.episode_id };
        let mut upload = making.begin(new).await?;
        upload.write_all(video.transcode(reporter).await?).await?;
        let file_id = making.keep(upload).await?.id;
        Ok(Done { results: Some(json!(Results { facts, file_id })), more: making.records()?, ..Done::default() })
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use serde_json::Value;

    use super::*;
    use crate::file::studio::{Studio, Told, job, reader};
    use crate::identity::Role;
    use crate::job::Progress;
    use crate::media::MediaError;
    use crate::mocks::{MockOpenVideo, MockVideoTool};

    fn facts() -> VideoFacts {
        VideoFacts {
            duration_seconds: 2.0,
            width: 640,
            height: 360,
            frame_rate: 25.0,
            video_codec: "vp9".into(),
            audio_codec: None,
        }
    }

    fn tool() -> MockVideoTool {
        let mut tool = MockVideoTool::new();
        tool.expect_open().withf(|_, length| *length == 6).returning(|_, _| {
            let mut video = MockOpenVideo::new();
            video.expect_probe().returning(|| Ok(facts()));
            video.expect_transcode().returning(|reporter| {
                reporter.report(Progress::of(1, 2), None);
                Ok(reader(&[b"MP4 for ", b"browsers"]))
            });
            Ok(Box::new(video))
        });
        tool
    }

    fn run(studio: &Studio, videos: MockVideoTool, role: Role, payload: Value) -> (Result<Done, Failing>, Vec<i32>) {
        let (files, on_behalf, told) = (studio.files(), studio.on_behalf(role), Arc::new(Told::default()));
        let handler = VideoProcessing { files, videos: Arc::new(videos), on_behalf };
        (block_on(handler.run(&job(payload), told.clone())), told.so_far())
    }

    #[test]
    fn a_video_becomes_a_new_file_with_the_facts_of_the_old_one() {
        let studio = Studio::default();
        let id = studio.with("pilot.webm", b"MP4 vp");
        let (done, told) = run(&studio, tool(), Role::Editor, json!({ "file_id": id }));
        let done = done.unwrap();
        assert_eq!(studio.made(&done), [("pilot.mp4".to_owned(), b"MP4 for browsers".to_vec())]);
        let results = done.results.unwrap();
        assert_eq!((&results["width"], &results["video_codec"], told), (&json!(640), &json!("vp9"), vec![50]));
        assert!(results["file_id"].is_string() && results["file_id"] != json!(id));
    }

    #[test]
    fn what_cannot_be_done_fails_for_good_and_says_why() {
        let studio = Studio::default();
        let (script, video) = (studio.with("a.txt", b"INT."), studio.with("a.mp4", b"MP4"));
        let failure = |role, payload| run(&studio, MockVideoTool::new(), role, payload).0.unwrap_err();
        let mut missing = MockVideoTool::new();
        missing.expect_open().returning(|_, _| Err(MediaError::Missing { tool: "ffmpeg" }));
        for (failing, why) in [
            (failure(Role::Editor, json!({ "file_id": script })), "no video"),
            (failure(Role::Editor, json!({ "file_id": crate::file::FileId::new(uuid::Uuid::nil()) })), "no file"),
            (failure(Role::Editor, json!({ "file": 7 })), "payload"),
            (failure(Role::Worker, json!({ "file_id": video })), "role"),
            (run(&studio, missing, Role::Editor, json!({ "file_id": video })).0.unwrap_err(), "install"),
        ] {
            assert!(failing.permanent && failing.error.as_str().contains(why), "{failing:?}");
        }
    }

    #[test]
    fn who_may_only_read_gets_no_files_made() {
        let studio = Studio::default();
        let id = studio.with("pilot.webm", b"MP4 vp");
        let failing = run(&studio, tool(), Role::Viewer, json!({ "file_id": id })).0.unwrap_err();
        assert!(failing.permanent && failing.error.as_str().contains("role"), "{failing:?}");
        assert_eq!(studio.blobs(), 1);
    }
}
