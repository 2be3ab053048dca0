//! Entries of the activity feed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::event::{Audience, Seq};
use crate::id::id;
use crate::identity::{UserId, Visibility};
use crate::{Limit, Line, Timestamp};

id! {
    /// Identifies an entry of the activity feed.
    ActivityId
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ActivityAction {
    /// Created a record.
    Create,
    /// Changed one.
    Update,
    /// Deleted one.
    Delete,
    /// Brought one back.
    Restore,
    /// Asked for a decision.
    Submit,
    /// Accepted what was submitted.
    Approve,
    /// Turned it down.
    Reject,
    /// Rendered artwork.
    Render,
    /// Did a job.
    Complete,
    /// Will try a job again.
    Retry,
    /// Gave a job up.
    Failed,
    /// Called a job off.
    Cancel,
    /// Uploaded a file.
    Upload,
    /// Fetched a file.
    Download,
    /// Signed in.
    Login,
}

impl ActivityAction {
    /// Every action.
    pub const ALL: [Self; 15] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Submit,
        Self::Approve,
        Self::Reject,
        Self::Render,
        Self::Complete,
        Self::Retry,
        Self::Failed,
        Self::Cancel,
        Self::Upload,
        Self::Download,
        Self::Login,
    ];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Restore => "RESTORE",
            Self::Submit => "SUBMIT",
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
            Self::Render => "RENDER",
            Self::Complete => "COMPLETE",
            Self::Retry => "RETRY",
            Self::Failed => "FAILED",
            Self::Cancel => "CANCEL",
            Self::Upload => "UPLOAD",
            Self::Download => "DOWNLOAD",
            Self::Login => "LOGIN",
        }
    }

    /// The action of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// One entry of the activity feed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The identifier: that of the event that it follows from, so that one event never makes two.
    pub id: ActivityId,
    /// The place of that event; the order of the feed.
    #[serde(skip)]
    pub seq: Seq,
    /// Who did it; `None` for the system itself.
    pub user_id: Option<UserId>,
    /// How they were called then.
    pub user_name: String,
    /// What they did.
    pub action: ActivityAction,
    /// To what kind of record.
    pub resource_type: String,
    /// To which one.
    pub resource_id: Uuid,
    /// How that was called then.
    pub resource_name: String,
    /// Particulars: `title` or `name`; for UPDATE `changedFields` and `changes`, for RETRY `retryCount`, for FAILED `error`.
    pub metadata: Map<String, Value>,
    /// The address that the request came from; shown to administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The `User-Agent` of the request; shown to administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The request's identifier.
    pub request_id: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// Who may learn of the event that it follows from, and so of it.
    #[serde(skip)]
    pub audience: Audience,
}

/// Which activities a list holds: those that fulfil everything that is given, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    /// What of the feed may be seen at all.
    pub visible: Visibility,
    /// Of this user.
    pub user_id: Option<UserId>,
    /// Of this action.
    pub action: Option<ActivityAction>,
    /// On this kind of record.
    pub resource_type: Option<Line<40>>,
    /// On this record.
    pub resource_id: Option<Uuid>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// At this time or earlier.
    pub to: Option<Timestamp>,
    /// With this text in the record's name, whatever the case.
    pub q: Option<Line<255>>,
    /// From where on; `None` for the first page.
    pub after: Option<ActivityAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// The place behind an activity in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityAfter {
    /// When it happened.
    pub created_at: Timestamp,
    /// Its event's place.
    pub seq: Seq,
}
