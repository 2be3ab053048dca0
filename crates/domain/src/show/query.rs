//! Which shows a list holds, and in what order.

use serde::{Deserialize, Serialize};

use super::{Show, ShowId, ShowStatus};
use crate::{Limit, Line, Timestamp, fold};

/// What a list of shows is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowQuery {
    /// Which shows.
    pub filter: ShowFilter,
    /// In what order.
    pub sort: ShowSort,
    /// From where on; `None` for the first page.
    pub after: Option<ShowAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
}

/// Which shows a list holds: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowFilter {
    /// In this status.
    pub status: Option<ShowStatus>,
    /// With this text in the name, whatever the case.
    pub q: Option<Line<255>>,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowSortKey {
    /// The name, whatever its case.
    Name,
    /// When the record came into being.
    #[default]
    CreatedAt,
    /// When the record was last written.
    UpdatedAt,
}

/// The order of a list; shows with equal keys follow by id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowSort {
    /// What by.
    pub key: ShowSortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl ShowSort {
    /// Reads a key's name, with `-` before it for descending.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let key = match name {
            "name" => ShowSortKey::Name,
            "created_at" => ShowSortKey::CreatedAt,
            "updated_at" => ShowSortKey::UpdatedAt,
            _ => return None,
        };
        Some(Self { key, descending })
    }
}

impl Default for ShowSort {
    /// Newest first.
    fn default() -> Self {
        Self { key: ShowSortKey::CreatedAt, descending: true }
    }
}

/// The place behind a show in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowAfter {
    /// The order of the list that it was found in.
    pub sort: ShowSort,
    /// The show's sort key.
    pub value: ShowSortValue,
    /// The show.
    pub id: ShowId,
}

/// A value that shows are sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShowSortValue {
    /// A folded name.
    Text(String),
    /// A time.
    Time(Timestamp),
}

impl ShowAfter {
    /// The place behind `show` in a list of this order.
    #[must_use]
    pub fn of(show: &Show, sort: ShowSort) -> Self {
        let value = match sort.key {
            ShowSortKey::Name => ShowSortValue::Text(fold(show.name.as_str())),
            ShowSortKey::CreatedAt => ShowSortValue::Time(show.created_at),
            ShowSortKey::UpdatedAt => ShowSortValue::Time(show.updated_at),
        };
        Self { sort, value, id: show.id }
    }
}
