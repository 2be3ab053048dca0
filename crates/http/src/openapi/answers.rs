//! The answers of operations: what they say when all went well, and every problem that may come instead.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use showrunner_domain::identity::Action;
use showrunner_web::Code;

use super::{parameters, problems};
use crate::endpoint::{Access, AnswerHeader, Body, Endpoint, Header, Success};

/// Every answer of `endpoint`, by status.
pub(super) fn of(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let good = endpoint.operation.success.iter();
    let mut answers: Map<String, Value> =
        good.map(|success| (success.status.to_string(), answer(success, generator))).collect();
    let mut codes = codes(endpoint);
    codes.sort_by_key(|code| code.status());
    for codes in codes.chunk_by(|a, b| a.status() == b.status()) {
        answers.insert(codes[0].status().as_str().to_owned(), problems::answer(codes, generator));
    }
    answers
}

/// Every problem that `endpoint` may answer: its own, and those that follow from what it reads and asks.
fn codes(endpoint: &Endpoint) -> Vec<Code> {
    let told = &endpoint.operation;
    let mut codes = told.problems.to_vec();
    match told.access {
        Access::Anybody => {}
        Access::Permitted(action, _) => {
            codes.extend([Code::Unauthenticated, Code::Forbidden, Code::Unavailable, Code::ValidationFailed]);
            if !matches!(action, Action::Read | Action::ReadOrigin | Action::Work) {
                codes.push(Code::RateLimited);
            }
        }
    }
    if told.access != Access::Anybody || parameters::variables(endpoint.path).next().is_some() {
        codes.push(Code::Malformed);
    }
    if let Some(body) = &told.body {
        codes.extend([Code::Malformed, Code::RequestTimeout, Code::TooLarge, Code::ValidationFailed]);
        if let Body::Json(_) = body {
            codes.push(Code::UnsupportedType);
        }
    }
    for header in told.headers {
        match header {
            Header::IfMatch => codes.push(Code::VersionMismatch),
            Header::IdempotencyKey => codes.push(Code::IdempotencyKeyReused),
        }
    }
    let mut seen = Vec::new();
    codes.retain(|code| {
        !seen.contains(code) && {
            seen.push(*code);
            true
        }
    });
    codes
}

fn answer(success: &Success, generator: &mut SchemaGenerator) -> Value {
    let content = success.content.iter().map(|content| {
        let schema = (content.schema)(generator);
        (content.media_type.to_owned(), json!({ "schema": schema, "example": (content.example)() }))
    });
    let content: Map<String, Value> = content.collect();
    let headers: Map<String, Value> = success.headers.iter().copied().map(header).collect();
    let mut answer = json!({ "description": success.description });
    if !content.is_empty() {
        answer["content"] = Value::Object(content);
    }
    if !headers.is_empty() {
        answer["headers"] = Value::Object(headers);
    }
    answer
}

fn header(header: AnswerHeader) -> (String, Value) {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let (name, required, description, schema) = match header {
        AnswerHeader::ETag => ("ETag", true, "The record's version, for `If-Match`.", text("^\"[1-9][0-9]*\"$")),
        AnswerHeader::Location => ("Location", true, "Where the new record is found.", text("^/api/v1/")),
        AnswerHeader::ContentRange => {
            ("Content-Range", true, "Which bytes of how many these are.", text("^bytes [0-9]+-[0-9]+/[0-9]+$"))
        }
        AnswerHeader::ContentDisposition => {
            ("Content-Disposition", true, "How the file is called.", text("^attachment; "))
        }
        AnswerHeader::Lag => (
            "Showrunner-Lag",
            false,
            "How many events that were committed before the request the answer may lack. Absent where it lacks none.",
            json!({ "type": "integer", "minimum": 1 }),
        ),
    };
    (name.to_owned(), json!({ "description": description, "required": required, "schema": schema }))
}
