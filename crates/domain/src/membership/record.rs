//! The membership record.

use serde::Serialize;

use crate::identity::{Role, UserId};
use crate::show::ShowId;
use crate::writing::Versioned;
use crate::{Line, Timestamp, Version};

/// A user's role within a show. There is one at most of each user in each show; it goes when either goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Membership {
    /// The show.
    pub show_id: ShowId,
    /// The user.
    pub user_id: UserId,
    /// What the user is called now. Renaming a user makes no new version of this record.
    pub user_name: Line<255>,
    /// What they may do within the show.
    pub role: Role,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

impl Versioned for Membership {
    fn version(&self) -> Version {
        self.version
    }
}
