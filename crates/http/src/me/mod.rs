//! Who one is to the server.

mod docs;

use actix_web::HttpRequest;
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::identity::{Action, Actor, Role, UserId, permit};
use showrunner_domain::{ResourceKind, Timestamp};
use showrunner_web::Identified;

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::query;

/// The caller's account, with the role that counts now and the end of the token.
#[derive(Serialize, JsonSchema)]
struct Me {
    /// The account.
    id: UserId,
    /// The e-mail address.
    email: String,
    /// The name.
    name: String,
    /// The lower of the token's role and the account's.
    role: Role,
    /// When the token stops being accepted.
    expires_at: Timestamp,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/api/v1/auth/me", me, docs::ME)]
}

async fn me(Identified(caller): Identified, request: HttpRequest) -> Answer {
    query::none(&request)?;
    permit(&caller.actor, Action::Read, ResourceKind::User)?;
    let Actor { id, email, name, role, expires_at } = caller.actor;
    Ok(answer::one(Me { id, email, name, role, expires_at }))
}
