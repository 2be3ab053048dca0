//! Compositions: artwork made of layers, for episodes or free-standing.
//!
//! A composition's layers, the words of its episode and the bytes of its files make a [`Scene`] for each format; a
//! [`Renderer`] turns that into a picture, always the same one. The job that does so writes files and outputs.

mod budget;
mod canvas;
mod draft;
mod history;
mod layer;
mod output;
mod port;
mod query;
mod record;
mod render_job;
mod rendered;
mod renderer;
mod rendering;
mod review;
mod scene;
mod service;
mod status;
mod template;
#[cfg(test)]
mod tests;
mod transition;
mod version;
mod wish;

pub use budget::{MAX_BLENDED_PIXELS, MAX_CHARACTERS, MAX_PICTURE_PIXELS, OverBudget};
pub use canvas::{Canvas, Encoding, Format, Orientation};
pub use draft::{CompositionPatch, NewComposition, RenderWish};
pub use layer::{
    Align, Color, Extent, Fit, Font, FontFamily, FontSize, FontWeight, Frame, Layer, LayerDrafts, LayerKind, LayerRole,
    LayerText, Layers, MaxLines, Offset, Orientations, Position, Radius, Shadow, Share, Source, Stroke, Thickness,
};
pub use output::{Output, OutputChange, OutputStatus};
pub use port::CompositionStore;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockCompositionStore;
pub use query::{CompositionAfter, CompositionFilter, CompositionQuery};
pub use record::{Composition, CompositionId, CompositionName, Design, Formats, Reason};
pub use render_job::CompositionRender;
#[cfg(any(test, feature = "mocks"))]
pub use renderer::MockRenderer;
pub use renderer::{Picture, RenderError, Renderer};
pub use rendering::{Preview, Rendering};
pub use scene::{Content, Drawing, Scene, Words};
pub use service::CompositionService;
pub use status::{Approval, CompositionStatus};
#[cfg(any(test, feature = "mocks"))]
pub use template::MockTemplateStore;
pub use template::{
    DEFAULT_TEMPLATE, NewTemplate, Template, TemplateAfter, TemplateDescription, TemplateId, TemplateName,
    TemplatePatch, TemplateQuery, TemplateService, TemplateStore, built_in, find_built_in,
};
pub use version::{Comparison, CompositionVersion};
