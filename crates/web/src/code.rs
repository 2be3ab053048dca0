//! The codes of problems: what a program decides by.

use actix_web::http::StatusCode;

/// What kind of problem it is. Each has one status; several may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request cannot be read: broken JSON, cursor, id or header.
    Malformed,
    /// There is no acceptable proof of who asks.
    Unauthenticated,
    /// The role does not allow it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path exists, but not for this method.
    MethodNotAllowed,
    /// The request did not arrive in time.
    RequestTimeout,
    /// The record's status does not lead to the wanted one.
    InvalidTransition,
    /// Another record holds what must be unique.
    AlreadyExists,
    /// The record's state does not allow it, or too many wrote at once.
    Conflict,
    /// Somebody else holds the job now, or nobody any more.
    LeaseLost,
    /// The log no longer reaches back that far.
    LogTruncated,
    /// The record is in another version than the one named.
    VersionMismatch,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is of another type than expected.
    UnsupportedType,
    /// The file does not have the bytes that were asked for.
    RangeNotSatisfiable,
    /// Fields or parameters were refused.
    ValidationFailed,
    /// The key of a repeatable request was used for another request.
    IdempotencyKeyReused,
    /// Too many requests.
    RateLimited,
    /// The server cannot do it now.
    Unavailable,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 19] = [
        Self::Malformed,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::InvalidTransition,
        Self::AlreadyExists,
        Self::Conflict,
        Self::LeaseLost,
        Self::LogTruncated,
        Self::VersionMismatch,
        Self::TooLarge,
        Self::UnsupportedType,
        Self::RangeNotSatisfiable,
        Self::ValidationFailed,
        Self::IdempotencyKeyReused,
        Self::RateLimited,
        Self::Unavailable,
    ];

    /// The member `code`, the status and the member `title`, which is the same for every problem of this code.
    const fn table(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Malformed => ("MALFORMED", StatusCode::BAD_REQUEST, "The request cannot be read"),
            Self::Unauthenticated => ("UNAUTHENTICATED", StatusCode::UNAUTHORIZED, "Authentication is needed"),
            Self::Forbidden => ("FORBIDDEN", StatusCode::FORBIDDEN, "This is not allowed"),
            Self::NotFound => ("NOT_FOUND", StatusCode::NOT_FOUND, "There is no such thing"),
            Self::MethodNotAllowed => {
                ("METHOD_NOT_ALLOWED", StatusCode::METHOD_NOT_ALLOWED, "This method is not offered here")
            }
            Self::RequestTimeout => ("REQUEST_TIMEOUT", StatusCode::REQUEST_TIMEOUT, "The request took too long"),
            Self::InvalidTransition => ("INVALID_TRANSITION", StatusCode::CONFLICT, "The status does not allow this"),
            Self::AlreadyExists => ("ALREADY_EXISTS", StatusCode::CONFLICT, "This exists already"),
            Self::Conflict => ("CONFLICT", StatusCode::CONFLICT, "The record does not allow this now"),
            Self::LeaseLost => ("LEASE_LOST", StatusCode::CONFLICT, "The claim does not count any more"),
            Self::LogTruncated => ("LOG_TRUNCATED", StatusCode::GONE, "The log does not reach back that far"),
            Self::VersionMismatch => {
                ("VERSION_MISMATCH", StatusCode::PRECONDITION_FAILED, "The record is in another version")
            }
            Self::TooLarge => ("TOO_LARGE", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedType => {
                ("UNSUPPORTED_TYPE", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of another type than expected")
            }
            Self::RangeNotSatisfiable => {
                ("RANGE_NOT_SATISFIABLE", StatusCode::RANGE_NOT_SATISFIABLE, "The file does not have these bytes")
            }
            Self::ValidationFailed => {
                ("VALIDATION_FAILED", StatusCode::UNPROCESSABLE_ENTITY, "Some fields were refused")
            }
            Self::IdempotencyKeyReused => {
                ("IDEMPOTENCY_KEY_REUSED", StatusCode::UNPROCESSABLE_ENTITY, "The key belongs to another request")
            }
            Self::RateLimited => ("RATE_LIMITED", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Unavailable => ("UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE, "The server cannot do this now"),
        }
    }

    /// The member `code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.table().0
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.table().1
    }

    /// The member `title`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.table().2
    }

    /// The member `type`: a path of its own for every code, since `about:blank` would say no more than the status
    /// does and several codes share one (RFC 9457 section 3.1.1). It names the type; nothing is served there.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.as_str().to_ascii_lowercase().replace('_', "-"))
    }

    /// The code that says best what a bare `status` says.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let exact = Self::ALL.into_iter().find(|code| code.status() == status);
        match exact {
            Some(Self::InvalidTransition) => Self::Conflict,
            Some(code) => code,
            None if status.is_server_error() => Self::Unavailable,
            None => Self::Malformed,
        }
    }
}
