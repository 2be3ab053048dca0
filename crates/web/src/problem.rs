//! Problem documents (RFC 9457): the one shape in which anything is refused.

use std::borrow::Cow;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use showrunner_domain::event::Seq;
use showrunner_domain::{FieldError, Reference, References, ServiceError, Version};

use crate::{Code, causes};

/// Why a request was refused, as `application/problem+json`.
///
/// A handler returns it as its error; the boundary adds the members `instance` and `request_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    version: Option<Version>,
    /// Rare, and large beside the rest.
    used_by: Option<Box<References>>,
    held: Option<(Seq, Seq)>,
    retry_after: Option<u64>,
}

/// Why a request was refused (RFC 9457). Its members are written in this order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
struct Document<'a> {
    /// A path of its own for every code.
    r#type: String,
    /// The same few words for every problem of this code.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// A sentence that says what to do.
    detail: &'a str,
    /// The request's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    /// What a program decides by.
    code: &'static str,
    /// `VALIDATION_FAILED`: everything that was refused.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// `VERSION_MISMATCH`: the version that the record is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    /// `CONFLICT`, where a record is to be deleted that others refer to: the first 20 of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_by: Option<&'a [Reference]>,
    /// `CONFLICT`, where a record is to be deleted that others refer to: how many there are; 1000 stands for that many or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_by_total: Option<u64>,
    /// `LOG_TRUNCATED`: the first event that is still held.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seq: Option<Seq>,
    /// `LOG_TRUNCATED`: the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Seq>,
    /// Finds the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl Problem {
    /// The media type of problem documents.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem of this code. `detail` is a sentence that says what to do.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let (errors, version, used_by, held, retry_after) = (Vec::new(), None, None, None, None);
        Self { code, detail: detail.into(), errors, version, used_by, held, retry_after }
    }

    /// A request that cannot be read.
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Malformed, detail)
    }

    /// Fields or parameters that were refused, all at once.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = "Correct what `errors` names and send the request again.";
        Self { errors, ..Self::new(Code::ValidationFailed, detail) }
    }

    /// What a bare error `status` says, for answers that were not made by this server's own code.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let code = Code::of_status(status);
        let detail = match code {
            Code::NotFound => "There is nothing at this path: look it up in the documentation of the API.",
            Code::MethodNotAllowed => "Use one of the methods that the header `Allow` names.",
            Code::Unavailable => "Try again later.",
            _ => "Correct the request and send it again.",
        };
        Self::new(code, detail)
    }

    /// The schema of problem documents.
    pub fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Document<'_>>()
    }

    /// Too many requests of one kind; `seconds` from now another one is accepted (RFC 6585 section 4).
    #[must_use]
    pub fn rate_limited(seconds: u64) -> Self {
        let detail = format!("There were too many attempts: try again in {seconds} seconds.");
        Self { retry_after: Some(seconds), ..Self::new(Code::RateLimited, detail) }
    }

    /// More work of one kind than there is room for; `seconds` from now there may be some (RFC 9110 section 15.6.4).
    #[must_use]
    pub fn overloaded(seconds: u64) -> Self {
        let detail = format!("There is too much of this work at the moment: try again in {seconds} seconds.");
        Self { retry_after: Some(seconds), ..Self::new(Code::Unavailable, detail) }
    }

    /// What kind of problem it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The sentence that says what to do.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The document's text; `instance` is the request's path.
    #[must_use]
    pub fn document(&self, instance: Option<&str>, request_id: Option<&str>) -> String {
        let document = Document {
            r#type: self.code.type_uri(),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            instance,
            code: self.code.as_str(),
            errors: &self.errors,
            version: self.version,
            used_by: self.used_by.as_ref().map(|used_by| used_by.first.as_slice()),
            used_by_total: self.used_by.as_ref().map(|used_by| used_by.total),
            first_seq: self.held.map(|(first, _)| first),
            head: self.held.map(|(_, head)| head),
            request_id,
        };
        serde_json::to_string(&document).unwrap_or_else(|error| unreachable!("problems are plain data: {error}"))
    }
}

/// The causes of [`ServiceError::Unavailable`] go to the log here, once, and nowhere else.
impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unauthenticated { reason } => Self::new(
                Code::Unauthenticated,
                format!("{} Send a valid token as `Authorization: Bearer <token>`.", sentence(reason)),
            ),
            ServiceError::SignInRefused { reason } => Self::new(Code::Unauthenticated, sentence(reason)),
            ServiceError::Locked { retry_after } => Self::rate_limited(retry_after),
            ServiceError::Forbidden { kind } => Self::new(
                Code::Forbidden,
                format!("Your role does not allow this on {kind} records: ask an administrator."),
            ),
            ServiceError::NotFound { kind } => {
                Self::new(Code::NotFound, format!("There is no {kind} with this id: it may have been deleted."))
            }
            ServiceError::InvalidTransition { kind, from, to } => Self::new(
                Code::InvalidTransition,
                format!("This {kind} cannot go from {from} to {to}: take a status that {from} leads to."),
            ),
            ServiceError::AlreadyExists { what } => Self::new(
                Code::AlreadyExists,
                sentence(&format!("{what} already exists: change that one or choose another")),
            ),
            ServiceError::Conflict { reason } => Self::new(Code::Conflict, sentence(reason)),
            ServiceError::InUse { reason, used_by } => {
                let used_by = Some(used_by).filter(|used_by| used_by.total > 0).map(Box::new);
                Self { used_by, ..Self::new(Code::Conflict, sentence(reason)) }
            }
            ServiceError::QuotaExceeded(quota) => {
                let retry_after = quota.retry_after();
                Self { retry_after, ..Self::new(Code::RateLimited, sentence(&quota.to_string())) }
            }
            ServiceError::VersionMismatch { current } => {
                let detail = format!("The record is in version {}: read it again before changing it.", current.get());
                Self { version: Some(current), ..Self::new(Code::VersionMismatch, detail) }
            }
            ServiceError::TooLarge { what, limit } => {
                Self::new(Code::TooLarge, format!("A file of type {what} may have at most {limit} bytes."))
            }
            ServiceError::LeaseLost => Self::new(
                Code::LeaseLost,
                "This claim does not count any more: stop working on the job, and claim another.",
            ),
            ServiceError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "This `Idempotency-Key` was used for another request: choose a new one.",
            ),
            ServiceError::Invalid(errors) => Self::invalid(errors),
            ServiceError::LogTruncated { first, head } => {
                let detail = format!(
                    "The log holds the events from {first} to {head}: read the records anew and go on from {head}."
                );
                Self { held: Some((first, head)), ..Self::new(Code::LogTruncated, detail) }
            }
            ServiceError::Unavailable(error) if error.is_refusal() => {
                tracing::error!(error = causes(&error), "the store refuses what passed every check");
                Self::new(
                    Code::ValidationFailed,
                    "The store cannot hold a value of this request: it is out of range, or no text. Change it.",
                )
            }
            ServiceError::Unavailable(error) if error.is_busy() => {
                let detail = "Others keep the store busy, or this asks for too much: narrow the search, or try again.";
                Self { retry_after: Some(1), ..Self::new(Code::Unavailable, detail) }
            }
            ServiceError::Unavailable(error) => {
                tracing::error!(error = causes(&error), "the store is unavailable");
                Self::new(Code::Unavailable, "The store cannot be reached at the moment: try again later.")
            }
        }
    }
}

/// A reason as a sentence, with a capital letter and a full stop.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
    capital.into_iter().chain(letters).chain(std::iter::once('.')).collect()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// The answer; it carries the problem among its extensions, so that the boundary can complete it.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut builder = HttpResponse::build(self.code.status());
        builder.insert_header((header::CONTENT_TYPE, Self::MEDIA_TYPE));
        match self.code {
            Code::Unauthenticated => {
                builder.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            // The rest of the request is still on its way: no other request can follow on this connection.
            Code::RequestTimeout => {
                builder.force_close();
            }
            _ => {}
        }
        if let Some(seconds) = self.retry_after {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        let mut response = builder.body(self.document(None, None));
        response.extensions_mut().insert(self.clone());
        response
    }
}
