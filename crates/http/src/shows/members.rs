//! The fields of a show, from JSON to values that hold.

use showrunner_domain::show::{NewShow, ShowDescription, ShowName, ShowPatch, Slug};

use crate::fields::{Fields, text};
use crate::parse;

/// A new show; the name must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewShow> {
    let name = fields.required("name", |value| text(value).and_then(ShowName::parse));
    let others = others(fields);
    Some(NewShow { name: name?, others })
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> ShowPatch {
    let name = fields.value("name", |value| text(value).and_then(ShowName::parse));
    ShowPatch { name, ..others(fields) }
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
