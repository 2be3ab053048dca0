//! Versions of compositions: what each was, who wrote it, and how two differ.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Composition, CompositionId, Design};
use crate::identity::UserId;
use crate::{Change, Timestamp, Version};

/// What a composition was in one version. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompositionVersion {
    /// The composition.
    pub composition_id: CompositionId,
    /// Which version.
    pub version: Version,
    /// Which fields differ from the version before; all of them in the first.
    pub changed_fields: Vec<String>,
    /// What was designed.
    #[serde(flatten)]
    pub design: Design,
    /// Who wrote it; `null` for the system.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
}

impl CompositionVersion {
    /// The version that `change` makes; none where the composition goes.
    #[must_use]
    pub fn of(change: &Change<Composition>) -> Option<Self> {
        let composition = change.state();
        (!change.is_erased()).then(|| Self {
            composition_id: composition.id,
            version: composition.version,
            changed_fields: composition.changed_from(change.before()),
            design: composition.design.clone(),
            created_by: composition.updated_by,
            created_at: composition.updated_at,
        })
    }
}

/// How two versions differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The one.
    pub from: Version,
    /// The other.
    pub to: Version,
    /// Each field that differs: its value in the one and in the other.
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, (Value, Value)>"))]
    pub changes: Map<String, Value>,
}

impl Comparison {
    /// What differs from `one` to `other`, field by field.
    #[must_use]
    pub fn of(one: &CompositionVersion, other: &CompositionVersion) -> Self {
        let (before, after) = (fields(&one.design), fields(&other.design));
        let differing = after.into_iter().filter(|(name, value)| before.get(name) != Some(value));
        let changes = differing.map(|(name, value)| {
            let change = json!([before.get(&name), value]);
            (name, change)
        });
        Self { from: one.version, to: other.version, changes: changes.collect() }
    }
}

impl Composition {
    /// The names of the fields that differ from `before`: those that somebody sets.
    pub(crate) fn changed_from(&self, before: Option<&Self>) -> Vec<String> {
        let set = |composition: &Self| {
            let mut members = fields(&composition.design);
            members.insert("approval".to_owned(), json!(composition.approval));
            members.insert("rejection_reason".to_owned(), json!(composition.rejection_reason));
            members.insert("is_primary".to_owned(), json!(composition.is_primary));
            members
        };
        let (now, then) = (set(self), before.map(set).unwrap_or_default());
        now.into_iter().filter(|(name, value)| then.get(name) != Some(value)).map(|(name, _)| name).collect()
    }
}

fn fields(design: &Design) -> Map<String, Value> {
    match json!(design) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
