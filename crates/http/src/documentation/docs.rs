//! What is told of the documentation itself.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;
use showrunner_web::Code;

use crate::endpoint::{Access, Content, Operation, Success, nothing, text};

pub(super) const OPENAPI: Operation = Operation {
    id: "getOpenApi",
    tag: "Documentation",
    summary: "Get this document",
    description: "OpenAPI 3.1. `showrunner openapi` prints the same.",
    access: Access::Anybody,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The document.",
        headers: &[],
        content: &[Content::json(openapi, || json!({ "openapi": "3.1.0", "info": {}, "paths": {} }))],
    }],
    problems: &[Code::Malformed, Code::ValidationFailed],
};

pub(super) const PAGE: Operation = Operation {
    id: "getDocumentation",
    summary: "Get pages that show this document",
    description: "Swagger UI, for browsers.",
    success: &[Success {
        status: 200,
        description: "The page.",
        headers: &[],
        content: &[Content { media_type: "text/html", schema: text, example: || json!("<!DOCTYPE html>…") }],
    }],
    ..OPENAPI
};

pub(super) const FILE: Operation = Operation {
    id: "getDocumentationFile",
    summary: "Get a file that those pages need",
    description: "Scripts and styles.",
    success: &[Success {
        status: 200,
        description: "The file.",
        headers: &[],
        content: &[
            Content { media_type: "text/javascript", schema: text, example: || json!("…") },
            Content { media_type: "text/css", schema: text, example: || json!("…") },
        ],
    }],
    problems: &[Code::Malformed, Code::ValidationFailed, Code::NotFound],
    ..OPENAPI
};

fn openapi(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["openapi", "info", "paths"],
        "properties": { "openapi": { "const": "3.1.0" }, "info": { "type": "object" }, "paths": { "type": "object" } },
    })
}
