//! What is told of the endpoint that says who one is.

use serde_json::json;
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;

use super::Me;
use crate::answer::Data;
use crate::endpoint::{Access, Content, Operation, Success, nothing, schema};

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
