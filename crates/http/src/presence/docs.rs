//! What is told of the endpoints of presence.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::presence::Present;
use showrunner_web::Code;

use super::{Viewers, patch, wanted};
use crate::answer::{Data, List};
use crate::endpoint::{Access, Body, Content, Object, Operation, Success, nothing, schema};

pub(super) const LIST: Operation = Operation {
    id: "listPresence",
    tag: "Presence",
    summary: "List who is there",
    description: "Everybody with a live connection, and whoever looked at something within the last minute, by name. Asking shows that the caller is there.",
    access: Access::Permitted(Action::Read, ResourceKind::Presence),
    query: |query| {
        wanted(query);
    },
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Present>>,
            || json!({ "data": [present()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CHOOSE: Operation = Operation {
    id: "putPresence",
    summary: "Say how one is seen",
    description: "Sets the fields given. A choice stays until another is made; `online` takes it back, and `null` the message.",
    access: Access::Permitted(Action::Write, ResourceKind::Presence),
    query: nothing,
    body: Some(Body::Json(Object {
        members: |fields| {
            patch(fields);
        },
        record: schema::<Present>,
        example: || json!({ "state": "busy", "status_message": "Cutting until four" }),
    })),
    success: &[Success {
        status: 200,
        description: "The caller as others see them.",
        headers: &[],
        content: &[Content::json(schema::<Data<Present>>, || json!({ "data": present() }))],
    }],
    ..LIST
};

pub(super) const VIEWERS: Operation = Operation {
    id: "listViewers",
    summary: "List who looks at a record",
    description: "At most 1,000 users, over all connections and nodes. Asking makes nobody a viewer. `presence` frames of the WebSocket tell of changes.",
    query: nothing,
    success: &[Success {
        status: 200,
        description: "Everybody who looks at the record.",
        headers: &[],
        content: &[Content::json(schema::<Viewers>, || json!({ "data": [viewer()], "version": 57 }))],
    }],
    problems: &[Code::NotFound],
    ..LIST
};

fn present() -> Value {
    json!({
        "user_id": "01a2045d-5c1d-7b3e-8a5f-2d1c0b9a8f7e",
        "user_name": "An editor",
        "state": "busy",
        "status_message": "Cutting until four",
        "since": "2026-11-22T17:46:30.504867Z",
    })
}

fn viewer() -> Value {
    json!({
        "userId": "01a2045d-5c1d-7b3e-8a5f-2d1c0b9a8f7e",
        "userName": "An editor",
        "since": "2026-11-22T17:46:30.504867Z",
    })
}
