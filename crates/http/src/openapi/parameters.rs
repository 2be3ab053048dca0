//! The parameters of operations: variables of the path, the query and headers.

use schemars::SchemaGenerator;
use serde_json::{Value, json};
use showrunner_web::{Member, Query};

use crate::documentation;
use crate::endpoint::{Endpoint, Header};

/// What parameters are for that mean the same everywhere.
const COMMON: [(&str, &str); 4] = [
    ("limit", "How many items the page may hold."),
    ("cursor", "Where an earlier page ended: its `page.next_cursor`."),
    ("force", "Whether what refers to the record is changed first, so that it can go. For who may delete for good."),
    ("total", "Whether `page.total` tells how many items match in all."),
];

/// Every parameter of `endpoint`.
pub(super) fn of(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Vec<Value> {
    let query = Query::members(endpoint.operation.query);
    let mut parameters: Vec<Value> = variables(endpoint.path).map(variable).collect();
    parameters.extend(query.iter().map(|member| parameter(endpoint, member, generator)));
    parameters.extend(endpoint.operation.headers.iter().copied().map(header));
    parameters
}

/// The names of the variables in `path`.
pub(super) fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn variable(name: &str) -> Value {
    let (description, schema) = match name {
        "file" => ("The file's name.", json!({ "type": "string", "enum": documentation::files() })),
        "resource_type" => ("The record's kind.", json!({ "type": "string", "enum": ["episode"] })),
        "n" | "a" | "b" => ("A version of the record.", json!({ "type": "integer", "format": "int64", "minimum": 1 })),
        _ => ("The record's identifier.", json!({ "type": "string", "format": "uuid" })),
    };
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

fn parameter(endpoint: &Endpoint, member: &Member, generator: &mut SchemaGenerator) -> Value {
    let told = endpoint.operation.parameters.iter().chain(&COMMON).find(|(name, _)| *name == member.name);
    let schema = (member.schema)(generator);
    let list = schema.get("type").is_some_and(|kind| kind == "array");
    let mut parameter = json!({
        "name": member.name,
        "in": "query",
        "required": member.required,
        "description": told.map(|(_, meaning)| meaning),
        "schema": schema,
    });
    if list {
        parameter["style"] = json!("form");
        parameter["explode"] = json!(false);
    }
    parameter
}

fn header(header: Header) -> Value {
    let (name, description, schema, example) = match header {
        Header::IfMatch => (
            "If-Match",
            "The version that the change was made on, as its `ETag`; `*` for any. Without it a race that is lost is run again.",
            json!({ "anyOf": [
                { "type": "string", "const": "*" },
                { "type": "string", "minLength": 1, "pattern": r#"^"[1-9][0-9]{0,8}"$"# },
            ]}),
            "\"3\"",
        ),
        Header::IdempotencyKey => (
            "Idempotency-Key",
            "Names this request: sent again within 24 hours with the same body it gets the first answer again.",
            json!({ "type": "string", "minLength": 1, "pattern": "^[!-~]{1,255}$" }),
            "01a2045d-9f0c-7a3e-8c3e-6b1f0d3c2a10",
        ),
    };
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": description,
        "schema": schema,
        "example": example,
    })
}
