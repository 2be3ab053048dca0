//! Pixels as files, without metadata.

use std::io;

use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageError};
use jpeg_encoder::SamplingFactor;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};
use showrunner_domain::composition::Encoding;

use crate::picture::Bitmap;

/// The quality of every JPEG.
const JPEG_QUALITY: u8 = 90;

impl Bitmap {
    /// The picture as a file. A JPEG is drawn over white.
    pub(crate) fn encode(self, encoding: Encoding) -> io::Result<Vec<u8>> {
        match encoding {
            Encoding::Jpeg => self.opaque().jpeg(),
            Encoding::Png => self.png().map_err(io::Error::other),
            Encoding::Webp => self.webp().map_err(io::Error::other),
        }
    }

    /// The picture as PNG. Balanced compression would take ten times as long, for a file that is hardly smaller.
    pub(crate) fn png(&self) -> Result<Vec<u8>, EncodingError> {
        self.compressed(Compression::Fast)
    }

    /// The picture as PNG without compression, to be read again at once.
    pub(crate) fn stored_png(&self) -> Result<Vec<u8>, EncodingError> {
        self.compressed(Compression::NoCompression)
    }

    fn compressed(&self, compression: Compression) -> Result<Vec<u8>, EncodingError> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(if self.has_alpha { ColorType::Rgba } else { ColorType::Rgb });
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(compression);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Colours are kept at half the resolution of brightness (4:2:0), as they are in most photos.
    fn jpeg(&self) -> io::Result<Vec<u8>> {
        let side = |pixels: u32| u16::try_from(pixels).map_err(io::Error::other);
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, JPEG_QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        let (width, height) = (side(self.width)?, side(self.height)?);
        encoder.encode(&self.pixels, width, height, jpeg_encoder::ColorType::Rgb).map_err(io::Error::other)?;
        Ok(bytes)
    }

    fn webp(&self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        let kind = if self.has_alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
        WebPEncoder::new_lossless(&mut bytes).encode(&self.pixels, self.width, self.height, kind)?;
        Ok(bytes)
    }

    /// The picture over white.
    fn opaque(self) -> Self {
        if !self.has_alpha {
            return self;
        }
        let over_white = |pixel: &[u8; 4]| {
            let [red, green, blue, alpha] = pixel.map(u16::from);
            [red, green, blue].map(|shade| {
                let mixed = (shade * alpha + 255 * (255 - alpha) + 127) / 255;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            })
        };
        let (pixels, _) = self.pixels.as_chunks();
        Self { has_alpha: false, pixels: pixels.iter().flat_map(over_white).collect(), ..self }
    }
}
