//! Where things stand, in whole pixels, so that no edge of a box and no pixel of a picture is blurred.

use showrunner_domain::composition::{Canvas, Fit, Frame};

use crate::picture::Bitmap;

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A part of a picture, in its own pixels, and the box that it fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) filled: Area,
}

impl Area {
    /// The frame on this canvas, at least one pixel wide and high.
    pub(crate) fn of(frame: &Frame, canvas: Canvas) -> Self {
        let (left, width) = span(frame.x.get(), frame.w.get(), canvas.width);
        let (top, height) = span(frame.y.get(), frame.h.get(), canvas.height);
        Self { left, top, width, height }
    }

    /// The canvas, and `margin` pixels around it.
    pub(crate) fn around(canvas: Canvas, margin: i32) -> Self {
        let (width, height) = (canvas.width.cast_signed(), canvas.height.cast_signed());
        Self { left: -margin, top: -margin, width: width + 2 * margin, height: height + 2 * margin }
    }

    /// `margin` pixels more on each side.
    pub(crate) fn grown(self, margin: i32) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            width: self.width + 2 * margin,
            height: self.height + 2 * margin,
        }
    }

    /// What both cover.
    pub(crate) fn within(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let width = (self.left + self.width).min(other.left + other.width) - left;
        let height = (self.top + self.height).min(other.top + other.height) - top;
        (width > 0 && height > 0).then_some(Self { left, top, width, height })
    }

    /// The length of the shorter side.
    pub(crate) fn shorter_side(self) -> f64 {
        f64::from(self.width.min(self.height))
    }

    /// Where a picture stands that fills this box as `fit` says: all of it, and the box that this takes.
    pub(crate) fn filled_by(self, picture: &Bitmap, fit: Fit) -> Part {
        let (width, height) = (f64::from(picture.width), f64::from(picture.height));
        let whole = Part { left: 0.0, top: 0.0, width, height, filled: self };
        let (across, down) = (f64::from(self.width) / width, f64::from(self.height) / height);
        match fit {
            Fit::Fill => whole,
            Fit::Cover => {
                let scale = across.max(down);
                let (shown, high) = (f64::from(self.width) / scale, f64::from(self.height) / scale);
                let (shown, high) = (shown.min(width), high.min(height));
                Part { left: (width - shown) / 2.0, top: (height - high) / 2.0, width: shown, height: high, ..whole }
            }
            Fit::Contain => {
                let scale = across.min(down);
                let length = |own: f64, room: i32| pixels(own * scale).clamp(1, room);
                let (shown, high) = (length(width, self.width), length(height, self.height));
                let left = self.left + (self.width - shown) / 2;
                let top = self.top + (self.height - high) / 2;
                Part { filled: Self { left, top, width: shown, height: high }, ..whole }
            }
        }
    }
}

impl Part {
    /// Of this part what fills `seen`, where any of it does.
    pub(crate) fn seen_in(self, seen: Area) -> Option<Self> {
        let filled = self.filled.within(seen)?;
        let across = self.width / f64::from(self.filled.width);
        let down = self.height / f64::from(self.filled.height);
        Some(Self {
            left: self.left + f64::from(filled.left - self.filled.left) * across,
            top: self.top + f64::from(filled.top - self.filled.top) * down,
            width: f64::from(filled.width) * across,
            height: f64::from(filled.height) * down,
            filled,
        })
    }
}

/// From where to where, in whole pixels of `canvas`.
fn span(start: f64, length: f64, canvas: u32) -> (i32, i32) {
    let (first, end) = (pixels(start * f64::from(canvas)), pixels((start + length) * f64::from(canvas)));
    (first, (end - first).max(1))
}

/// Rounded to whole pixels. Frames and canvases are bounded, so that every length has room.
pub(crate) fn pixels(length: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a frame is at most four canvases long")]
    let pixels = length.round() as i32;
    pixels
}
