//! Compiles scenes to SVG: documents that browsers and the renderer draw alike.
//!
//! Only what both draw in the same way is used: rectangles and pictures on whole pixels, paths, clips by rectangles, and
//! one filter, in sRGB.

mod draw;
mod lettering;
mod write;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::Compression;
use showrunner_domain::composition::{Picture, RenderError, Scene};

use self::draw::Draft;
use crate::fonts::Fonts;
use crate::picture::Bitmap;

/// How the pictures of a document are kept.
pub(crate) enum Inline<'a> {
    /// Within it, as data.
    Data,
    /// Beside it, called by where they stand.
    Beside(&'a mut Vec<Arc<Vec<u8>>>),
}

impl Inline<'_> {
    /// Keeps a picture, and says how the document refers to it.
    fn keep(&mut self, picture: &Bitmap) -> Result<String, png::EncodingError> {
        match self {
            Self::Data => {
                let png = picture.png(Compression::Fast)?;
                Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
            }
            Self::Beside(pictures) => {
                pictures.push(Arc::new(picture.png(Compression::NoCompression)?));
                Ok((pictures.len() - 1).to_string())
            }
        }
    }
}

/// The scene as an SVG document.
pub(crate) fn compile(
    scene: &Scene,
    pictures: &[Picture],
    fonts: &Fonts,
    inline: &mut Inline<'_>,
) -> Result<String, RenderError> {
    let (width, height) = (scene.canvas.width, scene.canvas.height);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">"#
    );
    for (at, drawing) in scene.drawings.iter().enumerate() {
        let draft = Draft { at, drawing, canvas: scene.canvas, pictures, fonts };
        svg.push_str(&draft.compile(inline)?);
    }
    svg.push_str("</svg>");
    Ok(svg)
}
