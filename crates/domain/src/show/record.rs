//! The show record and its values.

use serde::{Deserialize, Serialize};

use super::Slug;
use crate::id::id;
use crate::writing::Versioned;
use crate::{Line, Prose, Timestamp, Version};

id! {
    /// Identifies a show.
    ShowId
}

/// What a show is called.
pub type ShowName = Line<255>;
/// What a show is about.
pub type ShowDescription = Prose<10_000>;

/// The canonical record of a show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Show {
    /// The identifier.
    pub id: ShowId,
    /// What it is called.
    pub name: ShowName,
    /// Its name in addresses; no two shows share one.
    pub slug: Slug,
    /// What it is about; may be empty.
    pub description: ShowDescription,
    /// How far it has come.
    pub status: ShowStatus,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

impl Versioned for Show {
    fn version(&self) -> Version {
        self.version
    }
}

/// The state of a show. Any may follow any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowStatus {
    /// Being prepared.
    #[default]
    InDevelopment,
    /// Being made.
    Active,
    /// Over.
    Archived,
    /// Given up.
    Cancelled,
}

impl ShowStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::InDevelopment, Self::Active, Self::Archived, Self::Cancelled];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InDevelopment => "in_development",
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_written_as_it_is_named() {
        for status in ShowStatus::ALL {
            assert_eq!(ShowStatus::parse(status.as_str()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert_eq!(ShowStatus::parse("Active"), None);
    }
}
