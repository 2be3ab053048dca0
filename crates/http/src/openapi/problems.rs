//! Problems in the document.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use showrunner_domain::event::Seq;
use showrunner_domain::{FieldError, Reference, References, ResourceKind, ServiceError, Version};
use showrunner_web::{Code, Problem};
use uuid::Uuid;

/// An example of every problem, by its code.
pub(super) fn examples() -> Map<String, Value> {
    let document = |code: Code| {
        let text = sample(code).document(Some("/api/v1/episodes"), Some("01a2045d-9f0c-7a3e-8c3e-6b1f0d3c2a10"));
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        (code.as_str().to_owned(), json!({ "summary": code.title(), "value": value }))
    };
    Code::ALL.into_iter().map(document).collect()
}

/// The answer that is any of these problems, which share one status.
pub(super) fn answer(codes: &[Code], generator: &mut SchemaGenerator) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let problem = Problem::schema(generator);
    let schema = json!({ "allOf": [problem, { "properties": { "code": { "enum": names } } }] });
    let examples: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/examples/{name}") })))
        .collect();
    let titles: Vec<&str> = codes.iter().map(|code| code.title()).collect();
    json!({
        "description": format!("{}: {}.", names.join(", "), titles.join("; ")),
        "content": { Problem::MEDIA_TYPE: { "schema": schema, "examples": examples } },
    })
}

/// What a problem of this code may look like.
fn sample(code: Code) -> Problem {
    match code {
        Code::Malformed => Problem::malformed("The body must be one valid JSON object: EOF while parsing an object."),
        Code::VersionMismatch => ServiceError::VersionMismatch { current: Version::FIRST.next() }.into(),
        Code::LogTruncated => ServiceError::LogTruncated { first: Seq::START.next(), head: Seq::START.next() }.into(),
        Code::ValidationFailed => Problem::invalid(vec![FieldError::new("title", "must not be empty")]),
        Code::Conflict => {
            let name = "Breaking Bad, the pilot".to_owned();
            let first = vec![Reference { kind: ResourceKind::Composition, id: Uuid::from_u128(7), name }];
            let used_by = References { first, total: 1 };
            let reason = "this file is used: take it out of what `used_by` names first, or delete it with `force=true`";
            ServiceError::InUse { reason, used_by }.into()
        }
        Code::LeaseLost => ServiceError::LeaseLost.into(),
        Code::IdempotencyKeyReused => ServiceError::KeyReused.into(),
        other => Problem::new(other, sentence(other)),
    }
}

/// What is said with a problem of this code, in one case of many.
fn sentence(code: Code) -> &'static str {
    match code {
        Code::Unauthenticated => {
            "The header `Authorization` is missing. Send a valid token as `Authorization: Bearer <token>`."
        }
        Code::Forbidden => "Your role does not allow this on episode records: ask an administrator.",
        Code::NotFound => "There is no episode with this id: it may have been deleted.",
        Code::MethodNotAllowed => "Use one of the methods that the header `Allow` names.",
        Code::RequestTimeout => "Send the whole body within 30 seconds.",
        Code::InvalidTransition => "This episode cannot go from draft to rejected: take a status that draft leads to.",
        Code::AlreadyExists => "A user with this e-mail address already exists: change that one or choose another.",
        Code::TooLarge => "Send a body of at most 1048576 bytes.",
        Code::UnsupportedType => "Send a JSON object with `Content-Type: application/json`.",
        Code::RangeNotSatisfiable => "The file has 300 bytes: ask for some of these.",
        Code::RateLimited => "Wait as long as the header `Retry-After` says, then try again.",
        Code::Unavailable => "The store cannot be reached at the moment: try again later.",
        _ => "Correct the request and send it again.",
    }
}
