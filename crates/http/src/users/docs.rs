//! What is told of the endpoints of accounts.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::{Action, User};
use showrunner_web::Code;

use super::{members, wanted};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};

const ADMINS: Access = Access::Permitted(Action::Manage, ResourceKind::User);

pub(crate) const RECORD: Content = Content::json(schema::<Data<User>>, || json!({ "data": example() }));
const CHANGED: &[Success] = &[Success {
    status: 200,
    description: "The account as it is now.",
    headers: &[AnswerHeader::ETag],
    content: &[RECORD],
}];

pub(super) const LIST: Operation = Operation {
    id: "listUsers",
    tag: "Accounts",
    summary: "List accounts",
    description: "In the order of their creation.",
    access: ADMINS,
    query: |query| {
        wanted(query);
    },
    parameters: &[("role", "Only those of this role.")],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<User>>,
            || json!({ "data": [example()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createUser",
    tag: "Accounts",
    summary: "Create an account",
    description: "Without a password its user needs a set-up link. Of a request that may be repeated everything but the password is remembered.",
    access: ADMINS,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<User>,
        example: || json!({ "email": "editor@example.com", "name": "An editor", "role": "editor" }),
    })),
    success: &[Success {
        status: 201,
        description: "The new account.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::AlreadyExists, Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getUser",
    tag: "Accounts",
    summary: "Get an account",
    description: "One's own is at `/api/v1/auth/me`.",
    access: ADMINS,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success { description: "The account.", ..CHANGED[0] }],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putUser",
    tag: "Accounts",
    summary: "Change an account",
    description: "Sets the fields given and leaves the others alone, as PATCH does. A new password ends all sessions of its user. The last administrator stays one.",
    access: ADMINS,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<User>,
        example: || json!({ "role": "viewer" }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::AlreadyExists, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchUser",
    description: "Sets the fields given and leaves the others alone. What changes nothing makes no new version and no event.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteUser",
    tag: "Accounts",
    summary: "Delete an account",
    description: "For good, with its sessions. The last administrator stays.",
    access: ADMINS,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The account that was deleted.", ..CHANGED[0] }],
    problems: &[Code::NotFound, Code::Conflict],
};

/// An account.
pub(crate) fn example() -> Value {
    json!({
        "id": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
        "email": "editor@example.com",
        "name": "An editor",
        "role": "editor",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
