//! Media: the ports to what understands videos, pictures and archives, and the jobs that make one of the other.

mod archive;
mod error;
mod picture;
mod thumbnail_generation;
mod video;
mod video_processing;

pub use archive::{ArchiveEntry, ArchiveTool, ArchiveWriter, OpenArchive};
#[cfg(any(test, feature = "mocks"))]
pub use archive::{MockArchiveTool, MockArchiveWriter, MockOpenArchive};
pub use error::MediaError;
#[cfg(any(test, feature = "mocks"))]
pub use picture::MockPictureTool;
pub use picture::{PictureTool, Thumbnail};
pub use thumbnail_generation::ThumbnailGeneration;
#[cfg(any(test, feature = "mocks"))]
pub use video::{MockOpenVideo, MockVideoTool};
pub use video::{OpenVideo, VideoFacts, VideoTool};
pub use video_processing::VideoProcessing;
