//! The fields of a show, from JSON to values that hold.

use serde_json::{Map, Value};
use showrunner_domain::show::{NewShow, ShowDescription, ShowName, ShowPatch, Slug};
use showrunner_web::Problem;

use crate::fields::{Fields, text};
use crate::parse;

/// A new show; the name must be there.
pub(super) fn new(members: Map<String, Value>) -> Result<NewShow, Problem> {
    let mut fields = Fields::of(members);
    let name = fields.required("name", |value| text(value).and_then(ShowName::parse));
    let others = others(&mut fields);
    fields.finish()?;
    match name {
        Some(name) => Ok(NewShow { name, others }),
        None => unreachable!("a required field that is not there was refused"),
    }
}

/// A change of some fields.
pub(super) fn patch(members: Map<String, Value>) -> Result<ShowPatch, Problem> {
    let mut fields = Fields::of(members);
    let name = fields.value("name", |value| text(value).and_then(ShowName::parse));
    let patch = ShowPatch { name, ..others(&mut fields) };
    fields.finish()?;
    Ok(patch)
}

/// Every field but the one that a new show needs.
fn others(fields: &mut Fields) -> ShowPatch {
    ShowPatch {
        name: None,
        slug: fields.value("slug", |value| text(value).and_then(Slug::parse)),
        description: fields.value("description", |value| text(value).and_then(ShowDescription::parse)),
        status: fields.value("status", |value| parse::show_status(&text(value)?)),
    }
}
