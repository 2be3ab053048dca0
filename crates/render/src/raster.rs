//! SVG to pixels. What is drawn is what this crate has written: nothing that it might refer to is ever looked for.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};
use showrunner_domain::composition::Canvas;
use thiserror::Error;

use crate::picture::Bitmap;

/// Why an SVG document was not drawn.
#[derive(Debug, Error)]
pub(crate) enum RasterError {
    /// The document is not as the renderer wants it.
    #[error("the document cannot be drawn")]
    Document(#[from] resvg::usvg::Error),
    /// A canvas has no pixels, or too many.
    #[error("a canvas of {0} × {1} pixels cannot be drawn on")]
    Canvas(u32, u32),
}

/// Draws `svg`, in which pictures are called by where they stand in `pictures`: as PNG, in the size that they are shown in.
pub(crate) fn draw(svg: &str, pictures: Vec<Arc<Vec<u8>>>, canvas: Canvas) -> Result<Bitmap, RasterError> {
    let resolver = ImageHrefResolver {
        resolve_data: Box::new(|_, _, _| None),
        resolve_string: Box::new(move |name, _| {
            let picture = pictures.get(name.parse::<usize>().ok()?)?;
            Some(ImageKind::PNG(Arc::clone(picture)))
        }),
    };
    let options = Options { image_href_resolver: resolver, ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let Canvas { width, height } = canvas;
    let mut pixmap = Pixmap::new(width, height).ok_or(RasterError::Canvas(width, height))?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    Ok(Bitmap { width, height, has_alpha: true, pixels: pixmap.take_demultiplied() })
}
