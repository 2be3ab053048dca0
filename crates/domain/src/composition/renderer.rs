//! The port that turns scenes into pictures.

use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use super::{Encoding, Scene};
use crate::file::Sha256;

/// A picture to draw: the bytes of a file.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Their digest, by which scenes know it.
    pub sha256: Sha256,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

/// Why a scene was not rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A picture cannot be drawn, and never will be.
    #[error("a picture cannot be drawn: {reason}")]
    Picture {
        /// The digest of its file.
        sha256: Sha256,
        /// What is wrong with it.
        reason: String,
    },
    /// The scene would take too much to draw, in words that follow "layers".
    #[error("the scene is too much to draw: layers {reason}")]
    TooMuch {
        /// What is too much, and what to do.
        reason: String,
    },
    /// Something else went wrong.
    #[error("the renderer failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Turns scenes into pictures. The same scene gives the same bytes, for one release and processor architecture.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Renderer: Send + Sync {
    /// The digest of all that decides the bytes of a picture: the scene's canonical text, the encoding, the fonts, and the
    /// renderer itself.
    fn key(&self, scene: &Scene, encoding: Encoding) -> Sha256;

    /// The scene as an SVG document that refers to nothing outside: text as outlines, pictures scaled and inlined.
    ///
    /// MUST refuse pictures that are no JPEG, PNG or WebP, that claim more pixels than a bound, or that are cut off, decode
    /// each picture once, hold no more than a bounded number of bytes in memory, and stop soon after the future is dropped.
    async fn svg(&self, scene: &Scene, pictures: &[Picture]) -> Result<String, RenderError>;

    /// The bytes of the picture that [`Renderer::svg`] describes, without metadata.
    async fn render(&self, scene: &Scene, pictures: &[Picture], encoding: Encoding) -> Result<Vec<u8>, RenderError>;

    /// What [`Renderer::render`] makes of each of `scenes`, in their order. It may draw them side by side.
    async fn render_all(
        &self,
        scenes: &[Scene],
        pictures: &[Picture],
        encoding: Encoding,
    ) -> Result<Vec<Vec<u8>>, RenderError> {
        let mut rendered = Vec::with_capacity(scenes.len());
        for scene in scenes {
            rendered.push(self.render(scene, pictures, encoding).await?);
        }
        Ok(rendered)
    }
}
