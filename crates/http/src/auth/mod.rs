//! Signing in and out over HTTP. Answers hold secrets: they are `no-store`, and `Idempotency-Key` means nothing here.

mod attempts;
mod docs;
mod hold;
mod members;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::ServiceError;
use showrunner_domain::identity::{SignInService, SignedIn, User};
use showrunner_web::{Identified, JsonBody, client_address, origin};

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::{fields, query};
pub use attempts::AttemptLimit;
pub(crate) use hold::patiently;

type SignIns = web::Data<SignInService>;
type Limit = web::Data<AttemptLimit>;

/// Tokens as OAuth 2.0 names them (RFC 6749 section 5.1).
#[derive(Serialize, JsonSchema)]
struct Tokens {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token is accepted, in seconds.
    expires_in: i64,
    /// Gets the next tokens, once.
    refresh_token: String,
    /// Who has signed in.
    user: User,
}

/// What signing out is answered.
#[derive(Serialize, JsonSchema)]
struct LoggedOut {
    /// Always true.
    logged_out: bool,
}

impl From<SignedIn> for Tokens {
    fn from(signed_in: SignedIn) -> Self {
        let SignedIn { access_token, expires_in, refresh_token, user } = signed_in;
        Self { access_token, token_type: "Bearer", expires_in, refresh_token, user }
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::on(Method::POST, "/api/v1/auth/setup", set_up, docs::SET_UP),
        Endpoint::on(Method::POST, "/api/v1/auth/login", login, docs::LOGIN),
        Endpoint::on(Method::POST, "/api/v1/auth/refresh", refresh, docs::REFRESH),
        Endpoint::on(Method::POST, "/api/v1/auth/logout", logout, docs::LOGOUT),
    ]
}

async fn set_up(request: HttpRequest, body: JsonBody, limit: Limit, sign_ins: SignIns) -> Answer {
    limit.set_up.admit(&request)?;
    query::none(&request)?;
    let members::SetUp { token, password, patch } = fields::complete(body.read().await?, members::set_up)?;
    let signed_in = sign_ins.set_up(&token, password, patch, origin(&request)).await;
    let signed_in = signed_in.inspect_err(|error| warn_of_failure(&request, error))?;
    Ok(answer::one(Tokens::from(signed_in)))
}

async fn login(request: HttpRequest, body: JsonBody, limit: Limit, sign_ins: SignIns) -> Answer {
    limit.login.admit(&request)?;
    query::none(&request)?;
    let members::Login { email, password } = fields::complete(body.read().await?, members::login)?;
    let login = async || sign_ins.login(&email, password.clone(), origin(&request)).await;
    let signed_in = patiently(login).await.inspect_err(|error| warn_of_failure(&request, error))?;
    Ok(answer::one(Tokens::from(signed_in)))
}

/// Leaves a line in the log by which the address can be shut out: docs/deployment.md has the pattern.
fn warn_of_failure(request: &HttpRequest, error: &ServiceError) {
    if let (ServiceError::SignInRefused { .. } | ServiceError::Locked { .. }, Some(address)) =
        (error, client_address(request))
    {
        tracing::warn!(%address, "a sign-in failed");
    }
}

async fn refresh(request: HttpRequest, body: JsonBody, limit: Limit, sign_ins: SignIns) -> Answer {
    limit.refresh.admit(&request)?;
    query::none(&request)?;
    let token = fields::complete(body.read().await?, members::refresh)?;
    Ok(answer::one(Tokens::from(sign_ins.refresh(&token, origin(&request)).await?)))
}

async fn logout(Identified(caller): Identified, request: HttpRequest, sign_ins: SignIns) -> Answer {
    query::none(&request)?;
    sign_ins.logout(&caller).await?;
    Ok(answer::one(LoggedOut { logged_out: true }))
}
