//! Layers: what artwork is made of.

mod draft;
mod members;
mod record;
#[cfg(feature = "schema")]
mod schema;
mod value;

pub use draft::LayerDrafts;
pub use record::{Align, Fit, Font, Frame, Layer, LayerKind, Layers, Orientations, Shadow, Source, Stroke};
pub use value::{
    Color, Extent, FontFamily, FontSize, FontWeight, LayerRole, LayerText, MaxLines, Offset, Position, Radius, Share,
    Thickness,
};
