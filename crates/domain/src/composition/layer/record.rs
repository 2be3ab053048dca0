//! A layer: one picture, text or shape, and where it stands.

use serde::Serialize;

use super::{
    Color, Extent, FontFamily, FontSize, FontWeight, LayerRole, LayerText, MaxLines, Offset, Position, Radius, Share,
    Thickness,
};
use crate::composition::Orientation;
use crate::file::FileId;
use crate::{Bounded, Invalid};

/// One picture, text or shape of a composition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layer {
    /// What it is for; a template's layer of the same role says what is not given.
    pub role: LayerRole,
    /// What it draws.
    pub kind: LayerKind,
    /// The picture or the text. Without one a layer is a place for it, and draws nothing.
    pub source: Option<Source>,
    /// Where it stands.
    pub frame: Frame,
    /// Where it stands on canvases that lie in certain ways.
    pub orientations: Orientations,
    /// How a picture fills its frame.
    pub fit: Fit,
    /// How opaque it is.
    pub opacity: Share,
    /// How round the corners of a picture or shape are.
    pub radius: Radius,
    /// The colour of a text or shape. A shape without one is its outline alone.
    pub fill: Option<Color>,
    /// The outline.
    pub stroke: Option<Stroke>,
    /// The shadow.
    pub shadow: Option<Shadow>,
    /// The font of a text.
    pub font: Font,
    /// Where the lines of a text stand.
    pub align: Align,
    /// On how many lines a text may stand. One that needs more shrinks to half its size, and is then cut off with `…`.
    pub max_lines: MaxLines,
}

impl Layer {
    /// Where it stands on a canvas that lies this way.
    #[must_use]
    pub fn frame_on(&self, orientation: Orientation) -> Frame {
        let special = match orientation {
            Orientation::Landscape => self.orientations.landscape,
            Orientation::Square => self.orientations.square,
            Orientation::Portrait => self.orientations.portrait,
        };
        special.unwrap_or(self.frame)
    }
}

/// What a layer draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum LayerKind {
    /// A picture from a file.
    Image,
    /// Text.
    Text,
    /// A rectangle.
    Shape,
}

/// Where what is drawn comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum Source {
    /// The picture in this file: JPEG, PNG or WebP.
    FileId(FileId),
    /// This text, with `{title}`, `{episode_number}`, `{season_number}` and `{show}` filled in from the episode.
    Text(LayerText),
}

/// A rectangle, as fractions of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Frame {
    /// The left edge.
    pub x: Position,
    /// The top edge.
    pub y: Position,
    /// The width.
    pub w: Extent,
    /// The height.
    pub h: Extent,
}

impl Frame {
    /// The whole canvas.
    pub const FULL: Self =
        Self { x: Position::fixed(0.0), y: Position::fixed(0.0), w: Extent::fixed(1.0), h: Extent::fixed(1.0) };
}

/// Frames that replace a layer's own on canvases that lie in certain ways.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Orientations {
    /// On canvases that are wider than high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landscape: Option<Frame>,
    /// On canvases that are as wide as high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub square: Option<Frame>,
    /// On canvases that are higher than wide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portrait: Option<Frame>,
}

/// How a picture fills its frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum Fit {
    /// All of the frame is covered; what sticks out on two sides is cut off.
    #[default]
    Cover,
    /// All of the picture is shown, in the middle of the frame.
    Contain,
    /// The picture is stretched to the frame.
    Fill,
}

/// An outline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// How wide it is, as a fraction of the canvas's height.
    pub width: Thickness,
}

/// A shadow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Shadow {
    /// Its colour.
    pub color: Color,
    /// How far it lies to the right, as a fraction of the canvas's height.
    pub x: Offset,
    /// How far it lies below, as a fraction of the canvas's height.
    pub y: Offset,
    /// How blurred it is: the standard deviation, as a fraction of the canvas's height.
    pub blur: Thickness,
}

/// The font of a text. Signs that it does not have are drawn in the next font that has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Font {
    /// Its family.
    pub family: FontFamily,
    /// How heavy it is.
    pub weight: FontWeight,
    /// How large it is.
    pub size: FontSize,
}

/// Where the lines of a text stand. Text that is read from right to left starts at the right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum Align {
    /// Where reading begins.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// Where reading ends.
    End,
}

/// The layers of a composition or template, from bottom to top: at most 50.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Layers(Vec<Layer>);

impl Layers {
    /// How many there may be.
    pub const MOST: usize = 50;

    /// Checks and takes `layers`.
    pub fn parse(layers: Vec<Layer>) -> Result<Self, Invalid> {
        if layers.len() > Self::MOST {
            return Err(Invalid::TooMany { max: Self::MOST });
        }
        Ok(Self(layers))
    }

    /// The layers, from bottom to top.
    #[must_use]
    pub fn as_slice(&self) -> &[Layer] {
        &self.0
    }

    /// The layer of this role that lies lowest.
    #[must_use]
    pub fn of_role(&self, role: &LayerRole) -> Option<&Layer> {
        self.0.iter().find(|layer| layer.role == *role)
    }

    /// The same layers, but those with a picture from `file` are places for another one.
    #[must_use]
    pub(crate) fn without_file(&self, file: FileId) -> Self {
        let emptied = |layer: &Layer| match layer.file() {
            Some(id) if id == file => Layer { source: None, ..layer.clone() },
            _ => layer.clone(),
        };
        Self(self.0.iter().map(emptied).collect())
    }

    /// The files that pictures come from, each once.
    #[must_use]
    pub fn files(&self) -> Vec<FileId> {
        let mut files: Vec<FileId> = self.0.iter().filter_map(Layer::file).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

impl Layer {
    fn file(&self) -> Option<FileId> {
        match self.source {
            Some(Source::FileId(id)) => Some(id),
            _ => None,
        }
    }
}

/// How many lines a text may have where nothing is said.
pub(super) const DEFAULT_LINES: MaxLines = Bounded::fixed::<3>();
