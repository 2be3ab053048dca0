//! The templates that come with the program: a host and a guest, on canvases that lie in each way.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Template, TemplateDescription, TemplateId};
use crate::composition::{LayerDrafts, Layers};
use crate::{Line, Timestamp, Version};

/// The template of whatever names none.
pub const DEFAULT_TEMPLATE: TemplateId = LANDSCAPE;

const LANDSCAPE: TemplateId = TemplateId::new(Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0001));
const SQUARE: TemplateId = TemplateId::new(Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0002));
const PORTRAIT: TemplateId = TemplateId::new(Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_0000_0003));

/// 2026-01-01T00:00:00Z, the time that their identifiers hold too.
const MADE_AT: i64 = 1_767_225_600_000_000;

/// The templates that come with the program, the default first.
#[must_use]
pub fn built_in() -> [Template; 3] {
    let (wide, even, high) = (landscape(), square(), portrait());
    [
        template(LANDSCAPE, "Landscape host and guest", "For canvases that are wider than high.", wide),
        template(SQUARE, "Square host and guest", "For canvases that are as wide as high.", even),
        template(PORTRAIT, "Portrait host and guest", "For canvases that are higher than wide.", high),
    ]
}

/// The built-in template of this identifier.
#[must_use]
pub fn find_built_in(id: TemplateId) -> Option<Template> {
    built_in().into_iter().find(|template| template.id == id)
}

fn template(id: TemplateId, name: &'static str, description: &str, layers: Value) -> Template {
    let made_at = Timestamp::from_micros(MADE_AT).unwrap_or_else(|| unreachable!("the calendar reaches 2026"));
    let drafts = LayerDrafts::read("layers", layers);
    let layers = drafts.and_then(|drafts| drafts.complete(&Layers::default()));
    Template {
        id,
        name: Line::fixed(name),
        description: TemplateDescription::parse(description).unwrap_or_default(),
        layers: layers.unwrap_or_else(|errors| unreachable!("{name}: {errors:?}")),
        built_in: true,
        created_by: None,
        created_at: made_at,
        updated_at: made_at,
        version: Version::FIRST,
    }
}

/// A rectangle.
fn frame(x: f64, y: f64, w: f64, h: f64) -> Value {
    json!({ "x": x, "y": y, "w": w, "h": h })
}

/// The layers of every one of them: a background with a shade over it, host and guest, and title, line and logo above.
fn layers(host: &Value, guest: &Value, title: &Value, line: &Value, logo: &Value, size: f64) -> Value {
    let shadow = json!({ "color": "#000000b0", "x": 0, "y": 0.004, "blur": 0.008 });
    json!([
        { "role": "background", "kind": "image", "fit": "cover" },
        { "role": "shade", "kind": "shape", "fill": "#000000", "opacity": 0.35 },
        { "role": "guest", "kind": "image", "fit": "cover", "radius": 0.08, "frame": guest, "shadow": shadow },
        { "role": "host", "kind": "image", "fit": "cover", "radius": 0.08, "frame": host, "shadow": shadow },
        { "role": "title", "kind": "text", "source": { "text": "{title}" }, "frame": title, "fill": "#ffffff",
          "max_lines": 2, "font": { "weight": 800, "size": size }, "shadow": shadow },
        { "role": "line", "kind": "text", "source": { "text": "{show}" }, "frame": line, "fill": "#ffd166",
          "max_lines": 1, "font": { "weight": 600, "size": size * 0.55 }, "shadow": shadow },
        { "role": "logo", "kind": "image", "fit": "contain", "frame": logo },
    ])
}

fn landscape() -> Value {
    let (host, guest) = (frame(0.06, 0.12, 0.25, 0.54), frame(0.36, 0.12, 0.25, 0.54));
    layers(
        &host,
        &guest,
        &frame(0.06, 0.76, 0.88, 0.2),
        &frame(0.06, 0.69, 0.88, 0.06),
        &frame(0.8, 0.08, 0.14, 0.14),
        0.08,
    )
}

fn square() -> Value {
    let (host, guest) = (frame(0.07, 0.14, 0.41, 0.48), frame(0.52, 0.14, 0.41, 0.48));
    layers(
        &host,
        &guest,
        &frame(0.07, 0.74, 0.86, 0.2),
        &frame(0.07, 0.66, 0.86, 0.06),
        &frame(0.8, 0.03, 0.13, 0.09),
        0.08,
    )
}

fn portrait() -> Value {
    let (host, guest) = (frame(0.1, 0.12, 0.8, 0.28), frame(0.1, 0.42, 0.8, 0.28));
    layers(
        &host,
        &guest,
        &frame(0.1, 0.79, 0.8, 0.14),
        &frame(0.1, 0.74, 0.8, 0.04),
        &frame(0.74, 0.04, 0.16, 0.06),
        0.05,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_roles_of_a_host_and_a_guest() {
        for template in built_in() {
            for role in ["background", "host", "guest", "title", "logo"] {
                assert!(template.layers.of_role(&Line::fixed(role)).is_some(), "{role} in {}", template.name);
            }
            assert_eq!(find_built_in(template.id), Some(template));
        }
    }
}
