//! The composition record and its values.

use serde::Serialize;

use super::{Approval, CompositionStatus, Format, Layers, TemplateId};
use crate::episode::EpisodeId;
use crate::id::id;
use crate::identity::UserId;
use crate::show::ShowId;
use crate::writing::Versioned;
use crate::{Invalid, Line, Prose, Timestamp, Version};

id! {
    /// Identifies a composition.
    CompositionId
}

/// What a composition is called.
pub type CompositionName = Line<255>;
/// Why a composition was rejected.
pub type Reason = Prose<2_000>;

/// The canonical record of a composition: artwork for one episode, or free-standing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Composition {
    /// The identifier.
    pub id: CompositionId,
    /// What somebody has designed.
    #[serde(flatten)]
    pub design: Design,
    /// The show of its episode, as it is now: who may change it follows from it.
    #[serde(skip)]
    pub show_id: Option<ShowId>,
    /// How far its outputs are.
    pub status: CompositionStatus,
    /// Whether it was accepted.
    pub approval: Approval,
    /// Why it was rejected, while it is.
    pub rejection_reason: Option<Reason>,
    /// Whether it is the one that stands for its episode.
    pub is_primary: bool,
    /// Who made it; `null` for the system.
    pub created_by: Option<UserId>,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// Who wrote it last; `null` for the system.
    pub updated_by: Option<UserId>,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

impl Versioned for Composition {
    fn version(&self) -> Version {
        self.version
    }
}

/// What of a composition is designed: every version keeps it, and a version can be brought back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Design {
    /// What it is called.
    pub name: CompositionName,
    /// The episode that it is for.
    pub episode_id: Option<EpisodeId>,
    /// The template that says what its layers leave open.
    pub template_id: TemplateId,
    /// What it is made for.
    pub formats: Formats,
    /// What is drawn, from bottom to top.
    pub layers: Layers,
}

/// One format or several, each once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Formats(Vec<Format>);

impl Formats {
    /// Checks and takes `formats`, each once.
    pub fn parse(formats: Vec<Format>) -> Result<Self, Invalid> {
        if formats.is_empty() {
            return Err(Invalid::Empty);
        }
        let mut once = Vec::with_capacity(formats.len().min(Format::ALL.len()));
        for format in formats {
            if !once.contains(&format) {
                once.push(format);
            }
        }
        Ok(Self(once))
    }

    /// The formats, in the order given.
    #[must_use]
    pub fn as_slice(&self) -> &[Format] {
        &self.0
    }
}

impl Default for Formats {
    fn default() -> Self {
        Self(vec![Format::Youtube])
    }
}
