//! The roles that somebody has within shows.

use std::sync::Arc;

use super::Role;
use crate::show::ShowId;

/// The roles that count within shows, each in place of the general one. Cheap to clone: every request has a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowRoles(Arc<[(ShowId, Role)]>);

impl ShowRoles {
    /// The role within `show`, if there is one.
    #[must_use]
    pub fn within(&self, show: ShowId) -> Option<Role> {
        self.0.iter().find(|(of, _)| *of == show).map(|(_, role)| *role)
    }

    /// Every role within some show.
    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.0.iter().map(|(_, role)| *role)
    }
}

impl FromIterator<(ShowId, Role)> for ShowRoles {
    fn from_iter<I: IntoIterator<Item = (ShowId, Role)>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}
