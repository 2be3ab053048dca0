//! What is told of the endpoints of signing in and out.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::{Action, User};
use showrunner_web::Code;

use super::{LoggedOut, Tokens, members};
use crate::answer::Data;
use crate::endpoint::{Access, Body, Content, Object, Operation, Success, nothing, schema};
use crate::users;

const SIGNED_IN: &[Success] = &[Success {
    status: 200,
    description: "The tokens of a session, and whose it is.",
    headers: &[],
    content: &[Content::json(schema::<Data<Tokens>>, || json!({ "data": tokens() }))],
}];

pub(super) const LOGIN: Operation = Operation {
    id: "login",
    tag: "Identity",
    summary: "Sign in",
    description: "Begins a session. An address without an account is answered like a wrong password; after ten failures in a row from one network each further attempt from there waits longer, a minute at most.",
    access: Access::Anybody,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::login(fields);
        },
        record: schema::<User>,
        example: || json!({ "email": "editor@example.com", "password": "correct horse battery" }),
    })),
    success: SIGNED_IN,
    problems: &[Code::Unauthenticated, Code::Conflict, Code::RateLimited, Code::Unavailable],
};

pub(super) const REFRESH: Operation = Operation {
    id: "refresh",
    summary: "Get new tokens",
    description: "A refresh token counts once. For ten seconds it gets the same successor again, until that is redeemed; after that it ends the session.",
    body: Some(Body::Json(Object {
        members: |fields| {
            members::refresh(fields);
        },
        record: schema::<Tokens>,
        example: || json!({ "refresh_token": "01a2045c-77aa-7c1d-9e0f-1a2b3c4d5e6f.9J0uG6zS…" }),
    })),
    problems: &[Code::Unauthenticated, Code::RateLimited, Code::Unavailable],
    ..LOGIN
};

pub(super) const SET_UP: Operation = Operation {
    id: "setUp",
    summary: "Set a first password",
    description: "With the token of a set-up link, which is used up by it, and begins a session.",
    body: Some(Body::Json(Object {
        members: |fields| {
            members::set_up(fields);
        },
        record: schema::<User>,
        example: || json!({ "token": "9J0uG6zS…", "password": "correct horse battery", "email": "admin@example.com" }),
    })),
    problems: &[Code::Unauthenticated, Code::AlreadyExists, Code::Conflict, Code::RateLimited, Code::Unavailable],
    ..LOGIN
};

pub(super) const LOGOUT: Operation = Operation {
    id: "logout",
    tag: "Identity",
    summary: "Sign out",
    description: "Ends the session of the access token at once, on every node, with its live connections.",
    access: Access::Permitted(Action::Write, ResourceKind::User),
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The session has ended.",
        headers: &[],
        content: &[Content::json(schema::<Data<LoggedOut>>, || json!({ "data": { "logged_out": true } }))],
    }],
    problems: &[Code::Conflict],
};

fn tokens() -> Value {
    json!({
        "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9…",
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_token": "01a2045c-77aa-7c1d-9e0f-1a2b3c4d5e6f.9J0uG6zS…",
        "user": users::example(),
    })
}
