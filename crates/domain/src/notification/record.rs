//! The notification record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::Seq;
use crate::id::id;
use crate::identity::UserId;
use crate::{Limit, Timestamp};

id! {
    /// Identifies a notification.
    NotificationId
}

/// How a notification is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NotificationKind {
    /// Good to know.
    Info,
    /// Something worked.
    Success,
    /// Something may go wrong.
    Warning,
    /// Something went wrong.
    Error,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Info, Self::Success, Self::Warning, Self::Error];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How much a notification matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NotificationPriority {
    /// At once, whatever the hour.
    Critical,
    /// Soon.
    High,
    /// As usual.
    Normal,
    /// Whenever.
    Low,
}

impl NotificationPriority {
    /// Every priority.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// The priority of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == name)
    }
}

/// Something that one user should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notification {
    /// The identifier.
    pub id: NotificationId,
    /// Whom it is for.
    #[serde(skip)]
    pub user_id: UserId,
    /// The place of the event that it follows from; the order of the list.
    #[serde(skip)]
    pub seq: Seq,
    /// How it is meant.
    #[serde(rename = "type")]
    pub kind: NotificationKind,
    /// The event that it follows from.
    pub event: String,
    /// A few words.
    pub title: String,
    /// A sentence.
    pub message: String,
    /// How much it matters.
    pub priority: NotificationPriority,
    /// `resourceType`, `resourceId` and `eventId` of its cause.
    pub data: Map<String, Value>,
    /// When its owner read it.
    pub read_at: Option<Timestamp>,
    /// When it stops mattering.
    pub expires_at: Option<Timestamp>,
    /// When its cause happened.
    pub created_at: Timestamp,
}

/// Which of one's notifications a list holds, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationQuery {
    /// Only the unread ones, or only the read ones.
    pub unread: Option<bool>,
    /// Only those of this kind.
    pub kind: Option<NotificationKind>,
    /// From where on; `None` for the first page.
    pub after: Option<NotificationAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
}

/// The place behind a notification in its owner's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationAfter {
    /// Its event's place.
    pub seq: Seq,
    /// The notification.
    pub id: NotificationId,
}
