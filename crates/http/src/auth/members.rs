//! The bodies of requests to sign in, from JSON to values that hold.

use serde_json::Value;
use showrunner_domain::identity::{Email, Password, UserPatch};
use showrunner_domain::{Invalid, Line};

use crate::fields::{Fields, text};

/// How long a secret may be that a client sends, in bytes. Ours are shorter.
const LONGEST_SECRET: usize = 255;

pub(super) struct SetUp {
    pub(super) token: String,
    pub(super) password: Password,
    pub(super) patch: UserPatch,
}

pub(super) struct Login {
    pub(super) email: Email,
    pub(super) password: Password,
}

pub(super) fn set_up(fields: &mut Fields) -> Option<SetUp> {
    let token = fields.required("token", secret);
    let password = fields.required("password", |value| text(value).and_then(Password::parse));
    let patch = UserPatch {
        email: fields.value("email", |value| Email::parse(&text(value)?)),
        name: fields.value("name", |value| text(value).and_then(Line::parse)),
        role: None,
    };
    Some(SetUp { token: token?, password: password?, patch })
}

pub(super) fn login(fields: &mut Fields) -> Option<Login> {
    let email = fields.required("email", |value| Email::parse(&text(value)?));
    let password = fields.required("password", |value| text(value).and_then(Password::attempt));
    Some(Login { email: email?, password: password? })
}

pub(super) fn refresh(fields: &mut Fields) -> Option<String> {
    fields.required("refresh_token", secret)
}

fn secret(value: Value) -> Result<String, Invalid> {
    let secret = text(value)?;
    if secret.len() > LONGEST_SECRET { Err(Invalid::TooLong { max: LONGEST_SECRET }) } else { Ok(secret) }
}
