//! Who one is to the server.

mod docs;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::identity::{Action, Actor, OwnPatch, Password, Role, SignInService, UserId, permit};
use showrunner_domain::{FieldError, Line, ResourceKind, Timestamp};
use showrunner_web::{Identified, JsonBody, Problem};

use crate::answer::{self, Answer};
use crate::auth::patiently;
use crate::endpoint::Endpoint;
use crate::fields::{self, Fields, text};
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
    /// The account's role; where a minted token carries a lower one, that.
    role: Role,
    /// When the token stops being accepted.
    expires_at: Timestamp,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ME: &str = "/api/v1/auth/me";
    vec![Endpoint::get(ME, me, docs::ME), Endpoint::on(Method::PATCH, ME, update, docs::PATCH)]
}

async fn me(Identified(caller): Identified, request: HttpRequest) -> Answer {
    query::none(&request)?;
    permit(&caller.actor, Action::Read, ResourceKind::User)?;
    let Actor { id, email, name, role, expires_at, .. } = caller.actor;
    Ok(answer::one(Me { id, email, name, role, expires_at }))
}

async fn update(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    sign_ins: web::Data<SignInService>,
) -> Answer {
    query::none(&request)?;
    let patch = fields::read(body.read().await?, given)?.patch()?;
    Ok(answer::one(patiently(async || sign_ins.update_own(&caller, patch.clone()).await).await?))
}

/// What may be changed about one's own account.
struct Given {
    name: Option<Line<255>>,
    current: Option<Password>,
    new: Option<Password>,
}

fn given(fields: &mut Fields) -> Given {
    Given {
        name: fields.value("name", |value| text(value).and_then(Line::parse)),
        current: fields.value("current_password", |value| text(value).and_then(Password::attempt)),
        new: fields.value("password", |value| text(value).and_then(Password::parse)),
    }
}

impl Given {
    /// A name, or the current password and a new one, or all.
    fn patch(self) -> Result<OwnPatch, Problem> {
        let missing = |field| {
            let message = "is missing: a password is changed with the current one";
            Err(Problem::invalid(vec![FieldError::new(field, message)]))
        };
        match (self.current, self.new) {
            (Some(current), Some(new)) => Ok(OwnPatch { name: self.name, password: Some((current, new)) }),
            (None, None) => Ok(OwnPatch { name: self.name, password: None }),
            (None, Some(_)) => missing("current_password"),
            (Some(_), None) => missing("password"),
        }
    }
}
