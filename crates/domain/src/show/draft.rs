//! What somebody wants a show to be, before it is one.

use super::{ShowDescription, ShowName, ShowStatus, Slug};

/// Fields to set. `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowPatch {
    /// What it is called. The slug stays as it is.
    pub name: Option<ShowName>,
    /// Its name in addresses.
    pub slug: Option<Slug>,
    /// What it is about.
    pub description: Option<ShowDescription>,
    /// How far it has come.
    pub status: Option<ShowStatus>,
}

/// A new show: what it must have, and whatever else is known. Without a slug it gets the one that its name suggests, or one
/// like it where that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShow {
    /// What it is called.
    pub name: ShowName,
    /// Everything else.
    pub others: ShowPatch,
}
