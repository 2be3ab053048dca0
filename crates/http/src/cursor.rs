//! Page cursors: opaque to clients, the domain's own "place behind an item" to us.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use showrunner_web::Problem;

/// A cursor as a client sends it.
pub(crate) struct Cursor(pub(crate) String);

impl JsonSchema for Cursor {
    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" })
    }
}

/// The cursor of the place `after`: base64url (RFC 4648 section 5) of its JSON.
pub(crate) fn encode(after: &impl Serialize) -> String {
    let json = serde_json::to_vec(after).unwrap_or_else(|error| unreachable!("places are plain data: {error}"));
    URL_SAFE_NO_PAD.encode(json)
}

/// The place that `cursor` stands for.
pub(crate) fn decode<After: DeserializeOwned>(cursor: &str) -> Result<After, Problem> {
    let json = URL_SAFE_NO_PAD.decode(cursor).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(foreign)
}

/// The problem of a cursor that does not belong to the list.
pub(crate) fn foreign() -> Problem {
    Problem::malformed("This cursor does not belong to this list: begin without one, and keep `sort` as it was.")
}
