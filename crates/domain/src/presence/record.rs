//! That somebody looks at a record, for a while.

use serde::Serialize;

use crate::identity::{Actor, UserId};
use crate::{Subject, Timestamp};

/// How long one look at a record counts, in seconds.
const LASTS: i64 = 60;
/// A look is written again only when less than this is left of it, in seconds: watching costs few writes.
const RENEW_BELOW: i64 = 45;

/// A user looks at a record until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// The record.
    pub subject: Subject,
    /// The user.
    pub user_id: UserId,
    /// The user's name.
    pub user_name: String,
    /// Since when without a break.
    pub since: Timestamp,
    /// Until when, unless they look again.
    pub expires_at: Timestamp,
}

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

impl Viewing {
    /// `actor` begins to look at `subject`.
    pub(crate) fn begin(subject: Subject, actor: &Actor, now: Timestamp) -> Self {
        Self {
            subject,
            user_id: actor.id,
            user_name: actor.name.clone(),
            since: now,
            expires_at: now.plus_seconds(LASTS),
        }
    }

    /// The same look, made last from `now` on; `None` while enough of it is left.
    pub(crate) fn renewed(&self, now: Timestamp) -> Option<Self> {
        if self.expires_at > now.plus_seconds(RENEW_BELOW) {
            return None;
        }
        Some(Self { expires_at: now.plus_seconds(LASTS), ..self.clone() })
    }
}

impl From<Viewing> for Viewer {
    fn from(viewing: Viewing) -> Self {
        Self { user_id: viewing.user_id, user_name: viewing.user_name, since: viewing.since }
    }
}
