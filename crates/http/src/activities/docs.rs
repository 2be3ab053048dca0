//! What is told of the endpoint of the activity feed.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::activity::{Activity, ActivityStats};
use showrunner_domain::identity::Action;

use super::{counted, wanted};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Content, Operation, Success, schema};

pub(super) const LIST: Operation = Operation {
    id: "listActivities",
    tag: "Activities",
    summary: "List activities",
    description: "Who did what, newest first, with whatever was committed before the request. Each entry is for \
                  those who may learn of the event that it follows from: what was done to accounts, and who signed in, is for \
                  administrators, and so are `ip` and `userAgent`.",
    access: Access::Permitted(Action::Read, ResourceKind::Activity),
    query: |query| {
        wanted(query);
    },
    parameters: &[
        ("user_id", "Only those of this user."),
        ("action", "Only those of this action."),
        ("resource_type", "Only those on this kind of record, such as `episode`."),
        ("resource_id", "Only those on this record."),
        ("from", "Only those at this time or later."),
        ("to", "Only those at this time or earlier."),
        ("q", "Only those with this text in the record's name, whatever the case."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the feed.",
        headers: &[AnswerHeader::Lag],
        content: &[Content::json(
            schema::<List<Activity>>,
            || json!({ "data": [activity()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const STATS: Operation = Operation {
    id: "getActivityStats",
    summary: "Count activities",
    description: "By action, kind of record, user and day, with whatever was committed before the request. What the \
                  caller would not find in the list is not counted. A period has at most 366 days.",
    query: |query| {
        counted(query);
    },
    parameters: &[
        ("from", "The first day that is counted, in UTC; by default 29 days before the last."),
        ("to", "The last day that is counted, in UTC; by default today."),
        ("user_id", "Only those of this user."),
        ("action", "Only those of this action."),
        ("resource_type", "Only those on this kind of record, such as `episode`."),
    ],
    success: &[Success {
        status: 200,
        description: "The counts.",
        headers: &[AnswerHeader::Lag],
        content: &[Content::json(schema::<Data<ActivityStats>>, || json!({ "data": stats() }))],
    }],
    ..LIST
};

fn stats() -> Value {
    json!({
        "from": "2026-10-24",
        "to": "2026-11-22",
        "total": 3,
        "by_action": [{ "action": "CREATE", "count": 2 }, { "action": "UPDATE", "count": 1 }],
        "by_resource": [{ "resource_type": "episode", "count": 3 }],
        "by_user": [{
            "user_id": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
            "user_name": "editor@example.com",
            "count": 3,
        }],
        "by_day": [{ "day": "2026-11-22", "count": 3 }],
    })
}

fn activity() -> Value {
    json!({
        "id": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8daf",
        "userId": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
        "userName": "editor@example.com",
        "action": "UPDATE",
        "resourceType": "episode",
        "resourceId": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8d9e",
        "resourceName": "No Más",
        "metadata": { "title": "No Más", "changedFields": ["status"], "changes": { "status": ["draft", "published"] } },
        "requestId": "01a2045d-7b1d-7a02-b7c6-5d4e3f2a1b0c",
        "createdAt": "2026-11-22T17:46:30.504867Z",
    })
}
