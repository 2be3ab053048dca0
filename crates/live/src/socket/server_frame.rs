//! The frames that the server sends, but events.

use std::borrow::Cow;

use bytestring::ByteString;
use serde::Serialize;
use showrunner_domain::ServiceError;
use showrunner_domain::event::Seq;
use showrunner_domain::job::JobProgress;
use showrunner_domain::presence::{Place, Revision, Viewer, Watched};
use showrunner_web::causes;
use uuid::Uuid;

/// A frame of the server.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum ServerFrame<'a> {
    /// The token was accepted; the log's head then.
    Ready { head: Seq },
    /// From here on events of these topics come, those after `from`.
    Subscribed { topics: &'a [String], from: Seq },
    /// Something was missed for good: load the records anew; events after `head` follow.
    Resync { head: Seq, reason: &'a str },
    /// Answers `ping`.
    Pong,
    /// Everybody who looks at a record.
    Presence { resource: &'a str, id: Uuid, viewers: &'a [Viewer], version: Revision },
    /// How far a job is.
    Progress(&'a JobProgress),
    /// A frame was refused, and nothing of it was done.
    Error(&'a Refusal),
}

impl ServerFrame<'_> {
    pub(super) fn to_text(&self) -> ByteString {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("frames are plain data: {error}")).into()
    }
}

/// The frame that tells who looks at the record `place`.
pub(crate) fn presence_frame(place: Place, now: &Watched) -> ByteString {
    let Watched { viewers, version } = now;
    ServerFrame::Presence { resource: place.kind(), id: place.id(), viewers, version: *version }.to_text()
}

/// The frame that tells how far a job is.
pub(crate) fn progress_frame(job: &JobProgress) -> ByteString {
    ServerFrame::Progress(job).to_text()
}

/// What is wrong with a frame, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ErrorCode {
    /// No JSON object, no text, or members that are missing, unknown or of a wrong type or range.
    Malformed,
    /// This release knows no such frame.
    UnknownType,
    /// An `auth` frame must come first, or the token in it was not accepted.
    Unauthenticated,
    /// The token has expired: an `auth` frame with a new one must come.
    TokenExpired,
    /// The role does not allow it.
    Forbidden,
    /// There is no such topic.
    UnknownTopic,
    /// There is no such record.
    NotFound,
    /// The connection would hold too many topics.
    TooManyTopics,
    /// The connection would view too many records.
    TooManyViews,
    /// `since` came after the connection's first subscription.
    SinceNotAllowed,
    /// The store failed: the same frame may succeed later.
    Unavailable,
}

/// Why a frame was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) message: Cow<'static, str>,
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        let code = match &error {
            ServiceError::Unauthenticated { .. } => ErrorCode::Unauthenticated,
            ServiceError::Forbidden { .. } => ErrorCode::Forbidden,
            ServiceError::NotFound { .. } => ErrorCode::NotFound,
            cause => {
                tracing::warn!(error = causes(cause), "a frame could not be handled");
                return Self::new(ErrorCode::Unavailable, "the store is unavailable: try again");
            }
        };
        Self::new(code, error.to_string())
    }
}
