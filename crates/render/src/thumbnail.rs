//! Smaller pictures of a picture.

use showrunner_domain::composition::Encoding;
use showrunner_domain::media::{MediaError, Thumbnail};

use crate::picture::{Bitmap, Unusable, decode};
use crate::place::{Area, Part};

/// One thumbnail for each of `widths`, as JPEG over white, never larger than the picture itself.
pub(crate) fn all(picture: &[u8], widths: &[u32]) -> Result<Vec<Thumbnail>, MediaError> {
    let picture = decode(picture).map_err(unusable)?;
    widths.iter().map(|width| one(&picture, *width)).collect()
}

fn one(picture: &Bitmap, width: u32) -> Result<Thumbnail, MediaError> {
    let width = width.clamp(1, picture.width);
    // Rounded half up. Sides are bounded, so that the product has room.
    let height = ((2 * picture.height * width + picture.width) / (2 * picture.width)).max(1);
    let filled = Area { left: 0, top: 0, width: width.cast_signed(), height: height.cast_signed() };
    let whole = Part { left: 0.0, top: 0.0, width: picture.width.into(), height: picture.height.into(), filled };
    let scaled = picture.scaled(&whole).map_err(unusable)?;
    let jpeg = scaled.encode(Encoding::Jpeg).map_err(MediaError::failed)?;
    Ok(Thumbnail { width, height, jpeg })
}

fn unusable(Unusable(reason): Unusable) -> MediaError {
    MediaError::unusable(reason)
}
