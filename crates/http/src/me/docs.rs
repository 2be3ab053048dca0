//! What is told of the endpoint that says who one is.

use serde_json::json;
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::{Action, User};
use showrunner_web::Code;

use super::{Me, given};
use crate::answer::Data;
use crate::endpoint::{Access, Body, Content, Object, Operation, Success, nothing, schema};
use crate::users;

pub(super) const ME: Operation = Operation {
    id: "getMe",
    tag: "Identity",
    summary: "Get one's own account",
    description: "With the role that counts now and the end of the token.",
    access: Access::Permitted(Action::Read, ResourceKind::User),
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The account.",
        headers: &[],
        content: &[Content::json(schema::<Data<Me>>, || {
            json!({ "data": {
                "id": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
                "email": "editor@example.com",
                "name": "editor@example.com",
                "role": "editor",
                "expires_at": "2026-11-23T05:40:12.000000Z",
            } })
        })],
    }],
    problems: &[],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchMe",
    tag: "Identity",
    summary: "Change one's own account",
    description: "The name, or the password together with the current one. A new password ends the user's other sessions.",
    access: Access::Permitted(Action::Write, ResourceKind::User),
    query: nothing,
    parameters: &[],
    headers: &[],
    body: Some(Body::Json(Object {
        members: |fields| {
            given(fields);
        },
        record: schema::<User>,
        example: || json!({ "name": "An editor" }),
    })),
    success: &[Success {
        status: 200,
        description: "The account as it is now.",
        headers: &[],
        content: &[users::RECORD],
    }],
    problems: &[Code::NotFound, Code::Conflict, Code::RateLimited],
};
