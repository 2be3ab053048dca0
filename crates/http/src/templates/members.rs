//! The fields of a template, from JSON to values that hold.

use showrunner_domain::composition::{LayerDrafts, NewTemplate, TemplateDescription, TemplateName, TemplatePatch};

use crate::fields::{Fields, text};

/// A new template; the name must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewTemplate> {
    let name = fields.required("name", |value| text(value).and_then(TemplateName::parse));
    let others = others(fields);
    Some(NewTemplate { name: name?, others })
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> TemplatePatch {
    let name = fields.value("name", |value| text(value).and_then(TemplateName::parse));
    TemplatePatch { name, ..others(fields) }
}

fn others(fields: &mut Fields) -> TemplatePatch {
    TemplatePatch {
        name: None,
        description: fields.value("description", |value| text(value).and_then(TemplateDescription::parse)),
        layers: fields.tree("layers", |value| LayerDrafts::read("layers", value)),
    }
}
