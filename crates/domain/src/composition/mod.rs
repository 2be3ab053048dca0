//! Compositions: artwork made of layers, for episodes or free-standing.

mod canvas;
mod layer;
mod renderer;
mod scene;

pub use canvas::{Canvas, Encoding, Format, Orientation};
pub use layer::{
    Align, Color, Extent, Fit, Font, FontFamily, FontSize, FontWeight, Frame, Layer, LayerDrafts, LayerKind, LayerRole,
    LayerText, Layers, MaxLines, Offset, Orientations, Position, Radius, Shadow, Share, Source, Stroke, Thickness,
};
#[cfg(any(test, feature = "mocks"))]
pub use renderer::MockRenderer;
pub use renderer::{Picture, RenderError, Renderer};
pub use scene::{Content, Drawing, Scene, Words};
