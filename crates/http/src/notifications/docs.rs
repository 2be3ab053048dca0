//! What is told of the endpoints of notifications.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::notification::Notification;
use showrunner_web::Code;

use super::{Read, Unread, wanted};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Content, Operation, Success, nothing, schema};

pub(super) const LIST: Operation = Operation {
    id: "listNotifications",
    tag: "Notifications",
    summary: "List one's own notifications",
    description: "Newest first, with whatever was committed before the request.",
    access: Access::Permitted(Action::Read, ResourceKind::Notification),
    query: |query| {
        wanted(query);
    },
    parameters: &[
        ("unread", "`true` for the unread ones only, `false` for the read ones only."),
        ("type", "Only those of this kind."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[AnswerHeader::Lag],
        content: &[Content::json(
            schema::<List<Notification>>,
            || json!({ "data": [notification(None)], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const UNREAD_COUNT: Operation = Operation {
    id: "countUnreadNotifications",
    summary: "Count one's own unread notifications",
    description: "With whatever was committed before the request.",
    query: nothing,
    parameters: &[],
    success: &[Success {
        status: 200,
        description: "The count.",
        headers: &[AnswerHeader::Lag],
        content: &[Content::json(schema::<Data<Unread>>, || json!({ "data": { "unread": 3 } }))],
    }],
    ..LIST
};

pub(super) const READ: Operation = Operation {
    id: "readNotification",
    tag: "Notifications",
    summary: "Mark a notification as read",
    description: "One that was read before keeps its time.",
    access: Access::Permitted(Action::Write, ResourceKind::Notification),
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The notification as it is now.",
        headers: &[],
        content: &[Content::json(
            schema::<Data<Notification>>,
            || json!({ "data": notification(Some("2026-11-22T17:52:03.000412Z")) }),
        )],
    }],
    problems: &[Code::NotFound],
};

pub(super) const READ_ALL: Operation = Operation {
    id: "readAllNotifications",
    summary: "Mark all of one's own notifications as read",
    description: "Those that were read before keep their time.",
    success: &[Success {
        status: 200,
        description: "What was marked.",
        headers: &[],
        content: &[Content::json(schema::<Data<Read>>, || json!({ "data": { "read": 3 } }))],
    }],
    problems: &[],
    ..READ
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteNotification",
    summary: "Delete a notification",
    description: "For good: nobody else sees it anyway.",
    success: &[Success { description: "The notification that was deleted.", ..READ.success[0] }],
    ..READ
};

fn notification(read_at: Option<&str>) -> Value {
    json!({
        "id": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8dfa",
        "type": "info",
        "event": "episode_created",
        "title": "Episode created",
        "message": "Episode \"No Más\" was created.",
        "priority": "normal",
        "data": {
            "resourceType": "episode",
            "resourceId": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8d9e",
            "eventId": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8daf",
        },
        "read_at": read_at,
        "expires_at": null,
        "created_at": "2026-11-22T17:46:30.504867Z",
    })
}
