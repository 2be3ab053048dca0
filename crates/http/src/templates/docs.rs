//! What is told of the endpoints of templates.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::composition::Template;
use showrunner_domain::identity::Action;
use showrunner_web::Code;

use super::{members, read};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Template);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Template);

const RECORD: Content = Content::json(schema::<Data<Template>>, || json!({ "data": template() }));
const FOUND: Success =
    Success { status: 200, description: "The template.", headers: &[AnswerHeader::ETag], content: &[RECORD] };
const CHANGED: &[Success] = &[Success { description: "The template as it is now.", ..FOUND }];

pub(super) const LIST: Operation = Operation {
    id: "listTemplates",
    tag: "Templates",
    summary: "List templates",
    description: "The newest first; those that come with the program are the oldest.",
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
            schema::<List<Template>>,
            || json!({ "data": [template()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createTemplate",
    tag: "Templates",
    summary: "Create a template",
    description: "Only `name` is needed. Layers without a source are places for one.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Template>,
        example: || {
            json!({
                "name": "Interview",
                "layers": [
                    { "role": "host", "kind": "image", "radius": 0.5, "frame": { "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.5 } },
                    { "role": "title", "kind": "text", "source": { "text": "{title}" }, "max_lines": 2 },
                ],
            })
        },
    })),
    success: &[Success {
        status: 201,
        description: "The new template.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getTemplate",
    tag: "Templates",
    summary: "Get a template",
    description: "The layout.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[FOUND],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putTemplate",
    tag: "Templates",
    summary: "Change a template",
    description: "Sets the fields given and leaves the others alone, as PATCH does. Compositions that were made by it stay as they \
                  are. Those that come with the program cannot be changed.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Template>,
        example: || json!({ "description": "For interviews." }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchTemplate",
    description: "Sets the fields given and leaves the others alone. What changes nothing makes no new version and no event.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteTemplate",
    summary: "Delete a template",
    description: "For good. A template that compositions have chosen stays: the answer says which. Those that come with the \
                  program stay too.",
    query: |query| {
        crate::query::force(query);
    },
    body: None,
    success: &[Success { description: "The template that was deleted.", ..FOUND }],
    ..PUT
};

fn template() -> Value {
    json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "name": "Interview",
        "description": "",
        "layers": [],
        "built_in": false,
        "created_by": "01a2045c-0000-7000-8000-000000000001",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
