//! What is told of the endpoints of shows.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::show::Show;
use showrunner_web::Code;

use super::{members, query};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};
use crate::episodes;

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Show);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Show);

const RECORD: Content = Content::json(schema::<Data<Show>>, || json!({ "data": show() }));
const CHANGED: &[Success] = &[Success {
    status: 200,
    description: "The show as it is now.",
    headers: &[AnswerHeader::ETag],
    content: &[RECORD],
}];

pub(super) const LIST: Operation = Operation {
    id: "listShows",
    tag: "Shows",
    summary: "List shows",
    description: "Those that fulfil every filter given, newest first unless `sort` says otherwise.",
    access: READ,
    query: |query| {
        query::wanted(query);
    },
    parameters: &[
        ("status", "Only those in this status."),
        ("q", "Only those with this text in the name, whatever the case."),
        ("sort", "What the list is sorted by, with `-` before it for descending."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Show>>,
            || json!({ "data": [show()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createShow",
    tag: "Shows",
    summary: "Create a show",
    description: "Only `name` is needed; without `slug` one is made of it. No two shows share a slug.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Show>,
        example: || json!({ "name": "Breaking Bad", "status": "archived" }),
    })),
    success: &[Success {
        status: 201,
        description: "The new show.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::AlreadyExists, Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getShow",
    tag: "Shows",
    summary: "Get a show",
    description: "The record alone; its episodes are a list of their own.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success { description: "The show.", ..CHANGED[0] }],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putShow",
    tag: "Shows",
    summary: "Change a show",
    description: "Sets the fields given and leaves the others alone, as PATCH does.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Show>,
        example: || json!({ "status": "active" }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::AlreadyExists, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchShow",
    description: "Sets the fields given and leaves the others alone. What changes nothing makes no new version and no event.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteShow",
    tag: "Shows",
    summary: "Delete a show",
    description: "For good, with its memberships. A show that has episodes stays, also where they were deleted and can be \
                  restored: the answer says which. Delete those for good or give them to another show first.",
    access: WRITE,
    query: |query| {
        crate::query::force(query);
    },
    parameters: &[],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The show that was deleted.", ..CHANGED[0] }],
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const EPISODES: Operation = Operation {
    id: "listEpisodesOfShow",
    summary: "List the episodes of a show",
    description: "The list of episodes, of this show alone.",
    query: |query| {
        episodes::query_of_show(query, None);
    },
    problems: &[Code::NotFound],
    ..episodes::LIST
};

fn show() -> Value {
    json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "name": "Breaking Bad",
        "slug": "breaking-bad",
        "description": "",
        "status": "archived",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
