//! The port that makes pictures smaller.

use std::sync::Arc;

use async_trait::async_trait;

use super::MediaError;

/// Scales pictures.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PictureTool: Send + Sync {
    /// The picture as JPEG over white, at most `width` pixels wide and never enlarged, for each of `widths`. It is turned as
    /// its EXIF orientation says, and has no metadata.
    ///
    /// # Errors
    /// [`MediaError::Unusable`] where it is no JPEG, PNG or WebP, is cut off, or claims more pixels than a bound.
    async fn thumbnails(&self, picture: Arc<[u8]>, widths: &[u32]) -> Result<Vec<Thumbnail>, MediaError>;
}

/// A smaller picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Its bytes.
    pub jpeg: Vec<u8>,
}
