//! Presence as it is shown.

use serde::{Deserialize, Serialize};

use super::{PresenceState, Revision, StatusMessage};
use crate::Timestamp;
use crate::identity::UserId;

/// One entry of a list of viewers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Viewer {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// Since when without a break.
    pub since: Timestamp,
}

/// Everybody who looks at a record, as of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// One entry a user, at most 1,000, those first who came first.
    pub viewers: Vec<Viewer>,
    /// Grows with what happens, the same on every node: of two lists of one record the one of the lower version is
    /// out of date.
    pub version: Revision,
}

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Present {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// Online, away, busy or offline: as they chose, or away after five minutes without a word.
    pub state: PresenceState,
    /// What they are doing, in their own words.
    pub status_message: Option<StatusMessage>,
    /// Since when without a break.
    pub since: Timestamp,
}

/// Where a page of those present ends: names in the order of their characters, users of one name by identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PresentAfter {
    /// The last one's name.
    pub user_name: String,
    /// The last one.
    pub user_id: UserId,
}
