//! What is told of the endpoints of events.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use showrunner_domain::event::EventKind;
use showrunner_domain::identity::Action;
use showrunner_domain::{Limit, ResourceKind};
use showrunner_web::Code;

use super::wanted;
use crate::endpoint::{Access, Content, Operation, Success, nothing, text};

pub(super) const LIST: Operation = Operation {
    id: "listEvents",
    tag: "Events",
    summary: "Catch up with events, or stream them",
    description: "The events after `since` that the caller may see, in order: a page of them, or with \
                  `Accept: text/event-stream` all that come, as they happen (`limit` means nothing to a stream and is \
                  refused, and the header `Last-Event-ID` wins over `since`). `page.next_cursor` is the last place that was looked at: give it as the next `since`. Empty \
                  `data` with the `next_cursor` that was given as `since` means that the head was reached. A page of large events is shorter.",
    access: Access::Permitted(Action::Read, ResourceKind::Event),
    query: |query| {
        wanted(query);
    },
    parameters: &[
        ("since", "A place in the log. Without it a page begins at 0, a stream at the head."),
        ("since_id", "The `id` of the event whose `seq` is `since`, where the caller has seen one there."),
        ("topics", "Which events, with commas between the topics."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the log, or the stream.",
        headers: &[],
        content: &[
            Content::json(page, || json!({ "data": [event()], "page": { "limit": 20, "next_cursor": "42" } })),
            Content {
                media_type: "text/event-stream",
                schema: text,
                example: || {
                    json!(format!(
                        "id: 42:01a2045d-7b1e-7c54-9d0e-3f5a6b7c8daf\nevent: episode_deleted\ndata: {}\n\n",
                        event()
                    ))
                },
            },
        ],
    }],
    problems: &[Code::LogTruncated],
};

pub(super) const SOCKET: Operation = Operation {
    id: "openWebSocket",
    tag: "Events",
    summary: "Open a WebSocket",
    description: "Text frames of JSON: `auth`, `subscribe`, then events. The guide to events describes the frames. \
                  `Authorization` on the upgrade, or else an `auth` frame within 10 s.",
    access: Access::Anybody,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success { status: 101, description: "The connection is a WebSocket now.", headers: &[], content: &[] }],
    problems: &[Code::Malformed, Code::Unauthenticated, Code::Unavailable],
};

fn page(generator: &mut SchemaGenerator) -> Schema {
    let limit = generator.subschema_for::<Limit>();
    json_schema!({
        "type": "object",
        "required": ["data", "page"],
        "properties": {
            "data": { "type": "array", "items": envelope() },
            "page": {
                "type": "object",
                "required": ["limit", "next_cursor"],
                "properties": { "limit": limit, "next_cursor": { "type": "string", "pattern": "^[0-9]+$" } },
            },
        },
    })
}

/// An event on the wire. A log may hold events that this release does not know by name.
fn envelope() -> Value {
    let meanings = EventKind::ALL.map(|kind| format!("`{}`: {}", kind.as_str(), kind.meaning()));
    json!({
        "type": "object",
        "required": ["seq", "id", "event", "data", "timestamp"],
        "properties": {
            "seq": { "type": "integer", "minimum": 1, "description": "The event's place in the log." },
            "id": { "type": "string", "format": "uuid" },
            "event": {
                "type": "string",
                "description": format!("What happened; there may be others. {}", meanings.join(" ")),
                "examples": EventKind::ALL.map(EventKind::as_str).to_vec(),
            },
            "data": { "type": "object", "description": "The particulars; the guide to events has them for each." },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    })
}

fn event() -> Value {
    json!({
        "seq": 42,
        "id": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8daf",
        "event": "episode_deleted",
        "data": {
            "episodeId": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8d9e",
            "title": "No Más",
            "deleteType": "soft",
            "deletedBy": "editor@example.com",
        },
        "timestamp": "2026-11-22T17:46:30.504867Z",
    })
}
