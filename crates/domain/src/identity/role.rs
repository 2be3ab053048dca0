//! Roles.

use std::fmt;

use serde::Serialize;

/// What somebody may do in general. The permission table says what each role means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Editor,
    /// Everything.
    Admin,
    /// Claims and finishes jobs, nothing else.
    Worker,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Worker];

    /// The bound that leaves a user's own roles as they are.
    pub(crate) const UNBOUNDED: Self = Self::Admin;

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Worker => "worker",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// The lower of two roles: what both allow. `None` where they have nothing in common, as a worker and an editor.
    #[must_use]
    pub fn lower(self, other: Self) -> Option<Self> {
        use Role::{Admin, Editor, Viewer, Worker};
        match (self, other) {
            (Admin, role) | (role, Admin) => Some(role),
            (Worker, Worker) => Some(Worker),
            (Worker, _) | (_, Worker) => None,
            (Editor, Editor) => Some(Editor),
            (Viewer, _) | (_, Viewer) => Some(Viewer),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_role_is_the_same_from_both_sides_and_never_higher() {
        for a in Role::ALL {
            assert_eq!(Role::parse(a.as_str()), Some(a));
            assert_eq!(a.lower(a), Some(a));
            for b in Role::ALL {
                assert_eq!(a.lower(b), b.lower(a));
            }
        }
        assert_eq!(Role::Admin.lower(Role::Viewer), Some(Role::Viewer));
        assert_eq!(Role::Editor.lower(Role::Viewer), Some(Role::Viewer));
        assert_eq!(Role::Admin.lower(Role::Worker), Some(Role::Worker));
        assert_eq!(Role::Editor.lower(Role::Worker), None);
    }
}
