//! What somebody wants a composition to be, before it is one.

use super::{CompositionName, Format, Formats, LayerDrafts, Layers, TemplateId};
use crate::episode::EpisodeId;

/// Fields to set. `None` leaves a field alone; `Some(None)` empties one that may be empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CompositionPatch {
    /// What it is called.
    pub name: Option<CompositionName>,
    /// The episode that it is for.
    pub episode_id: Option<Option<EpisodeId>>,
    /// The template that says what layers leave open.
    pub template_id: Option<TemplateId>,
    /// What it is made for.
    pub formats: Option<Formats>,
    /// All of its layers.
    pub layers: Option<LayerDrafts>,
}

/// A new composition: what it must have, and whatever else is known.
///
/// Without layers it has those of the template that is named, or none where none is named.
#[derive(Debug, Clone, PartialEq)]
pub struct NewComposition {
    /// What it is called.
    pub name: CompositionName,
    /// Everything else.
    pub others: CompositionPatch,
}

/// A change of the design, with everything looked up.
#[expect(clippy::option_option, reason = "absent, empty and given are told apart")]
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DesignPatch {
    pub(crate) name: Option<CompositionName>,
    pub(crate) episode_id: Option<Option<EpisodeId>>,
    pub(crate) template_id: Option<TemplateId>,
    pub(crate) formats: Option<Formats>,
    pub(crate) layers: Option<Layers>,
}

/// What of a composition is to be rendered: all of its formats where none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderWish {
    /// What for.
    pub formats: Option<Formats>,
    /// How the pictures are written.
    pub encoding: super::Encoding,
}

impl RenderWish {
    /// The formats that are wanted of a composition which is made for `all`.
    #[must_use]
    pub fn formats<'a>(&'a self, all: &'a Formats) -> &'a [Format] {
        self.formats.as_ref().unwrap_or(all).as_slice()
    }
}
