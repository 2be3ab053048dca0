//! The OpenAPI 3.1 document of every endpoint, made from what is mounted.

mod answers;
mod operation;
mod parameters;
mod problems;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::endpoint::Endpoint;

/// The document that tells of `endpoints`. Schemas are of JSON Schema 2020-12, which is OpenAPI 3.1's own.
pub(crate) fn document(endpoints: &[Endpoint]) -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_lowercase()] = operation::of(endpoint, &mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Showrunner",
            "summary": "The production server for people who make episodic media",
            "description": include_str!("overview.md"),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "examples": problems::examples(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token (RFC 6750).",
                },
            },
        },
    })
}
