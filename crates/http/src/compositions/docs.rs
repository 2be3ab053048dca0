//! What is told of the endpoints of compositions.

use serde_json::{Value, json};
use showrunner_domain::composition::{Comparison, Composition, CompositionVersion, Output};
use showrunner_domain::identity::Action;
use showrunner_domain::job::Job;
use showrunner_domain::{ResourceKind, Version};
use showrunner_web::Code;

use super::{members, query};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema, text};
use crate::jobs;
use crate::query::Parameters as _;

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Composition);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Composition);
const DECIDE: Access = Access::Permitted(Action::Decide, ResourceKind::Composition);

const RECORD: Content = Content::json(schema::<Data<Composition>>, || json!({ "data": composition() }));
const FOUND: Success =
    Success { status: 200, description: "The composition.", headers: &[AnswerHeader::ETag], content: &[RECORD] };
const CHANGED: &[Success] = &[Success { description: "The composition as it is now.", ..FOUND }];

pub(super) const LIST: Operation = Operation {
    id: "listCompositions",
    tag: "Compositions",
    summary: "List compositions",
    description: "Those that fulfil every filter given, the newest first.",
    access: READ,
    query: |query| {
        query::wanted(query);
    },
    parameters: &[
        ("episode_id", "Only those for this episode."),
        ("approval", "Only those with this approval."),
        ("q", "Only those with this text in the name, whatever the case."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Composition>>,
            || json!({ "data": [composition()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createComposition",
    tag: "Compositions",
    summary: "Create a composition",
    description: "Only `name` is needed. A layer needs its `role`, and its `kind` where the template has no layer of that role; \
                  what else it leaves open the template says, or the default. Without `layers` the composition has those of \
                  the template that `template_id` names, and none without that.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Composition>,
        example: || {
            json!({
                "name": "Pilot",
                "formats": ["YOUTUBE", "TIKTOK"],
                "layers": [
                    { "role": "shade", "kind": "shape", "fill": "#101828" },
                    { "role": "title", "source": { "text": "Episode {episode_number}: {title}" } },
                ],
            })
        },
    })),
    success: &[Success {
        status: 201,
        description: "The new composition.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getComposition",
    tag: "Compositions",
    summary: "Get a composition",
    description: "With how far its outputs are; those are a list of their own.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[FOUND],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putComposition",
    tag: "Compositions",
    summary: "Change a composition",
    description: "Sets the fields given and leaves the others alone, as PATCH does. An edit puts its approval back to draft.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Composition>,
        example: || json!({ "formats": ["YOUTUBE", "INSTAGRAM_FEED"] }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchComposition",
    description: "Sets the fields given and leaves the others alone; `layers` are given all together. What changes nothing makes no \
                  new version and no event. An edit puts its approval back to draft.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteComposition",
    summary: "Delete a composition",
    description: "For good, with its versions. The files that it was rendered to stay.",
    body: None,
    success: &[Success { description: "The composition that was deleted.", ..FOUND }],
    ..PUT
};

pub(super) const SUBMIT: Operation = Operation {
    id: "submitComposition",
    summary: "Submit a composition",
    description: "For a decision: a draft or a rejected one becomes pending.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    body: None,
    problems: &[Code::NotFound, Code::InvalidTransition, Code::Conflict],
    ..PUT
};

pub(super) const APPROVE: Operation = Operation {
    id: "approveComposition",
    summary: "Approve a composition",
    description: "One that is pending.",
    access: DECIDE,
    ..SUBMIT
};

pub(super) const REJECT: Operation = Operation {
    id: "rejectComposition",
    summary: "Reject a composition",
    description: "One that is pending, with the reason where there is one to give.",
    body: Some(Body::Json(Object {
        members: |fields| {
            members::reason(fields);
        },
        record: schema::<Composition>,
        example: || json!({ "reason": "The title cannot be read on a phone." }),
    })),
    ..APPROVE
};

pub(super) const PRIMARY: Operation = Operation {
    id: "makeCompositionPrimary",
    summary: "Let a composition stand for its episode",
    description: "In place of the one that does. The first of its formats that is rendered, now or later, becomes the episode's \
                  `thumbnail_url`.",
    problems: &[Code::NotFound, Code::AlreadyExists, Code::Conflict],
    ..SUBMIT
};

pub(super) const RENDER: Operation = Operation {
    id: "renderComposition",
    tag: "Compositions",
    summary: "Render a composition",
    description: "Queues the job that does it, in the formats given or all of the composition's. While a job is live that renders \
                  the same, that one is answered; what was rendered before is not rendered again.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::wish(fields);
        },
        record: schema::<Composition>,
        example: || json!({ "formats": ["YOUTUBE"], "encoding": "png" }),
    })),
    success: &[Success {
        status: 202,
        description: "The job.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[Content::json(schema::<Data<Job>>, || json!({ "data": jobs::example() }))],
    }],
    problems: &[Code::NotFound, Code::AlreadyExists, Code::Conflict],
};

pub(super) const PREVIEW: Operation = Operation {
    id: "previewComposition",
    summary: "Preview a composition",
    description: "As an SVG document that refers to nothing outside: what is rendered, in the format given or the first of the \
                  composition's. Few are drawn at once, one a user, and what was drawn is remembered: who waits for too many at \
                  once gets RATE_LIMITED, and where too many wait UNAVAILABLE, both with `Retry-After`. VALIDATION_FAILED says \
                  what is gone, or too much to draw.",
    query: |query| {
        query::format(query);
    },
    parameters: &[("format", "What it is made for.")],
    success: &[Success {
        status: 200,
        description: "The document.",
        headers: &[],
        content: &[Content {
            media_type: "image/svg+xml",
            schema: text,
            example: || json!("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        }],
    }],
    problems: &[Code::NotFound, Code::ValidationFailed, Code::RateLimited, Code::Unavailable],
    ..GET
};

pub(super) const OUTPUTS: Operation = Operation {
    id: "listOutputsOfComposition",
    summary: "List the outputs of a composition",
    description: "All of them, by format and encoding. A picture that was rendered stays until the next is there.",
    success: &[Success {
        status: 200,
        description: "The outputs.",
        headers: &[],
        content: &[Content::json(schema::<Data<Vec<Output>>>, || json!({ "data": [output()] }))],
    }],
    ..GET
};

pub(super) const VERSIONS: Operation = Operation {
    id: "listVersionsOfComposition",
    summary: "List the versions of a composition",
    description: "The latest first, each with what it was and which fields changed.",
    query: |query| {
        let _: Option<Version> = query.cursor();
        query.limit();
    },
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<CompositionVersion>>,
            || json!({ "data": [version()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    ..GET
};

pub(super) const VERSION: Operation = Operation {
    id: "getVersionOfComposition",
    summary: "Get a version of a composition",
    description: "What it was then. Versions never change.",
    success: &[Success {
        status: 200,
        description: "The version.",
        headers: &[],
        content: &[Content::json(schema::<Data<CompositionVersion>>, || json!({ "data": version() }))],
    }],
    ..GET
};

pub(super) const COMPARE: Operation = Operation {
    id: "compareVersionsOfComposition",
    summary: "Compare two versions of a composition",
    description: "Each field that differs, with its value in the one and in the other.",
    success: &[Success {
        status: 200,
        description: "The difference.",
        headers: &[],
        content: &[Content::json(
            schema::<Data<Comparison>>,
            || json!({ "data": { "from": 1, "to": 3, "changes": { "name": ["Pilot", "Pilot, final"] } } }),
        )],
    }],
    ..GET
};

pub(super) const REVERT: Operation = Operation {
    id: "revertComposition",
    summary: "Bring a version of a composition back",
    description: "As a new version: what was designed then is designed again.",
    problems: &[Code::NotFound, Code::Conflict],
    ..SUBMIT
};

fn design() -> Value {
    json!({
        "name": "Pilot",
        "episode_id": null,
        "template_id": "019b76da-a800-7000-8000-000000000001",
        "formats": ["YOUTUBE", "TIKTOK"],
        "layers": [],
    })
}

fn composition() -> Value {
    let mut composition = json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "status": "draft",
        "approval": "draft",
        "rejection_reason": null,
        "is_primary": false,
        "created_by": "01a2045c-0000-7000-8000-000000000001",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_by": "01a2045c-0000-7000-8000-000000000001",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    });
    add(&mut composition, design());
    composition
}

fn version() -> Value {
    let mut version = json!({
        "composition_id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "version": 1,
        "changed_fields": ["name", "formats"],
        "created_by": "01a2045c-0000-7000-8000-000000000001",
        "created_at": "2026-11-22T17:45:12.031876Z",
    });
    add(&mut version, design());
    version
}

fn add(record: &mut Value, members: Value) {
    if let (Value::Object(record), Value::Object(members)) = (record, members) {
        record.extend(members);
    }
}

fn output() -> Value {
    json!({
        "format": "YOUTUBE",
        "encoding": "jpeg",
        "status": "ready",
        "job_id": "01a2045d-9f0c-7a3e-8c3e-6b1f0d3c2a10",
        "width": 1920,
        "height": 1080,
        "file_id": "01a2045e-11aa-7b1c-9d2e-0f1a2b3c4d5e",
        "bytes": 181_244,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "composition_version": 1,
        "rendered_at": "2026-11-22T17:45:14.110245Z",
    })
}
