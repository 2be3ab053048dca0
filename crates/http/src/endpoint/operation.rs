//! What is told of an endpoint.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_web::{Code, Query};

use crate::fields::Fields;

/// Everything that is told of an endpoint. What follows from the rest is not said here: variables of the path,
/// identity and permission, and a body each bring their own problems.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// Its name for programs: the method of a generated client.
    pub(crate) id: &'static str,
    /// The heading under which it stands.
    pub(crate) tag: &'static str,
    /// A few words.
    pub(crate) summary: &'static str,
    /// What one must know to use it.
    pub(crate) description: &'static str,
    /// Who may ask.
    pub(crate) access: Access,
    /// Takes the parameters of the query.
    pub(crate) query: fn(&mut Query),
    /// What each parameter is for, but those that mean the same everywhere.
    pub(crate) parameters: &'static [(&'static str, &'static str)],
    /// The headers that it reads, but `Authorization`.
    pub(crate) headers: &'static [Header],
    /// The body that it reads.
    pub(crate) body: Option<Body>,
    /// What it answers when it did what was asked.
    pub(crate) success: &'static [Success],
    /// Its own problems.
    pub(crate) problems: &'static [Code],
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a token.
    Anybody,
    /// Whoever the permission table allows this.
    Permitted(Action, ResourceKind),
}

/// A header that a request may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    /// The version that is to be written over.
    IfMatch,
    /// The name of a request that may be repeated.
    IdempotencyKey,
}

/// A header that an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerHeader {
    /// The record's version.
    ETag,
    /// Where the new record is found.
    Location,
    /// How many events the answer may lack.
    Lag,
    /// Which bytes of how many the answer holds.
    ContentRange,
    /// How the file is called.
    ContentDisposition,
}

/// The body of a request.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// A JSON object.
    Json(Object),
    /// A file: its bytes alone, or as the first file of a form (RFC 7578).
    File,
}

/// A JSON object that a request has as its body.
#[derive(Clone, Copy)]
pub(crate) struct Object {
    /// Takes its members.
    pub(crate) members: fn(&mut Fields),
    /// The record that explains members of the same name.
    pub(crate) record: fn(&mut SchemaGenerator) -> Schema,
    /// One that is accepted.
    pub(crate) example: fn() -> Value,
}

/// An answer to a request that did what was asked.
#[derive(Clone, Copy)]
pub(crate) struct Success {
    /// The status.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) description: &'static str,
    /// Its headers.
    pub(crate) headers: &'static [AnswerHeader],
    /// Its body, in each form that may be asked for.
    pub(crate) content: &'static [Content],
}

/// A body in one form.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    /// The media type.
    pub(crate) media_type: &'static str,
    /// Makes its schema.
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
    /// What one looks like.
    pub(crate) example: fn() -> Value,
}

impl Content {
    /// JSON of the type whose [`schema`] this is.
    pub(crate) const fn json(schema: fn(&mut SchemaGenerator) -> Schema, example: fn() -> Value) -> Self {
        Self { media_type: "application/json", schema, example }
    }
}

/// The schema of a type.
pub(crate) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schema of text.
pub(crate) fn text(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<str>()
}

/// Takes no parameters.
pub(crate) fn nothing(_: &mut Query) {}
