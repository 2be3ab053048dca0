//! Scaling pictures, with the processor's vector instructions where it has them.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::picture::{Bitmap, Unusable};
use crate::place::Part;

impl Bitmap {
    /// `part` of this picture, in the size of the box that it fills.
    pub(crate) fn scaled(&self, part: &Part) -> Result<Self, Unusable> {
        let (width, height) = (part.filled.width.cast_unsigned(), part.filled.height.cast_unsigned());
        let channels = if self.has_alpha { 4 } else { 3 };
        let mut pixels = vec![0; channels * width as usize * height as usize];
        let resized = if self.has_alpha {
            self.resize::<U8x4>(part, width, height, &mut pixels)
        } else {
            self.resize::<U8x3>(part, width, height, &mut pixels)
        };
        resized.map_err(|error| Unusable(format!("it cannot be scaled: {error}")))?;
        Ok(Self { width, height, has_alpha: self.has_alpha, pixels })
    }

    // Typed images keep the scalers of all other kinds of pixels out of the build.
    fn resize<P: PixelTrait>(
        &self,
        part: &Part,
        width: u32,
        height: u32,
        pixels: &mut [u8],
    ) -> Result<(), Box<dyn std::error::Error>> {
        let from = TypedImageRef::<P>::from_buffer(self.width, self.height, &self.pixels)?;
        let mut to = TypedImage::<P>::from_buffer(width, height, pixels)?;
        // Sums of shares may come to a hair more than the whole.
        let (left, top) = (part.left.max(0.0), part.top.max(0.0));
        let across = part.width.min(f64::from(self.width) - left);
        let down = part.height.min(f64::from(self.height) - top);
        // Colours of transparent pixels do not count: `use_alpha` weighs them by their opacity.
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(left, top, across, down)
            .use_alpha(self.has_alpha);
        Resizer::new().resize_typed(&from, &mut to, &options)?;
        Ok(())
    }
}
