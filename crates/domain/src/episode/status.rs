//! How far an episode has come, and where it can go from there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The state of an episode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpisodeStatus {
    /// Being worked on.
    #[default]
    Draft,
    /// Waiting for a decision.
    Pending,
    /// Accepted.
    Approved,
    /// Turned down.
    Rejected,
    /// Out.
    Published,
    /// Put away.
    Archived,
}

impl EpisodeStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Pending, Self::Approved, Self::Rejected, Self::Published, Self::Archived];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The status of this name, or why there is none.
    pub fn read(name: &str) -> Result<Self, Invalid> {
        let expected = "one of draft, pending, approved, rejected, published and archived";
        Self::parse(name).ok_or(Invalid::Malformed { expected })
    }

    /// Whether an episode may go from this status to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use EpisodeStatus::{Approved, Archived, Draft, Pending, Published, Rejected};
        matches!(
            (self, next),
            (Draft, Pending | Approved | Published | Archived)
                | (Pending, Draft | Approved | Rejected)
                | (Approved, Draft | Published | Archived)
                | (Rejected | Published, Draft | Archived)
                | (Archived, Draft)
        )
    }
}

impl fmt::Display for EpisodeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_leads_exactly_where_the_contract_says() {
        use EpisodeStatus::{Approved, Archived, Draft, Pending, Published, Rejected};
        let allowed: [(EpisodeStatus, &[EpisodeStatus]); 6] = [
            (Draft, &[Pending, Approved, Published, Archived]),
            (Pending, &[Draft, Approved, Rejected]),
            (Approved, &[Draft, Published, Archived]),
            (Rejected, &[Draft, Archived]),
            (Published, &[Draft, Archived]),
            (Archived, &[Draft]),
        ];
        for (from, targets) in allowed {
            for to in EpisodeStatus::ALL {
                assert_eq!(from.may_become(to), targets.contains(&to), "{from} to {to}");
            }
        }
    }
}
