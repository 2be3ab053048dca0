//! What refers to a record that is to leave.

use serde::Serialize;
use uuid::Uuid;

use crate::ResourceKind;

/// A record that refers to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reference {
    /// Its kind.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub kind: ResourceKind,
    /// Its identifier.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// What refers to a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Some of them: all where they are few.
    pub first: Vec<Reference>,
    /// How many there are, [`MOST`](Self::MOST) at most.
    pub total: u64,
}

impl References {
    /// How many are named to whoever asks.
    pub const NAMED: usize = 20;
    /// How many are counted: that many or more.
    pub const MOST: usize = 1_000;
}
