//! What is told of the endpoints of preferences.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;

use super::{Shown, members};
use crate::answer::Data;
use crate::endpoint::{Access, Body, Content, Object, Operation, Success, nothing, schema};

pub(super) const GET: Operation = Operation {
    id: "getPreferences",
    tag: "Notifications",
    summary: "Get one's own preferences",
    description: "What one wants to be told of, and through which channels.",
    access: Access::Permitted(Action::Read, ResourceKind::Notification),
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The preferences.",
        headers: &[],
        content: &[Content::json(schema::<Data<Shown>>, || json!({ "data": preferences() }))],
    }],
    problems: &[],
};

pub(super) const UPDATE: Operation = Operation {
    id: "updatePreferences",
    summary: "Change one's own preferences",
    description: "Fields that are not given stay as they are, and so do the channels of events that are not named. Who follows \
                  a show is told of its episodes too. What one begins to follow must exist.",
    access: Access::Permitted(Action::Write, ResourceKind::Notification),
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Shown>,
        example: || json!({ "muted_events": ["episode_deleted"] }),
    })),
    success: &[Success { description: "The preferences as they are now.", ..GET.success[0] }],
    ..GET
};

fn preferences() -> Value {
    json!({
        "channels": { "episode_created": { "in_app": true }, "episode_deleted": { "in_app": true } },
        "muted_events": ["episode_deleted"],
        "follows": [{ "resource_type": "show", "resource_id": "01a2045c-9a3b-7d21-b5c6-7e8f9a0b1c2d" }],
    })
}
