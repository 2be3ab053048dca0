//! What can go wrong in a use case, each with what the caller needs to go on.

use thiserror::Error;

use crate::event::Seq;
use crate::identity::TokenError;
use crate::{CommitError, FieldError, QuotaExceeded, References, ResourceKind, Version};

/// The store was out of reach, refused a statement, took too long or held something unreadable.
///
/// The cause is for the log, never for the caller.
#[derive(Debug, Error)]
#[error("the store failed: {cause}")]
pub struct StoreError {
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
    kind: StoreErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StoreErrorKind {
    Outage,
    Refusal,
    Busy,
}

impl StoreError {
    /// Wraps the adapter's own error: an outage, which may pass.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), kind: StoreErrorKind::Outage }
    }

    /// Wraps the adapter's own error: the store is well and refuses this very data, and would each time.
    pub fn refusal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), kind: StoreErrorKind::Refusal }
    }

    /// Whether the store is well and refuses this very data: trying again is of no use.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Refusal)
    }

    /// Wraps the adapter's own error: the store is well and has too much to do for this request, which may be sent again.
    pub fn busy(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), kind: StoreErrorKind::Busy }
    }

    /// Whether the store is well and had too much to do.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Busy)
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The caller did not prove who they are.
    #[error("{reason}")]
    Unauthenticated {
        /// What is wrong with the proof.
        reason: &'static str,
    },
    /// The password, link or refresh token is not accepted.
    #[error("{reason}")]
    SignInRefused {
        /// A sentence that says what to do.
        reason: &'static str,
    },
    /// The account is locked for a while, after too many failed attempts to sign in.
    #[error("too many attempts to sign in failed: try again in {retry_after} seconds")]
    Locked {
        /// How long to wait, in seconds, at least 1.
        retry_after: u64,
    },
    /// The permission table says no.
    #[error("your role does not allow this on {kind} records")]
    Forbidden {
        /// The kind of record.
        kind: ResourceKind,
    },
    /// There is no such record, or it is deleted.
    #[error("there is no {kind} with this id")]
    NotFound {
        /// The kind of record.
        kind: ResourceKind,
    },
    /// The record's state does not lead to the wanted one.
    #[error("{kind} cannot go from {from} to {to}")]
    InvalidTransition {
        /// The kind of record.
        kind: ResourceKind,
        /// The current state.
        from: &'static str,
        /// The wanted state.
        to: &'static str,
    },
    /// Another record holds what must be unique.
    #[error("{what} already exists")]
    AlreadyExists {
        /// What exists, as the beginning of the sentence.
        what: &'static str,
    },
    /// The record is not in a state in which this makes sense, or too many others wrote it at once.
    #[error("{reason}")]
    Conflict {
        /// A sentence that says what to do.
        reason: &'static str,
    },
    /// Others refer to the record that is to leave.
    #[error("{reason}")]
    InUse {
        /// A sentence that says what to do.
        reason: &'static str,
        /// What refers to it, where that was asked for.
        used_by: References,
    },
    /// The caller has as much as one may have.
    #[error(transparent)]
    QuotaExceeded(QuotaExceeded),
    /// The record is not in the version that the caller has seen.
    #[error("the record is in version {}", current.get())]
    VersionMismatch {
        /// The version that it is in.
        current: Version,
    },
    /// Somebody else holds the job now, or nobody any more.
    #[error("this claim does not count any more: stop working on the job")]
    LeaseLost,
    /// The key of a repeatable request was used for another request.
    #[error("this key was used for another request")]
    KeyReused,
    /// Fields that were refused, all at once.
    #[error("{} field(s) were refused", .0.len())]
    Invalid(Vec<FieldError>),
    /// A file has more bytes than one of its kind may have.
    #[error("a file of type {what} may have at most {limit} bytes")]
    TooLarge {
        /// The type.
        what: &'static str,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The log does not reach from where the caller stopped reading to now.
    #[error("the log holds events from {first} to {head} only")]
    LogTruncated {
        /// The first event that is still held.
        first: Seq,
        /// The last event.
        head: Seq,
    },
    /// The store failed; the same request may succeed later.
    #[error("the store is unavailable")]
    Unavailable(#[from] StoreError),
}

impl From<TokenError> for ServiceError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(reason) => Self::Unauthenticated { reason },
            TokenError::Store(error) => Self::Unavailable(error),
        }
    }
}

impl From<CommitError> for ServiceError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Stale => Self::Conflict { reason: "others kept changing this record: try again" },
            CommitError::AlreadyExists { what } => Self::AlreadyExists { what },
            CommitError::Dangling { field } => {
                Self::Invalid(vec![FieldError::new(field, "names a record that does not exist")])
            }
            CommitError::InUse { reason } => Self::InUse { reason, used_by: References::default() },
            CommitError::LastAdmin => {
                Self::Conflict { reason: "this is the last administrator: make somebody else one first" }
            }
            CommitError::Received(_) => Self::Conflict { reason: "this request was already carried out" },
            CommitError::Quota(quota) => Self::QuotaExceeded(quota),
            CommitError::Store(error) => Self::Unavailable(error),
        }
    }
}
