//! Compiles scenes to SVG: documents that browsers and the renderer draw alike.
//!
//! Only what both draw in the same way is used: rectangles and pictures on whole pixels, paths, clips by rectangles, and
//! one filter, in sRGB.

mod draw;
mod lettering;
mod pictures;
mod write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use showrunner_domain::composition::{Canvas, Picture, RenderError, Scene};

use self::draw::{Draft, sides};
use self::pictures::shown;
use crate::fonts::Fonts;
use crate::picture::Bitmap;
use crate::place::Area;
use crate::stop::Stop;

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
        if self.0.len() + png.len() / 3 * 4 > MAX_BYTES {
            let reason = format!("make a preview of more than {} MiB: use fewer or smaller pictures", MAX_BYTES >> 20);
            return Err(RenderError::TooMuch { reason });
        }
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

/// How many bytes a document may have: a browser has to read them.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How many segments the outlines of all letters on one canvas may have. In a document each has up to fifty bytes.
const MAX_SEGMENTS: usize = 1_000_000;

/// How much of what a canvas may take is taken.
#[derive(Default)]
struct Spent {
    segments: usize,
}

impl Spent {
    /// Takes so many segments more.
    fn segments(&mut self, more: usize) -> Result<(), RenderError> {
        self.segments += more;
        if self.segments <= MAX_SEGMENTS {
            return Ok(());
        }
        let reason = format!("have texts whose outlines take more than {MAX_SEGMENTS} segments: shorten them");
        Err(RenderError::TooMuch { reason })
    }
}

/// The scene as an SVG document.
pub(crate) fn document(scene: &Scene, pictures: &[Picture], fonts: &Fonts, stop: &Stop) -> Result<String, RenderError> {
    let mut document = Document(head(scene.canvas));
    compile(scene, pictures, fonts, &mut document, stop)?;
    document.draw("</svg>");
    Ok(document.0)
}

/// Puts all drawings of the scene on `paper`, unless nobody waits for them any more.
pub(crate) fn compile(
    scene: &Scene,
    pictures: &[Picture],
    fonts: &Fonts,
    paper: &mut dyn Paper,
    stop: &Stop,
) -> Result<(), RenderError> {
    let numbered = scene.drawings.iter().enumerate();
    let drafts: Vec<Draft<'_>> =
        numbered.map(|(at, drawing)| Draft { at, drawing, canvas: scene.canvas, fonts }).collect();
    let shown = shown(scene, &drafts, pictures, stop)?;
    let mut spent = Spent::default();
    for (draft, shown) in drafts.iter().zip(shown) {
        stop.check()?;
        draft.compile(shown, paper, &mut spent)?;
    }
    Ok(())
}
