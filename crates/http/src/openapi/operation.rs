//! One operation of the document.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{answers, parameters};
use crate::endpoint::{Access, Body, Endpoint, Object};
use crate::fields::Fields;

/// What the document says of `endpoint`.
pub(super) fn of(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let told = &endpoint.operation;
    let mut operation = json!({
        "operationId": told.id,
        "tags": [told.tag],
        "summary": told.summary,
        "description": format!("{}\n\n{}", told.description, permission(told.access)),
        "security": if told.access == Access::Anybody { json!([]) } else { json!([{ "token": [] }]) },
        "parameters": parameters::of(endpoint, generator),
        "responses": answers::of(endpoint, generator),
    });
    if let Some(body) = &told.body {
        // On the wire no body and one of no bytes are the same (RFC 9112, section 6.3), and a file may be empty.
        let required = matches!(body, Body::Json(_));
        operation["requestBody"] = json!({ "required": required, "content": content(body, generator) });
    }
    if let Access::Permitted(action, kind) = told.access {
        operation["x-permission"] =
            json!({ "action": format!("{action:?}").to_lowercase(), "resource": kind.as_str() });
    }
    operation
}

fn permission(access: Access) -> String {
    match access {
        Access::Anybody => "Nobody needs a token to ask.".to_owned(),
        Access::Permitted(action, kind) => {
            format!("The permission table is asked for: {} on {kind} records.", format!("{action:?}").to_lowercase())
        }
    }
}

/// The forms that a body may have, by media type.
fn content(body: &Body, generator: &mut SchemaGenerator) -> Value {
    match body {
        Body::Json(body) => {
            json!({ "application/json": { "schema": object(body, generator), "example": (body.example)() } })
        }
        Body::File => {
            let bytes = json!({ "type": "string", "format": "binary" });
            let form = json!({
                "type": "object", "properties": { "file": bytes }, "required": ["file"], "additionalProperties": false,
            });
            json!({ "application/octet-stream": { "schema": bytes }, "multipart/form-data": { "schema": form } })
        }
    }
}

/// The schema of a body: the members that are read and no others, in the words of the record that they belong to.
fn object(body: &Object, generator: &mut SchemaGenerator) -> Value {
    let record = (body.record)(generator);
    let record = record
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.rsplit('/').next())
        .and_then(|name| generator.definitions().get(name))
        .cloned();
    let meaning = |name: &str| record.as_ref()?.get("properties")?.get(name)?.get("description").cloned();
    let members = Fields::members(body.members);
    let mut properties = Map::new();
    for member in &members {
        let mut schema = (member.schema)(generator).to_value();
        if let (Some(description), Value::Object(schema)) = (meaning(member.name), &mut schema) {
            schema.insert("description".to_owned(), description);
        }
        properties.insert(member.name.to_owned(), schema);
    }
    let required: Vec<&str> = members.iter().filter(|member| member.required).map(|member| member.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
