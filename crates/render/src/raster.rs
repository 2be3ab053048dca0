//! SVG to pixels. What is drawn is what this crate has written: nothing that it might refer to is ever looked for.

use std::mem::take;
use std::sync::Arc;

use resvg::tiny_skia::{Color, ColorU8, Pixmap, PixmapPaint, Transform};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};
use showrunner_domain::composition::{Canvas, RenderError};

use crate::picture::Bitmap;
use crate::place::Area;
use crate::svg::{Paper, head};

/// A canvas that is being drawn on.
///
/// Pictures that stand alone are laid on it as the SVG renderer would lay them there, without the way through a file.
pub(crate) struct Easel {
    canvas: Canvas,
    pixmap: Pixmap,
    /// Drawings that wait to be drawn together.
    waiting: String,
    /// Pictures that those refer to by where they stand here.
    pictures: Vec<Arc<Vec<u8>>>,
}

impl Easel {
    /// A transparent canvas, or a white one.
    pub(crate) fn new(canvas: Canvas, white: bool) -> Result<Self, RenderError> {
        let Canvas { width, height } = canvas;
        let mut pixmap = Pixmap::new(width, height).ok_or_else(|| failed("there are no such canvases"))?;
        if white {
            pixmap.fill(Color::WHITE);
        }
        Ok(Self { canvas, pixmap, waiting: String::new(), pictures: Vec::new() })
    }

    /// What has been drawn. What was white at first is opaque.
    pub(crate) fn finish(mut self, white: bool) -> Result<Bitmap, RenderError> {
        self.draw_waiting()?;
        let Canvas { width, height } = self.canvas;
        let pixels = if white {
            let (pixels, _) = self.pixmap.data().as_chunks();
            pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect()
        } else {
            self.pixmap.take_demultiplied()
        };
        Ok(Bitmap { width, height, has_alpha: !white, pixels })
    }

    /// Lays an opaque picture on what lies beneath.
    fn cover(&mut self, picture: &Bitmap, at: Area) {
        let length = |pixels: i32| usize::try_from(pixels).unwrap_or_default();
        let across = self.canvas.width as usize;
        let (canvas, _) = self.pixmap.data_mut().as_chunks_mut();
        let (pixels, _) = picture.pixels.as_chunks();
        let lines = canvas.chunks_exact_mut(across).skip(length(at.top));
        for (line, pixels) in lines.zip(pixels.chunks_exact(length(at.width))) {
            for (to, [red, green, blue]) in line[length(at.left)..].iter_mut().zip(pixels) {
                *to = [*red, *green, *blue, u8::MAX];
            }
        }
    }

    fn draw_waiting(&mut self) -> Result<(), RenderError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let pictures = take(&mut self.pictures);
        let resolver = ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(move |name, _| {
                let picture = pictures.get(name.parse::<usize>().ok()?)?;
                Some(ImageKind::PNG(Arc::clone(picture)))
            }),
        };
        let options = Options { image_href_resolver: resolver, ..Options::default() };
        let svg = head(self.canvas) + &take(&mut self.waiting) + "</svg>";
        let tree = Tree::from_str(&svg, &options).map_err(failed)?;
        resvg::render(&tree, Transform::identity(), &mut self.pixmap.as_mut());
        Ok(())
    }
}

impl Paper for Easel {
    fn picture(&mut self, picture: Bitmap, at: Area) -> Result<(), RenderError> {
        self.draw_waiting()?;
        if picture.has_alpha {
            let picture = picture.premultiplied().ok_or_else(|| failed("a picture has no pixels"))?;
            let paint = PixmapPaint::default();
            self.pixmap.draw_pixmap(at.left, at.top, picture.as_ref(), &paint, Transform::identity(), None);
        } else {
            self.cover(&picture, at);
        }
        Ok(())
    }

    fn keep(&mut self, picture: Bitmap) -> Result<String, RenderError> {
        self.pictures.push(Arc::new(picture.stored_png().map_err(failed)?));
        Ok((self.pictures.len() - 1).to_string())
    }

    fn draw(&mut self, svg: &str) {
        self.waiting.push_str(svg);
    }
}

impl Bitmap {
    fn premultiplied(&self) -> Option<Pixmap> {
        let mut pixmap = Pixmap::new(self.width, self.height)?;
        let (pixels, _) = self.pixels.as_chunks();
        for (to, [red, green, blue, alpha]) in pixmap.pixels_mut().iter_mut().zip(pixels) {
            *to = ColorU8::from_rgba(*red, *green, *blue, *alpha).premultiply();
        }
        Some(pixmap)
    }
}

fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RenderError {
    RenderError::Failed(cause.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What the easel does by itself is what the renderer makes of the same picture in a document.
        #[test]
        fn a_picture_that_stands_alone_is_drawn_as_within_a_document(
            has_alpha: bool,
            pixels in prop::collection::vec(any::<u8>(), 30 * 20 * 4),
            (left, top) in (0..10, 0..10),
        ) {
            let canvas = Canvas { width: 40, height: 30 };
            let length = 30 * 20 * if has_alpha { 4 } else { 3 };
            let picture = Bitmap { width: 30, height: 20, has_alpha, pixels: pixels[..length].to_vec() };
            let at = Area { left, top, width: 30, height: 20 };
            let mut alone = Easel::new(canvas, false).unwrap();
            alone.draw(r##"<rect width="25" height="25" fill="#336699" fill-opacity="0.7"/>"##);
            let mut within = Easel::new(canvas, false).unwrap();
            within.draw(&alone.waiting);
            alone.picture(picture.clone(), at).unwrap();
            let href = within.keep(picture).unwrap();
            within.draw(&format!(r#"<image x="{left}" y="{top}" width="30" height="20" href="{href}"/>"#));
            prop_assert!(alone.finish(false).unwrap() == within.finish(false).unwrap());
        }
    }

    #[test]
    fn nothing_outside_is_ever_loaded() {
        let picture = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/tests/render/pictures/palette.png");
        let path = picture.trim_start_matches("file://");
        let canvas = Canvas { width: 24, height: 16 };
        for href in [picture, path, "0", "http://localhost/a.png", "data:image/svg+xml,<svg/>"] {
            let mut easel = Easel::new(canvas, false).unwrap();
            easel.draw(&format!(r#"<image width="24" height="16" href="{}"/>"#, href.replace('<', "&lt;")));
            assert!(easel.finish(false).unwrap().pixels.iter().all(|byte| *byte == 0), "{href}");
        }
    }
}
