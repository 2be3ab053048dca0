//! Compiles scenes to SVG: documents that browsers and the renderer draw alike.
//!
//! Only what both draw in the same way is used: rectangles and pictures on whole pixels, paths, clips by rectangles, and
//! one filter, in sRGB.

mod draw;
mod lettering;
mod write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use showrunner_domain::composition::{Canvas, Picture, RenderError, Scene};

use self::draw::{Draft, sides};
use crate::fonts::Fonts;
use crate::picture::Bitmap;
use crate::place::Area;

/// What scenes are compiled for: drawings come from bottom to top.
pub(crate) trait Paper {
    /// Takes a picture that stands alone, as it is.
    fn picture(&mut self, picture: Bitmap, at: Area) -> Result<(), RenderError>;

    /// Keeps a picture that is part of a drawing, and says how the drawing refers to it.
    fn keep(&mut self, picture: Bitmap) -> Result<String, RenderError>;

    /// Takes a drawing.
    fn draw(&mut self, svg: &str);
}

/// A document that has all of its pictures within it.
pub(crate) struct Document(String);

impl Paper for Document {
    fn picture(&mut self, picture: Bitmap, at: Area) -> Result<(), RenderError> {
        let href = self.keep(picture)?;
        self.draw(&format!(r#"<image{} href="{href}"/>"#, sides(at)));
        Ok(())
    }

    fn keep(&mut self, picture: Bitmap) -> Result<String, RenderError> {
        let png = picture.png().map_err(|error| RenderError::Failed(error.into()))?;
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
    }

    fn draw(&mut self, svg: &str) {
        self.0.push_str(svg);
    }
}

/// How documents of this size begin. They end with `</svg>`.
pub(crate) fn head(Canvas { width, height }: Canvas) -> String {
    let size = format!(r#"width="{width}" height="{height}" viewBox="0 0 {width} {height}""#);
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size}>"#)
}

/// The scene as an SVG document.
pub(crate) fn document(scene: &Scene, pictures: &[Picture], fonts: &Fonts) -> Result<String, RenderError> {
    let mut document = Document(head(scene.canvas));
    compile(scene, pictures, fonts, &mut document)?;
    document.draw("</svg>");
    Ok(document.0)
}

/// Puts all drawings of the scene on `paper`.
pub(crate) fn compile(
    scene: &Scene,
    pictures: &[Picture],
    fonts: &Fonts,
    paper: &mut dyn Paper,
) -> Result<(), RenderError> {
    for (at, drawing) in scene.drawings.iter().enumerate() {
        Draft { at, drawing, canvas: scene.canvas, pictures, fonts }.compile(paper)?;
    }
    Ok(())
}
