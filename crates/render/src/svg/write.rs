//! How values are written in SVG.

use std::fmt::{self, Display, Formatter};

use resvg::tiny_skia::{Path, PathSegment};
use showrunner_domain::composition::Color;

/// A length in pixels, to three decimals: less than anybody sees.
pub(super) struct Px(pub(super) f64);

/// The data of a path.
pub(super) struct Data<'a>(pub(super) &'a Path);

/// How something is coloured: the attribute of this name, and its opacity.
pub(super) struct Paint(pub(super) &'static str, pub(super) Option<Color>);

impl Display for Px {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Adding zero turns -0 into 0.
        write!(f, "{}", (self.0 * 1000.0).round() / 1000.0 + 0.0)
    }
}

impl Display for Data<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for segment in self.0.segments() {
            let (command, points) = match segment {
                PathSegment::MoveTo(point) => ('M', [Some(point), None, None]),
                PathSegment::LineTo(point) => ('L', [Some(point), None, None]),
                PathSegment::QuadTo(bend, point) => ('Q', [Some(bend), Some(point), None]),
                PathSegment::CubicTo(first, second, point) => ('C', [Some(first), Some(second), Some(point)]),
                PathSegment::Close => ('Z', [None; 3]),
            };
            write!(f, "{command}")?;
            for (at, point) in points.into_iter().flatten().enumerate() {
                let gap = if at == 0 { "" } else { " " };
                write!(f, "{gap}{} {}", Px(point.x.into()), Px(point.y.into()))?;
            }
        }
        Ok(())
    }
}

impl Display for Paint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name, color) = self;
        match color {
            None => write!(f, r#" {name}="none""#),
            Some(color) if color.alpha == u8::MAX => write!(f, r#" {name}="{}""#, color.opaque_text()),
            Some(color) => {
                write!(f, r#" {name}="{}" {name}-opacity="{}""#, color.opaque_text(), Px(opacity(*color)))
            }
        }
    }
}

/// How opaque a colour is, from 0 to 1.
pub(super) fn opacity(color: Color) -> f64 {
    f64::from(color.alpha) / 255.0
}
