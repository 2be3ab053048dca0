//! What is told of the endpoints of a show's members.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::membership::Membership;
use showrunner_domain::show::ShowId;
use showrunner_web::Code;

use super::wanted;
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};
use crate::users::personal_role;

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Membership);
const MANAGE: Access = Access::Permitted(Action::Manage, ResourceKind::Membership);

const RECORD: Content = Content::json(schema::<Data<Membership>>, || json!({ "data": example() }));
const FOUND: Success =
    Success { status: 200, description: "The membership.", headers: &[AnswerHeader::ETag], content: &[RECORD] };

pub(super) const LIST: Operation = Operation {
    id: "listMembers",
    tag: "Members",
    summary: "List the members of a show",
    description: "Those whose role within the show replaces their own, in the order in which their accounts were created.",
    access: READ,
    query: |query| {
        wanted(query, ShowId::new(uuid::Uuid::nil()));
    },
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Membership>>,
            || json!({ "data": [example()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[Code::NotFound],
};

pub(super) const GET: Operation = Operation {
    id: "getMember",
    tag: "Members",
    summary: "Get a member of a show",
    description: "A user who is no member of the show has their own role there, and no membership.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[FOUND],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putMember",
    tag: "Members",
    summary: "Give somebody a role within a show",
    description: "It replaces their own role in all that belongs to the show, upwards and downwards, at once and for their live connections too. An administrator keeps theirs. Administrators and the show's own may do this.",
    access: MANAGE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            personal_role(fields);
        },
        record: schema::<Membership>,
        example: || json!({ "role": "editor" }),
    })),
    success: &[
        Success { description: "The membership as it is now.", ..FOUND },
        Success { status: 201, description: "The user has become a member.", ..FOUND },
    ],
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteMember",
    tag: "Members",
    summary: "Take somebody's role within a show away",
    description: "From here on their own role counts there again.",
    access: MANAGE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The membership that was taken away.", ..FOUND }],
    problems: &[Code::NotFound, Code::Conflict],
};

fn example() -> Value {
    json!({
        "show_id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "user_id": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
        "user_name": "An editor",
        "role": "editor",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
