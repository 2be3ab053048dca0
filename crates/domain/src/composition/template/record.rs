//! The template record and its values.

use serde::{Deserialize, Serialize};

use crate::composition::{LayerDrafts, Layers};
use crate::id::id;
use crate::identity::UserId;
use crate::writing::Versioned;
use crate::{Limit, Line, Prose, Timestamp, Version};

id! {
    /// Identifies a template.
    TemplateId
}

/// What a template is called.
pub type TemplateName = Line<255>;
/// What a template is for.
pub type TemplateDescription = Prose<2_000>;

/// The canonical record of a template: a layout that says, role by role, what layers leave open.
///
/// Compositions take what they need when they are written: a template that changes later changes none of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Template {
    /// The identifier.
    pub id: TemplateId,
    /// What it is called.
    pub name: TemplateName,
    /// What it is for; may be empty.
    pub description: TemplateDescription,
    /// Its layers, from bottom to top. Those without a source are places for one.
    pub layers: Layers,
    /// Whether it comes with the program: such a one stays as it is.
    pub built_in: bool,
    /// Who made it; `null` for the system.
    pub created_by: Option<UserId>,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

impl Versioned for Template {
    fn version(&self) -> Version {
        self.version
    }
}

/// Fields to set. `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplatePatch {
    /// What it is called.
    pub name: Option<TemplateName>,
    /// What it is for.
    pub description: Option<TemplateDescription>,
    /// All of its layers.
    pub layers: Option<LayerDrafts>,
}

/// A new template: what it must have, and whatever else is known.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTemplate {
    /// What it is called.
    pub name: TemplateName,
    /// Everything else.
    pub others: TemplatePatch,
}

/// What a list of templates is asked for. It is sorted by when templates came, the newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TemplateQuery {
    /// From where on; `None` for the first page.
    pub after: Option<TemplateAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all.
    pub total: bool,
}

/// The place behind a template in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TemplateAfter {
    /// When the template came.
    pub created_at: Timestamp,
    /// The template.
    pub id: TemplateId,
}

impl TemplateAfter {
    /// The place behind `template`.
    #[must_use]
    pub const fn of(template: &Template) -> Self {
        Self { created_at: template.created_at, id: template.id }
    }
}
