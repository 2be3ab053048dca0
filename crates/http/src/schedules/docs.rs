//! What is told of the endpoints of schedules.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::schedule::Schedule;
use showrunner_web::Code;

use super::{members, read};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Schedule);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Schedule);

const RECORD: Content = Content::json(schema::<Data<Schedule>>, || json!({ "data": schedule() }));
const CHANGED: &[Success] = &[Success {
    status: 200,
    description: "The schedule as it is now.",
    headers: &[AnswerHeader::ETag],
    content: &[RECORD],
}];

pub(super) const LIST: Operation = Operation {
    id: "listSchedules",
    tag: "Schedules",
    summary: "List schedules",
    description: "The newest first.",
    access: READ,
    query: |query| {
        read::wanted(query);
    },
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Schedule>>,
            || json!({ "data": [schedule()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createSchedule",
    tag: "Schedules",
    summary: "Create a schedule",
    description: "It queues a job of `job_type` whenever `cron` comes true in `time_zone`: a cron expression of five \
                  fields, of six that begin with seconds, or a name such as `@daily`. Each time is fired once, however \
                  many servers run; of times that have passed while none did, one. The jobs are queued on behalf of \
                  whoever makes the schedule.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Schedule>,
        example: || json!({ "name": "Nightly subtitles", "cron": "30 2 * * *", "time_zone": "Europe/Berlin", "job_type": "subtitles" }),
    })),
    success: &[Success {
        status: 201,
        description: "The new schedule.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getSchedule",
    tag: "Schedules",
    summary: "Get a schedule",
    description: "With when it comes due. Coming due makes no new version.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success { description: "The schedule.", ..CHANGED[0] }],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putSchedule",
    tag: "Schedules",
    summary: "Change a schedule",
    description: "One's own, or any for an administrator. Sets the fields given and leaves the others alone, as PATCH does.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Schedule>,
        example: || json!({ "enabled": false }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchSchedule",
    description: "One's own, or any for an administrator. Sets the fields given and leaves the others alone. A change of \
                  `cron`, `time_zone` or `enabled` has it come due anew, from now on. What changes nothing makes no new \
                  version and no event.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteSchedule",
    tag: "Schedules",
    summary: "Delete a schedule",
    description: "One's own, or any for an administrator, for good. The jobs that it has queued stay.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The schedule that was deleted.", ..CHANGED[0] }],
    problems: &[Code::NotFound, Code::Conflict],
};

fn schedule() -> Value {
    json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "name": "Nightly subtitles",
        "cron": "30 2 * * *",
        "time_zone": "Europe/Berlin",
        "job_type": "subtitles",
        "payload": {},
        "priority": 0,
        "max_retries": 3,
        "enabled": true,
        "next_run_at": "2026-11-23T01:30:00.000000Z",
        "last_run_at": null,
        "created_by": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7e",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
