//! Glyphs as outlines: those of a text in its own colour, emoji in the colours of their font's palette.

use parley::{GlyphRun, PositionedLayoutItem};
use resvg::tiny_skia::{Path, PathBuilder, Rect, Transform};
use showrunner_domain::composition::Color;
use skrifa::color::{Brush, ColorGlyphFormat, ColorPainter, CompositeMode, Transform as BrushTransform};
use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::metrics::BoundingBox;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::layout::Block;

/// How wide the line is that makes a font bold that has no bold weight, in sizes of the font.
const BOLDER: f32 = 1.0 / 28.0;
/// The index that stands for the text's own colour in palettes (OpenType, `COLR`).
const FOREGROUND: u16 = 0xFFFF;

/// What a text looks like, in pixels.
pub(crate) struct Outlines {
    /// The glyphs in the text's own colour.
    pub(crate) plain: Option<Path>,
    /// Those that take a line around them to be as heavy as they shall be.
    pub(crate) light: Option<Path>,
    /// How wide that line is.
    pub(crate) bolder: f32,
    /// What has a colour of its own, from bottom to top. `None` is the text's.
    pub(crate) coloured: Vec<(Option<Color>, Path)>,
}

impl Outlines {
    /// What all of it lies within. `None` where nothing is drawn.
    pub(super) fn ink(&self) -> Option<Rect> {
        let light = self.light.as_ref().and_then(|path| {
            let bounds = path.bounds();
            bounds.outset(self.bolder / 2.0, self.bolder / 2.0)
        });
        let coloured = self.coloured.iter().map(|(_, path)| path.bounds());
        let all = self.plain.iter().map(Path::bounds).chain(light).chain(coloured);
        all.reduce(|all, one| all.join(&one).unwrap_or(all))
    }

    /// How many segments all of it has.
    pub(crate) fn segments(&self) -> usize {
        let letters = self.plain.iter().chain(&self.light);
        letters.chain(self.coloured.iter().map(|(_, path)| path)).map(Path::len).sum()
    }

    /// The same, moved and scaled.
    pub(super) fn moved(self, by: Transform) -> Self {
        let moved = |path: Path| path.transform(by);
        Self {
            plain: self.plain.and_then(moved),
            light: self.light.and_then(moved),
            bolder: self.bolder * by.sx,
            coloured: self.coloured.into_iter().filter_map(|(color, path)| Some((color, moved(path)?))).collect(),
        }
    }
}

impl Block {
    /// The outlines of all glyphs. The origin is the top left corner of the block.
    pub(super) fn outlines(&self) -> Outlines {
        let mut drawn = Drawn::default();
        let mut top = 0.0;
        for paragraph in &self.0 {
            for item in paragraph.lines().flat_map(|line| line.items()) {
                if let PositionedLayoutItem::GlyphRun(run) = item {
                    drawn.run(&run, top);
                }
            }
            top += paragraph.height();
        }
        Outlines {
            plain: drawn.plain.finish(),
            light: drawn.light.finish(),
            bolder: drawn.bolder,
            coloured: drawn.coloured,
        }
    }
}

#[derive(Default)]
struct Drawn {
    plain: PathBuilder,
    light: PathBuilder,
    bolder: f32,
    coloured: Vec<(Option<Color>, Path)>,
}

impl Drawn {
    fn run(&mut self, run: &GlyphRun<'_, ()>, top: f32) {
        let shaped = run.run();
        let data = shaped.font();
        let Ok(font) = FontRef::from_index(data.data.as_ref(), data.index) else {
            return;
        };
        let place: Vec<_> =
            shaped.normalized_coords().iter().map(|coord| NormalizedCoord::from_bits(coord.to_bits())).collect();
        let size = shaped.font_size();
        let embolden = shaped.synthesis().embolden();
        let colours = font.color_glyphs();
        for glyph in run.positioned_glyphs() {
            let mut one = OneGlyph {
                font: &font,
                settings: (size, LocationRef::new(&place)),
                x: glyph.x,
                y: glyph.y + top,
                coloured: &mut self.coloured,
            };
            let id = GlyphId::new(glyph.id);
            if let Some(colour) = colours.get_with_format(id, ColorGlyphFormat::ColrV0) {
                // Layers that cannot be read are left out, as outlines are.
                let _ = colour.paint(LocationRef::new(&place), &mut one);
            } else if embolden {
                one.outline(id, &mut self.light);
                self.bolder = size * BOLDER;
            } else {
                one.outline(id, &mut self.plain);
            }
        }
    }
}

/// One glyph at its place.
struct OneGlyph<'a> {
    font: &'a FontRef<'a>,
    settings: (f32, LocationRef<'a>),
    x: f32,
    y: f32,
    coloured: &'a mut Vec<(Option<Color>, Path)>,
}

impl OneGlyph<'_> {
    fn outline(&self, id: GlyphId, path: &mut PathBuilder) {
        let (size, place) = self.settings;
        if let Some(outline) = self.font.outline_glyphs().get(id) {
            let mut pen = Pen { path, x: self.x, y: self.y };
            // A glyph that is broken stays as far as it was drawn.
            let _ = outline.draw(DrawSettings::unhinted(Size::new(size), place), &mut pen);
        }
    }

    fn colour(&self, brush: &Brush<'_>) -> Option<Color> {
        let Brush::Solid { palette_index, .. } = *brush else {
            return None;
        };
        let palettes = self.font.color_palettes();
        let palette = palettes.get(0).filter(|_| palette_index != FOREGROUND)?;
        let colour = palette.colors().get(usize::from(palette_index))?;
        Some(Color { rgb: [colour.red, colour.green, colour.blue], alpha: colour.alpha })
    }
}

/// Takes the layers of a glyph of `COLR` version 0: outlines, each filled with one colour.
impl ColorPainter for OneGlyph<'_> {
    fn fill_glyph(&mut self, id: GlyphId, _: Option<BrushTransform>, brush: Brush<'_>) {
        let mut path = PathBuilder::new();
        self.outline(id, &mut path);
        self.coloured.extend(path.finish().map(|path| (self.colour(&brush), path)));
    }

    fn push_transform(&mut self, _: BrushTransform) {}
    fn pop_transform(&mut self) {}
    fn push_clip_glyph(&mut self, _: GlyphId) {}
    fn push_clip_box(&mut self, _: BoundingBox) {}
    fn pop_clip(&mut self) {}
    fn fill(&mut self, _: Brush<'_>) {}
    fn push_layer(&mut self, _: CompositeMode) {}
}

/// Turns outlines, which grow upwards, into paths, which grow downwards.
struct Pen<'a> {
    path: &'a mut PathBuilder,
    x: f32,
    y: f32,
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.y - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.y - y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + x1, self.y - y1, self.x + x, self.y - y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + x1, self.y - y1, self.x + x2, self.y - y2, self.x + x, self.y - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
