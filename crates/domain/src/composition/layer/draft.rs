//! Layers as somebody describes them, before a template and the defaults have said the rest.

use serde_json::Value;

use super::members::{Members, object};
use super::record::DEFAULT_LINES;
use super::{
    Align, Color, Extent, Fit, Font, FontFamily, FontSize, FontWeight, Frame, Layer, LayerKind, LayerRole, LayerText,
    Layers, MaxLines, Offset, Orientations, Position, Radius, Shadow, Share, Source, Stroke, Thickness,
};
use crate::file::FileId;
use crate::{FieldError, Invalid, Line};

/// Layers as they are described, from bottom to top.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerDrafts(Vec<LayerDraft>);

/// A layer as it is described. What is `None` is left to the template's layer of the same role, or to the default.
#[expect(clippy::option_option, reason = "absent, empty and given are told apart")]
#[derive(Debug, Clone, PartialEq)]
struct LayerDraft {
    role: LayerRole,
    kind: Option<LayerKind>,
    source: Option<Option<Source>>,
    frame: Option<Frame>,
    orientations: Option<Orientations>,
    fit: Option<Fit>,
    opacity: Option<Share>,
    radius: Option<Radius>,
    fill: Option<Option<Color>>,
    stroke: Option<Option<Stroke>>,
    shadow: Option<Option<Shadow>>,
    font: Option<FontDraft>,
    align: Option<Align>,
    max_lines: Option<MaxLines>,
}

#[derive(Debug, Clone, PartialEq)]
struct FontDraft {
    family: Option<FontFamily>,
    weight: Option<FontWeight>,
    size: Option<FontSize>,
}

impl LayerDrafts {
    /// Reads layers from JSON: a list of objects as [`Layer`] is written, of which only `role` must be there, and `kind`
    /// where no template says it.
    ///
    /// # Errors
    /// Everything that is wrong, each with its path within `field`.
    pub fn read(field: &str, value: Value) -> Result<Self, Vec<FieldError>> {
        let Value::Array(values) = value else {
            return Err(vec![FieldError::new(field, "must be a list")]);
        };
        if values.len() > Layers::MOST {
            return Err(vec![FieldError::new(field, Invalid::TooMany { max: Layers::MOST })]);
        }
        let mut errors = Vec::new();
        let numbered = values.into_iter().enumerate();
        let drafts =
            numbered.filter_map(|(at, value)| object(&format!("{field}[{at}]"), value, &mut errors, draft)).collect();
        if errors.is_empty() { Ok(Self(drafts)) } else { Err(errors) }
    }

    /// The layers, with what they leave open from the layers of the same role in `template`, or from the defaults.
    ///
    /// # Errors
    /// Each layer that neither says its kind nor has it from `template`, and each whose source does not suit its kind.
    pub fn complete(self, template: &Layers) -> Result<Layers, Vec<FieldError>> {
        let (mut layers, mut errors) = (Vec::with_capacity(self.0.len()), Vec::new());
        for (at, draft) in self.0.into_iter().enumerate() {
            let of_role = template.of_role(&draft.role).cloned();
            let base = of_role.filter(|layer| draft.kind.is_none_or(|kind| kind == layer.kind));
            match complete(draft, base) {
                Ok(layer) => layers.push(layer),
                Err((member, reason)) => errors.push(FieldError::new(format!("layers[{at}].{member}"), reason)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Layers::parse(layers).map_err(|invalid| vec![FieldError::new("layers", invalid)])
    }
}

fn complete(draft: LayerDraft, base: Option<Layer>) -> Result<Layer, (&'static str, &'static str)> {
    let kind = draft.kind.or(base.as_ref().map(|layer| layer.kind)).ok_or(("kind", "is missing"))?;
    let base = base.unwrap_or_else(|| plain(draft.role.clone(), kind));
    let source = draft.source.unwrap_or(base.source);
    let suits = match (kind, &source) {
        (LayerKind::Image, Some(Source::FileId(_))) | (LayerKind::Text, Some(Source::Text(_))) | (_, None) => Ok(()),
        (LayerKind::Image, _) => Err(("source", "must be a file_id, as this layer is an image")),
        (LayerKind::Text, _) => Err(("source", "must be a text, as this layer is one")),
        (LayerKind::Shape, _) => Err(("source", "must be left out, as this layer is a shape")),
    };
    suits?;
    let font = draft.font.map_or_else(
        || base.font.clone(),
        |font| Font {
            family: font.family.unwrap_or_else(|| base.font.family.clone()),
            weight: font.weight.unwrap_or(base.font.weight),
            size: font.size.unwrap_or(base.font.size),
        },
    );
    Ok(Layer {
        role: draft.role,
        kind,
        source,
        frame: draft.frame.unwrap_or(base.frame),
        // A frame that is given stands for itself, on canvases of every kind.
        orientations: draft.orientations.unwrap_or(match draft.frame {
            Some(_) => Orientations::default(),
            None => base.orientations,
        }),
        fit: draft.fit.unwrap_or(base.fit),
        opacity: draft.opacity.unwrap_or(base.opacity),
        radius: draft.radius.unwrap_or(base.radius),
        fill: draft.fill.unwrap_or(base.fill),
        stroke: draft.stroke.unwrap_or(base.stroke),
        shadow: draft.shadow.unwrap_or(base.shadow),
        font,
        align: draft.align.unwrap_or(base.align),
        max_lines: draft.max_lines.unwrap_or(base.max_lines),
    })
}

/// A layer of this kind of which nothing else is said.
fn plain(role: LayerRole, kind: LayerKind) -> Layer {
    let fill = match kind {
        LayerKind::Text => Some(Color::WHITE),
        LayerKind::Shape => Some(Color::BLACK),
        LayerKind::Image => None,
    };
    Layer {
        role,
        kind,
        source: None,
        frame: Frame::FULL,
        orientations: Orientations::default(),
        fit: Fit::default(),
        opacity: Share::fixed(1.0),
        radius: Radius::fixed(0.0),
        fill,
        stroke: None,
        shadow: None,
        font: Font { family: Line::fixed("Inter"), weight: FontWeight::fixed::<700>(), size: FontSize::fixed(0.07) },
        align: Align::default(),
        max_lines: DEFAULT_LINES,
    }
}

fn draft(members: &mut Members<'_>) -> Option<LayerDraft> {
    let role = members.required("role", |value| LayerRole::parse(text(&value)?));
    let rest = LayerDraft {
        role: Line::fixed("layer"),
        kind: members.value("kind", |value| match text(&value)? {
            "image" => Ok(LayerKind::Image),
            "text" => Ok(LayerKind::Text),
            "shape" => Ok(LayerKind::Shape),
            _ => Err(Invalid::Malformed { expected: "one of image, text and shape" }),
        }),
        source: members.nullable_nested("source", source),
        frame: members.nested("frame", frame),
        orientations: members.nested("orientations", |members| {
            Some(Orientations {
                landscape: members.nested("landscape", frame),
                square: members.nested("square", frame),
                portrait: members.nested("portrait", frame),
            })
        }),
        fit: members.value("fit", |value| match text(&value)? {
            "cover" => Ok(Fit::Cover),
            "contain" => Ok(Fit::Contain),
            "fill" => Ok(Fit::Fill),
            _ => Err(Invalid::Malformed { expected: "one of cover, contain and fill" }),
        }),
        opacity: members.value("opacity", |value| Share::parse(number(&value)?)),
        radius: members.value("radius", |value| Radius::parse(number(&value)?)),
        fill: members.nullable("fill", |value| Color::parse(text(&value)?)),
        stroke: members.nullable_nested("stroke", |members| {
            let color = members.required("color", |value| Color::parse(text(&value)?));
            let width = members.required("width", |value| Thickness::parse(number(&value)?));
            Some(Stroke { color: color?, width: width? })
        }),
        shadow: members.nullable_nested("shadow", |members| Some(shadow(members))),
        font: members.nested("font", |members| {
            Some(FontDraft {
                family: members.value("family", |value| FontFamily::parse(text(&value)?)),
                weight: members.value("weight", |value| FontWeight::parse(whole(&value)?)),
                size: members.value("size", |value| FontSize::parse(number(&value)?)),
            })
        }),
        align: members.value("align", |value| match text(&value)? {
            "start" => Ok(Align::Start),
            "center" => Ok(Align::Center),
            "end" => Ok(Align::End),
            _ => Err(Invalid::Malformed { expected: "one of start, center and end" }),
        }),
        max_lines: members.value("max_lines", |value| MaxLines::parse(whole(&value)?)),
    };
    Some(LayerDraft { role: role?, ..rest })
}

fn source(members: &mut Members<'_>) -> Option<Source> {
    let file = members.value("file_id", |value| {
        text(&value)?.parse::<FileId>().map_err(|_| Invalid::Malformed { expected: "a UUID" })
    });
    let words = members.value("text", |value| LayerText::parse(text(&value)?));
    match (file, words) {
        (Some(_), Some(_)) => {
            members.refuse("text", "must be left out where there is a file_id");
            None
        }
        (file, words) => file.map(Source::FileId).or(words.map(Source::Text)),
    }
}

fn frame(members: &mut Members<'_>) -> Option<Frame> {
    let x = members.required("x", |value| Position::parse(number(&value)?));
    let y = members.required("y", |value| Position::parse(number(&value)?));
    let w = members.required("w", |value| Extent::parse(number(&value)?));
    let h = members.required("h", |value| Extent::parse(number(&value)?));
    Some(Frame { x: x?, y: y?, w: w?, h: h? })
}

fn shadow(members: &mut Members<'_>) -> Shadow {
    let color = members.value("color", |value| Color::parse(text(&value)?)).unwrap_or(Color::BLACK);
    let x = members.value("x", |value| Offset::parse(number(&value)?)).unwrap_or(Offset::fixed(0.0));
    let y = members.value("y", |value| Offset::parse(number(&value)?)).unwrap_or(Offset::fixed(0.005));
    let blur = members.value("blur", |value| Thickness::parse(number(&value)?)).unwrap_or(Thickness::fixed(0.01));
    Shadow { color, x, y, blur }
}

fn text(value: &Value) -> Result<&str, Invalid> {
    value.as_str().ok_or(Invalid::Malformed { expected: "a string" })
}

fn number(value: &Value) -> Result<f64, Invalid> {
    value.as_f64().ok_or(Invalid::Malformed { expected: "a number" })
}

fn whole(value: &Value) -> Result<i64, Invalid> {
    value.as_i64().ok_or(Invalid::Malformed { expected: "a whole number" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Layers, Vec<String>> {
        let told = |errors: Vec<FieldError>| errors.into_iter().map(|error| error.field).collect::<Vec<_>>();
        LayerDrafts::read("layers", value).and_then(|drafts| drafts.complete(&Layers::default())).map_err(told)
    }

    fn title() -> Value {
        json!({"role": "title", "kind": "text", "source": {"text": "{title}"}, "frame": {"x": 0, "y": 0.5, "w": 1, "h": 0.25}})
    }

    #[test]
    fn layers_are_read_as_they_are_written() {
        let file = "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f";
        let layers = read(json!([
            {"role": "background", "kind": "image", "source": {"file_id": file}, "radius": 0.1,
             "orientations": {"portrait": {"x": 0, "y": 0, "w": 1, "h": 0.5}}},
            {"role": "shade", "kind": "shape", "fill": null, "stroke": {"color": "#fff000", "width": 0.01}, "opacity": 0.2},
            title(),
        ]));
        let layers = layers.unwrap();
        let again = serde_json::to_value(&layers).unwrap();
        assert_eq!(read(again).unwrap(), layers);
        assert_eq!(layers.as_slice()[0].frame_on(crate::composition::Orientation::Portrait).h, Extent::fixed(0.5));
        assert_eq!(layers.as_slice()[0].frame_on(crate::composition::Orientation::Square), Frame::FULL);
    }

    #[test]
    fn whatever_is_wrong_is_told_at_once_with_its_path() {
        let wrong = json!([
            {"role": "", "kind": "hologram", "frame": {"x": 0, "y": "a", "w": 0}, "shade": 1},
            {"kind": "text", "source": {"text": "a", "file_id": "b"}, "font": {"weight": 1.5, "colour": "red"}},
            7,
        ]);
        let expected = [
            "layers[0].role",
            "layers[0].kind",
            "layers[0].frame.y",
            "layers[0].frame.w",
            "layers[0].frame.h",
            "layers[0].shade",
            "layers[1].role",
            "layers[1].source.file_id",
            "layers[1].font.weight",
            "layers[1].font.colour",
            "layers[2]",
        ];
        assert_eq!(read(wrong).unwrap_err(), expected);
        assert_eq!(read(json!({})).unwrap_err(), ["layers"]);
        assert_eq!(read(json!(vec![title(); 51])).unwrap_err(), ["layers"]);
    }

    #[test]
    fn a_source_suits_its_kind_and_a_kind_is_needed() {
        let wrong = json!([
            {"role": "a", "kind": "image", "source": {"text": "a"}}, {"role": "b"},
            {"role": "c", "kind": "shape", "source": {"text": "a"}},
        ]);
        assert_eq!(read(wrong).unwrap_err(), ["layers[0].source", "layers[1].kind", "layers[2].source"]);
    }

    #[test]
    fn a_template_says_what_a_layer_leaves_open() {
        let template = read(json!([
            {"role": "host", "kind": "image", "radius": 0.5, "frame": {"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2},
             "orientations": {"square": {"x": 0.3, "y": 0.3, "w": 0.2, "h": 0.2}}},
            {"role": "title", "kind": "text", "font": {"weight": 900, "size": 0.1}},
        ]));
        let drafts = LayerDrafts::read(
            "layers",
            json!([
                {"role": "host", "source": {"file_id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f"}},
                {"role": "title", "source": {"text": "Pilot"}, "font": {"size": 0.2}},
                {"role": "host", "frame": {"x": 0, "y": 0, "w": 1, "h": 1}},
                {"role": "title", "kind": "shape"},
            ]),
        );
        let layers = drafts.unwrap().complete(&template.unwrap()).unwrap();
        let [host, title, moved, shape] = layers.as_slice() else { panic!("{layers:?}") };
        assert_eq!((host.radius, host.frame.x), (Radius::fixed(0.5), Position::fixed(0.1)));
        assert!(host.orientations.square.is_some());
        assert_eq!((title.font.weight.get(), title.font.size), (900, FontSize::fixed(0.2)));
        assert_eq!(moved.orientations, Orientations::default());
        assert_eq!((shape.kind, shape.font.weight.get()), (LayerKind::Shape, 700));
    }
}
