//! Media: the ports to what understands videos, pictures and archives.

mod archive;
mod error;
mod picture;
mod video;

pub use archive::{ArchiveEntry, ArchiveTool, ArchiveWriter, OpenArchive};
#[cfg(any(test, feature = "mocks"))]
pub use archive::{MockArchiveTool, MockArchiveWriter, MockOpenArchive};
pub use error::MediaError;
#[cfg(any(test, feature = "mocks"))]
pub use picture::MockPictureTool;
pub use picture::{PictureTool, Thumbnail};
#[cfg(any(test, feature = "mocks"))]
pub use video::{MockOpenVideo, MockVideoTool};
pub use video::{OpenVideo, VideoFacts, VideoTool};
