//! How the values of layers look as JSON Schema (2020-12).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{Color, Extent, FontSize, Layer, LayerDrafts, Layers, Offset, Position, Radius, Share, Thickness};

macro_rules! fractions {
    ($($fraction:ident)*) => {$(
        impl JsonSchema for $fraction {
            fn schema_name() -> Cow<'static, str> {
                stringify!($fraction).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "number", "minimum": Self::MIN, "maximum": Self::MAX })
            }
        }
    )*};
}

fractions! { Position Extent Share Radius FontSize Thickness Offset }

impl JsonSchema for Color {
    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$" })
    }
}

/// Layers as they are described: as they are written, but that little must be there.
impl JsonSchema for LayerDrafts {
    fn schema_name() -> Cow<'static, str> {
        "LayerDrafts".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut layer = Layer::json_schema(generator).to_value();
        layer["required"] = json!(["role"]);
        layer["additionalProperties"] = json!(false);
        for (member, required) in [("font", json!([])), ("shadow", json!([]))] {
            for pointer in [format!("/properties/{member}"), format!("/properties/{member}/anyOf/0")] {
                if let Some(members) = layer.pointer_mut(&pointer).and_then(Value::as_object_mut) {
                    members.entry("required").and_modify(|all| *all = required.clone());
                }
            }
        }
        json_schema!({ "type": "array", "items": layer, "maxItems": Layers::MOST })
    }
}
