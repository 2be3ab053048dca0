//! Who one is to the server.

use actix_web::HttpRequest;
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;
use showrunner_domain::identity::{Action, Actor, Role, UserId, permit};
use showrunner_domain::{ResourceKind, Timestamp};
use showrunner_web::Identified;

use crate::answer::{self, Answer};
use crate::query;

/// The caller's account, with the role that counts now and the end of the token.
#[derive(Serialize)]
struct Me {
    id: UserId,
    email: String,
    name: String,
    role: Role,
    expires_at: Timestamp,
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/auth/me").get(me).head(me));
}

async fn me(Identified(caller): Identified, request: HttpRequest) -> Answer {
    query::none(&request)?;
    permit(&caller.actor, Action::Read, ResourceKind::User)?;
    let Actor { id, email, name, role, expires_at } = caller.actor;
    Ok(answer::one(Me { id, email, name, role, expires_at }))
}
