//! What is told of the endpoints of health.

use serde_json::json;
use showrunner_web::Code;

use super::{Health, Status};
use crate::endpoint::{Access, Content, Operation, Success, nothing, schema};

pub(super) const LIVEZ: Operation = Operation {
    id: "getLiveness",
    tag: "Health",
    summary: "Ask whether the process runs",
    description: "For whoever restarts a process that hangs.",
    access: Access::Anybody,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "It runs.",
        headers: &[],
        content: &[Content::json(schema::<Status>, || json!({ "status": "ok" }))],
    }],
    problems: &[],
};

pub(super) const READYZ: Operation = Operation {
    id: "getReadiness",
    summary: "Ask whether the server can serve",
    description: "For load balancers. The problem says what is wrong.",
    success: &[Success { description: "It can.", ..LIVEZ.success[0] }],
    problems: &[Code::Unavailable],
    ..LIVEZ
};

pub(super) const HEALTH: Operation = Operation {
    id: "getHealth",
    summary: "Get a summary of how the server is",
    description: "For people: 200 whenever the process can answer.",
    success: &[Success {
        status: 200,
        description: "The summary.",
        headers: &[],
        content: &[Content::json(
            schema::<Health>,
            || json!({ "status": "ok", "version": "0.1.0", "checks": [{ "name": "store", "ok": true, "detail": "answers" }] }),
        )],
    }],
    ..LIVEZ
};
