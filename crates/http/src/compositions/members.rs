//! The fields of a composition, from JSON to values that hold.

use serde_json::Value;
use showrunner_domain::Invalid;
use showrunner_domain::composition::{
    CompositionName, CompositionPatch, Encoding, Format, Formats, LayerDrafts, NewComposition, Reason, RenderWish,
    TemplateId,
};

use crate::fields::{Fields, text};
use crate::parse;

/// A new composition; the name must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewComposition> {
    let name = fields.required("name", |value| text(value).and_then(CompositionName::parse));
    let others = others(fields);
    Some(NewComposition { name: name?, others })
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> CompositionPatch {
    let name = fields.value("name", |value| text(value).and_then(CompositionName::parse));
    CompositionPatch { name, ..others(fields) }
}

/// Every field but the one that a new composition needs.
fn others(fields: &mut Fields) -> CompositionPatch {
    CompositionPatch {
        name: None,
        episode_id: fields.nullable("episode_id", |value| parse::episode_id(&text(value)?)),
        template_id: fields.value("template_id", |value| parse::uuid(&text(value)?).map(TemplateId::new)),
        formats: fields.list("formats", format, Formats::parse),
        layers: fields.tree("layers", |value| LayerDrafts::read("layers", value)),
    }
}

/// Why it is rejected.
pub(super) fn reason(fields: &mut Fields) -> Option<Reason> {
    fields.nullable("reason", |value| text(value).and_then(Reason::parse)).flatten()
}

/// What is to be rendered.
pub(super) fn wish(fields: &mut Fields) -> RenderWish {
    let formats = fields.list("formats", format, Formats::parse);
    let encoding = fields.value("encoding", |value| {
        Encoding::parse(&text(value)?).ok_or(Invalid::Malformed { expected: "one of jpeg, png and webp" })
    });
    RenderWish { formats, encoding: encoding.unwrap_or_default() }
}

fn format(value: Value) -> Result<Format, Invalid> {
    format_named(&text(value)?)
}

/// The format of this name.
pub(super) fn format_named(name: &str) -> Result<Format, Invalid> {
    let expected =
        "one of YOUTUBE, YOUTUBE_MOBILE, INSTAGRAM_FEED, INSTAGRAM_STORY, TIKTOK, FACEBOOK, TWITTER and PINTEREST";
    Format::parse(name).ok_or(Invalid::Malformed { expected })
}
