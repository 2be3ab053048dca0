//! The fields of an account, from JSON to values that hold.

use schemars::JsonSchema;
use serde_json::{Map, Value};
use showrunner_domain::identity::{Email, NewUser, Password, Role, UserPatch};
use showrunner_domain::{Invalid, Line};

use crate::fields::{Fields, text};

/// The roles of people: a worker is none.
#[derive(Clone, Copy, JsonSchema)]
#[schemars(rename_all = "lowercase", inline)]
enum PersonalRole {
    Viewer,
    Editor,
    Admin,
}

impl From<PersonalRole> for Role {
    fn from(role: PersonalRole) -> Self {
        match role {
            PersonalRole::Viewer => Self::Viewer,
            PersonalRole::Editor => Self::Editor,
            PersonalRole::Admin => Self::Admin,
        }
    }
}

/// What may be digested of a body: everything but its password, which the receipt keeps a slow hash of.
pub(super) fn without_password(members: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    members.remove("password");
    members
}

/// A new account.
pub(super) fn new(fields: &mut Fields) -> Option<(NewUser, Option<Password>)> {
    let email = fields.required("email", email);
    let name = fields.required("name", name);
    let role = personal_role(fields);
    let password = fields.value("password", password);
    Some((NewUser { email: email?, name: name?, role: role? }, password))
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> (UserPatch, Option<Password>) {
    let patch = UserPatch {
        email: fields.value("email", email),
        name: fields.value("name", name),
        role: fields.value("role", role).map(Role::from),
    };
    (patch, fields.value("password", password))
}

/// The role of a person, which must be given.
pub(crate) fn personal_role(fields: &mut Fields) -> Option<Role> {
    fields.required("role", role).map(Role::from)
}

/// The role of a list's filter.
pub(super) fn any_role(text: &str) -> Result<Role, Invalid> {
    Role::parse(text).ok_or(Invalid::Malformed { expected: "one of viewer, editor, admin and worker" })
}

fn email(value: Value) -> Result<Email, Invalid> {
    Email::parse(&text(value)?)
}

fn name(value: Value) -> Result<Line<255>, Invalid> {
    text(value).and_then(Line::parse)
}

fn password(value: Value) -> Result<Password, Invalid> {
    text(value).and_then(Password::parse)
}

fn role(value: Value) -> Result<PersonalRole, Invalid> {
    match Role::parse(&text(value)?) {
        Some(Role::Viewer) => Ok(PersonalRole::Viewer),
        Some(Role::Editor) => Ok(PersonalRole::Editor),
        Some(Role::Admin) => Ok(PersonalRole::Admin),
        Some(Role::Worker) | None => Err(Invalid::Malformed { expected: "one of viewer, editor and admin" }),
    }
}
