//! What a design may cost to draw, so that no request of one person takes a processor or a memory from all others.

use thiserror::Error;

use super::{Canvas, Content, Drawing, Format, Layers, Scene, Words};
use crate::file::Sha256;
use crate::{FieldError, ServiceError};

/// How many characters the texts on one canvas may have in all, with what stands for their placeholders.
pub const MAX_CHARACTERS: usize = 10_000;
/// How many pixels the pictures on one canvas may cover in all: twelve times the largest canvas. They are in memory together.
pub const MAX_PICTURE_PIXELS: u64 = 25_000_000;
/// How many pixels of one canvas may be covered in all by layers that are drawn apart and then laid on it: those with a shadow,
/// those that one can see through, and texts with an outline around what one can see through.
pub const MAX_BLENDED_PIXELS: u64 = 100_000_000;

/// That a canvas would cost too much, in words that follow "layers".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OverBudget {
    /// More than [`MAX_CHARACTERS`].
    #[error(
        "have texts of {0} characters on one canvas, but may have {MAX_CHARACTERS} with what stands for placeholders: \
         shorten them or use fewer"
    )]
    Characters(usize),
    /// More than [`MAX_PICTURE_PIXELS`].
    #[error(
        "cover {0} pixels of one canvas with pictures, but may cover {MAX_PICTURE_PIXELS}: make them smaller or use fewer"
    )]
    Pictures(u64),
    /// More than [`MAX_BLENDED_PIXELS`].
    #[error(
        "cover {0} pixels of one canvas with shadows and transparency, but may cover {MAX_BLENDED_PIXELS}: make them \
         smaller or use fewer"
    )]
    Blended(u64),
}

impl Scene {
    /// Whether drawing this costs no more than one canvas may.
    pub fn check_budget(&self) -> Result<(), OverBudget> {
        let characters = self.drawings.iter().map(Drawing::characters).sum();
        if characters > MAX_CHARACTERS {
            return Err(OverBudget::Characters(characters));
        }
        let pixels = |counts: fn(&Drawing) -> bool| -> u64 {
            let counted = self.drawings.iter().filter(|drawing| counts(drawing));
            counted.map(|drawing| drawing.reached_pixels(self.canvas)).sum()
        };
        let (pictures, blended) = (pixels(Drawing::is_picture), pixels(Drawing::is_blended));
        if pictures > MAX_PICTURE_PIXELS {
            return Err(OverBudget::Pictures(pictures));
        }
        if blended > MAX_BLENDED_PIXELS { Err(OverBudget::Blended(blended)) } else { Ok(()) }
    }
}

impl Layers {
    /// Whether drawing these costs no more than a canvas may, whichever it is. What stands for placeholders is not known
    /// here, and counted when it is.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] of the field `layers`.
    pub fn check_budget(&self) -> Result<(), ServiceError> {
        let any = Sha256::parse("0".repeat(64)).ok();
        for format in Format::ALL {
            if let Ok(scene) = Scene::of(self, format, &Words::placeholders(), |_| any.clone()) {
                scene.check_budget()?;
            }
        }
        Ok(())
    }
}

impl From<OverBudget> for ServiceError {
    fn from(over: OverBudget) -> Self {
        Self::Invalid(vec![FieldError::new("layers", over)])
    }
}

impl Drawing {
    fn characters(&self) -> usize {
        match &self.content {
            Content::Text { text, .. } => text.chars().count(),
            Content::Picture { .. } | Content::Shape { .. } => 0,
        }
    }

    fn is_picture(&self) -> bool {
        matches!(self.content, Content::Picture { .. })
    }

    /// Whether this is drawn apart, before it is laid on the canvas.
    fn is_blended(&self) -> bool {
        let is_masked = match self.content {
            Content::Text { fill, .. } => self.stroke.is_some() && fill.is_none_or(|fill| fill.alpha < u8::MAX),
            Content::Picture { .. } | Content::Shape { .. } => false,
        };
        self.shadow.is_some() || self.opacity.get() < 1.0 || is_masked
    }

    /// How many pixels this reaches, shadow included, of the canvas and what lies so near that it throws a shadow there.
    fn reached_pixels(&self, canvas: Canvas) -> u64 {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        // Three standard deviations and the way that the shadow is moved.
        let reach = self
            .shadow
            .map_or(0.0, |shadow| height * (3.0 * shadow.blur.get() + shadow.x.get().abs().max(shadow.y.get().abs())));
        let length = |start: f64, length: f64, canvas: f64| {
            let (start, end) = (start * canvas - reach, (start + length) * canvas + reach);
            (end.min(canvas + reach) - start.max(-reach)).max(0.0)
        };
        let frame = self.frame;
        let area = length(frame.x.get(), frame.w.get(), width) * length(frame.y.get(), frame.h.get(), height);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a canvas and its margins at most")]
        let pixels = area.round() as u64;
        pixels
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::composition::LayerDrafts;

    fn layers(layer: &Value, count: usize) -> Layers {
        let drafts = LayerDrafts::read("layers", json!(vec![layer; count])).unwrap();
        drafts.complete(&Layers::default()).unwrap()
    }

    fn picture() -> Value {
        json!({"role": "a", "kind": "image", "source": {"file_id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f"}})
    }

    fn text(text: &str) -> Value {
        json!({"role": "a", "kind": "text", "source": {"text": text}})
    }

    #[test]
    fn texts_count_when_they_are_saved_and_with_what_stands_for_placeholders() {
        assert!(layers(&text(&"a".repeat(2_000)), 5).check_budget().is_ok());
        assert!(layers(&text(&"a".repeat(2_000)), 6).check_budget().is_err());
        let titles = layers(&text(&"{title}".repeat(40)), 1);
        assert!(titles.check_budget().is_ok());
        let long = Words { title: "ä".repeat(255), ..Words::default() };
        let scene = Scene::of(&titles, Format::Youtube, &long, |_| None).unwrap();
        assert_eq!(scene.check_budget(), Err(OverBudget::Characters(10_200)));
    }

    #[test]
    fn pictures_shadows_and_transparency_count_where_they_are_on_a_canvas() {
        assert!(layers(&picture(), 12).check_budget().is_ok());
        assert!(layers(&picture(), 13).check_budget().is_err());
        let with = |member: &str, value: Value| {
            let mut layer = picture();
            layer[member] = value;
            layer
        };
        let small = json!({"x": 0.9, "y": 0.9, "w": 4, "h": 4});
        assert!(layers(&with("frame", small), 50).check_budget().is_ok(), "what sticks out costs nothing");
        assert!(layers(&with("shadow", json!({"blur": 0.2})), 4).check_budget().is_err(), "it reaches far");
        let shade = json!({"role": "a", "kind": "shape", "opacity": 0.5});
        assert!(layers(&shade, 48).check_budget().is_ok() && layers(&shade, 49).check_budget().is_err());
        let tall = with("orientations", json!({"portrait": {"x": 0, "y": 0, "w": 1, "h": 1}}));
        let narrow = json!({"x": 0, "y": 0, "w": 0.1, "h": 0.1});
        let mut tall_only = tall;
        tall_only["frame"] = narrow;
        assert!(layers(&tall_only, 13).check_budget().is_err(), "every canvas counts");
        assert!(layers(&json!({"role": "a", "kind": "shape"}), 50).check_budget().is_ok());
    }
}
