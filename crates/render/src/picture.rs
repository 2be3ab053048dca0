//! Pictures as pixels. What comes from outside is believed as little as possible: its kind is told by how it begins, what
//! it claims is bounded before room is made for it, and a picture that is cut off is none.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::error::ImageError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use thiserror::Error;

/// How many pixels a picture may have on a side.
const LONGEST_SIDE: u32 = 16_384;
/// How many pixels a picture may have in all.
const MOST_PIXELS: u64 = 50_000_000;

/// Why a picture cannot be drawn, in words that follow its name.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Unusable(pub(crate) String);

/// Pixels of 8 bits a channel in sRGB, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether a pixel is red, green, blue and opacity, or red, green and blue alone.
    pub(crate) has_alpha: bool,
    pub(crate) pixels: Vec<u8>,
}

/// Reads a JPEG, PNG or WebP, turned as its EXIF orientation says. Of a moving picture it is the first frame.
pub(crate) fn decode(bytes: &[u8]) -> Result<Bitmap, Unusable> {
    let decoded = catch_unwind(|| read(bytes));
    decoded.unwrap_or_else(|_| Err(broken()))
}

/// How many pixels a picture claims to have from left to right and from top to bottom, if it may have so many.
pub(crate) fn dimensions(bytes: &[u8]) -> Result<(u32, u32), Unusable> {
    let claimed = catch_unwind(|| Ok(begun(bytes)?.dimensions()));
    claimed.unwrap_or_else(|_| Err(broken()))
}

fn read(bytes: &[u8]) -> Result<Bitmap, Unusable> {
    let mut decoder = begun(bytes)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let has_alpha = decoder.color_type().has_alpha();
    let mut image = DynamicImage::from_decoder(decoder).map_err(told)?;
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    let pixels = if has_alpha { image.into_rgba8().into_raw() } else { image.into_rgb8().into_raw() };
    Ok(Bitmap { width, height, has_alpha, pixels })
}

/// What has read the head of a picture, and knows that the rest may be decoded.
fn begun(bytes: &[u8]) -> Result<impl ImageDecoder, Unusable> {
    let format = format(bytes)?;
    if format == ImageFormat::Jpeg && !jpeg_ends(bytes) {
        return Err(Unusable("it is cut off".into()));
    }
    let decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(told)?;
    let (width, height) = decoder.dimensions();
    if width > LONGEST_SIDE || height > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unusable(format!(
            "it claims {width} × {height} pixels, but may have {LONGEST_SIDE} on a side and {MOST_PIXELS} in all"
        )));
    }
    Ok(decoder)
}

fn broken() -> Unusable {
    Unusable("it is broken in a way that its decoder does not survive".into())
}

/// The format, by how the bytes begin.
fn format(bytes: &[u8]) -> Result<ImageFormat, Unusable> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ => Err(Unusable(match bytes.trim_ascii_start() {
            [] => "it is empty".into(),
            [b'<', ..] | [0x1F, 0x8B, ..] => {
                "it looks like SVG, which is not drawn: it could refer to other files".into()
            }
            _ => "it is neither JPEG, PNG nor WebP".into(),
        })),
    }
}

/// Whether a JPEG has its end: the decoder would paint the rest of one that is cut off in grey.
///
/// Segments are passed over by their lengths, as previews within them have ends of their own. After the first scan
/// begins, an end can only be its own (ITU T.81, B.1.1).
fn jpeg_ends(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4).and_then(|four| four.first_chunk()) {
        if marker == START_OF_SCAN {
            return bytes[at..].windows(2).any(|two| two == [0xFF, 0xD9]);
        }
        at += if marker == 0xFF { 1 } else { 2 + usize::from(u16::from_be_bytes([high, low])) };
    }
    false
}

fn told(error: ImageError) -> Unusable {
    Unusable(match error {
        ImageError::IoError(_) => "it is cut off".into(),
        ImageError::Limits(_) => "it would take too much memory".into(),
        other => other.to_string(),
    })
}
