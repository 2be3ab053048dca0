//! The port to what understands videos.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use super::MediaError;
use crate::file::BlobReader;
use crate::job::Reporter;

/// Takes videos in hand.
///
/// A video may be hostile: whatever works on it MUST NOT read other files or open connections for it, and keeps within
/// bounds of time, threads and room. Where a future of this port is dropped, whatever runs for it MUST be gone within
/// a second.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait VideoTool: Send + Sync {
    /// Takes a video in hand until the answer is dropped. `length` is how many bytes it has.
    async fn open(&self, video: Box<dyn BlobReader>, length: u64) -> Result<Box<dyn OpenVideo>, MediaError>;
}

/// A video in hand.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OpenVideo: Send + Sync {
    /// What it holds.
    async fn probe(&self) -> Result<VideoFacts, MediaError>;

    /// The picture at this time from the beginning, as JPEG, at most `width` pixels wide and never enlarged.
    async fn frame(&self, at: Duration, width: u32) -> Result<Vec<u8>, MediaError>;

    /// The video as browsers play it: H.264 and AAC in an MP4 that can be watched while it comes, at most 1080 lines high.
    /// `reporter` is told how much is done.
    async fn transcode(&self, reporter: Arc<dyn Reporter>) -> Result<Box<dyn BlobReader>, MediaError>;
}

/// What a video holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VideoFacts {
    /// How long it runs, in seconds.
    pub duration_seconds: f64,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Pictures a second.
    pub frame_rate: f64,
    /// How its pictures are encoded.
    pub video_codec: String,
    /// How its sound is encoded, where it has any.
    pub audio_codec: Option<String>,
}
