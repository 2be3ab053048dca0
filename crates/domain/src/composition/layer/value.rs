//! The small values that layers are made of: lengths, shares, colours.

use serde::{Serialize, Serializer};

use crate::{Bounded, Invalid, Line, Prose};

/// What a layer is for, as `host` or `title`: 1 to 64 characters.
pub type LayerRole = Line<64>;
/// The text of a layer, which may hold `{title}`, `{episode_number}`, `{season_number}` and `{show}`.
pub type LayerText = Prose<2_000>;
/// The family of a font.
pub type FontFamily = Line<100>;
/// How heavy a font is, as in CSS: 400 is regular, 700 bold.
pub type FontWeight = Bounded<100, 900>;
/// On how many lines a text may stand.
pub type MaxLines = Bounded<1, 20>;

/// Declares a number within bounds, written to four decimals, so that equal layouts have one text.
macro_rules! fraction {
    ($(#[$doc:meta])* $name:ident, $min:literal to $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// The least.
            pub const MIN: f64 = $min;
            /// The greatest.
            pub const MAX: f64 = $max;

            /// Checks `number` and takes it, rounded to four decimals: less than a pixel of any canvas.
            pub fn parse(number: f64) -> Result<Self, Invalid> {
                let rounded = (number * 10_000.0).round() / 10_000.0;
                if (Self::MIN..=Self::MAX).contains(&rounded) {
                    // Adding zero turns -0.0 into 0.0.
                    Ok(Self(rounded + 0.0))
                } else {
                    Err(Invalid::OutOfRange { min: Self::MIN, max: Self::MAX })
                }
            }

            /// A number that is known to lie within the bounds.
            pub(crate) const fn fixed(number: f64) -> Self {
                assert!(number >= Self::MIN && number <= Self::MAX);
                Self(number)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.0)
            }
        }
    };
}

fraction! {
    /// Where an edge lies, as a fraction of the canvas: 0 is its left or top edge, 1 its right or bottom edge.
    Position, -4.0 to 4.0
}
fraction! {
    /// How wide or high something is, as a fraction of the canvas.
    Extent, 0.001 to 4.0
}
fraction! {
    /// How much of something there is, from nothing to all.
    Share, 0.0 to 1.0
}
fraction! {
    /// How round corners are, as a fraction of the shorter side: 0.5 makes a pill or a circle.
    Radius, 0.0 to 0.5
}
fraction! {
    /// The size of a font, as a fraction of the canvas's height.
    FontSize, 0.005 to 1.0
}
fraction! {
    /// How wide a line or a blur is, as a fraction of the canvas's height.
    Thickness, 0.0 to 0.2
}
fraction! {
    /// How far something is moved, as a fraction of the canvas's height.
    Offset, -0.2 to 0.2
}

/// A colour of sRGB, as `#rrggbb` or `#rrggbbaa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, green and blue.
    pub rgb: [u8; 3],
    /// 0 is transparent, 255 opaque.
    pub alpha: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Self = Self { rgb: [0; 3], alpha: 255 };
    /// White.
    pub const WHITE: Self = Self { rgb: [255; 3], alpha: 255 };

    /// Checks and takes `text`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let malformed = Invalid::Malformed { expected: "a colour as #rrggbb or #rrggbbaa" };
        let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = |digits: &str, at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        let read = |digits: &str| {
            let alpha = match digits.len() {
                6 => 255,
                8 => byte(digits, 6)?,
                _ => return None,
            };
            Some(Self { rgb: [byte(digits, 0)?, byte(digits, 2)?, byte(digits, 4)?], alpha })
        };
        digits.and_then(read).ok_or(malformed)
    }

    /// `#rrggbb`, whatever the transparency.
    #[must_use]
    pub fn opaque_text(self) -> String {
        let [red, green, blue] = self.rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let opaque = self.opaque_text();
        match self.alpha {
            255 => serializer.serialize_str(&opaque),
            alpha => serializer.serialize_str(&format!("{opaque}{alpha:02x}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_colour_is_read_in_either_case_and_written_in_one_way() {
        let text = |colour: &str| serde_json::to_value(Color::parse(colour).unwrap()).unwrap();
        assert_eq!(text("#FFaa00"), "#ffaa00");
        assert_eq!(text("#ffaa00ff"), "#ffaa00");
        assert_eq!(text("#ffaa0080"), "#ffaa0080");
        for wrong in ["ffaa00", "#fa0", "#ffaa0", "#ffaa0g", "#ffaa001", "#+faa00", "#ääaa", ""] {
            assert!(Color::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fractions_differ_only_where_pixels_do() {
        assert_eq!(Share::parse(0.100_001).unwrap(), Share::parse(0.1).unwrap());
        assert!(Share::parse(-0.000_001).is_ok() && Share::parse(-0.001).is_err());
        assert!(Share::parse(f64::NAN).is_err() && Position::parse(f64::INFINITY).is_err());
    }

    proptest! {
        #[test]
        fn a_fraction_survives_its_own_text(number in -4.0..4.0_f64) {
            let position = Position::parse(number).unwrap();
            let text = serde_json::to_string(&position).unwrap();
            prop_assert_eq!(Position::parse(text.parse().unwrap()).unwrap(), position);
        }
    }
}
