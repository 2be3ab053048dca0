//! One drawing of a scene as SVG.

use resvg::tiny_skia::Rect;
use showrunner_domain::composition::{Canvas, Color, Content, Drawing, Radius, RenderError, Shadow, Stroke};

use super::lettering::Lettering;
use super::pictures::Shown;
use super::write::{Paint, Px, opacity};
use super::{Paper, Spent};
use crate::fonts::Fonts;
use crate::place::{Area, pixels};
use crate::text::{Text, set};

/// A drawing and all that it takes to compile it.
pub(super) struct Draft<'a> {
    /// Where it stands in the scene: what its definitions are called by.
    pub(super) at: usize,
    pub(super) drawing: &'a Drawing,
    pub(super) canvas: Canvas,
    pub(super) fonts: &'a Fonts,
}

impl Draft<'_> {
    /// Puts the drawing on `paper`, as a group with its opacity and its shadow. `shown` is what can be seen of its picture.
    pub(super) fn compile(
        &self,
        shown: Option<Shown>,
        paper: &mut dyn Paper,
        spent: &mut Spent,
    ) -> Result<(), RenderError> {
        let frame = self.frame();
        let content = match &self.drawing.content {
            Content::Picture { radius, .. } => self.picture(shown, *radius, paper)?,
            Content::Text { text, font, fill, align, max_lines } => {
                let line = self.stroke();
                let Some(room) = inner(frame, line.map_or(0.0, |(_, width)| width)) else {
                    return Ok(());
                };
                #[expect(clippy::cast_possible_truncation, reason = "a size in pixels")]
                let size = self.length(font.size.get()) as f32;
                let lines = usize::try_from(max_lines.get()).unwrap_or(1);
                let text = Text { said: text, font, size, align: *align, lines, room };
                match set(&text, self.fonts) {
                    Some(outlines) => {
                        spent.segments(outlines.segments())?;
                        Lettering { outlines, fill: *fill, line, room, at: self.at }.svg()
                    }
                    None => String::new(),
                }
            }
            Content::Shape { fill, radius } => self.rectangle(frame, *fill, *radius),
        };
        if content.is_empty() {
            return Ok(());
        }
        let opacity = match self.drawing.opacity.get() {
            1.0 => String::new(),
            less => format!(r#" opacity="{}""#, Px(less)),
        };
        let (filter, shadow) = match self.drawing.shadow.and_then(|shadow| self.filter(&shadow, frame)) {
            Some(filter) => (filter, format!(r#" filter="url(#f{})""#, self.at)),
            None => Default::default(),
        };
        paper.draw(&format!("{filter}<g{opacity}{shadow}>{content}</g>"));
        Ok(())
    }

    /// Where the drawing stands.
    pub(super) fn frame(&self) -> Area {
        Area::of(&self.drawing.frame, self.canvas)
    }

    /// A length that is given as a fraction of the canvas's height, in pixels.
    fn length(&self, fraction: f64) -> f64 {
        fraction * f64::from(self.canvas.height)
    }

    /// The outline's colour and how wide it is, where it has a width.
    fn stroke(&self) -> Option<(Color, f64)> {
        let Stroke { color, width } = self.drawing.stroke?;
        (width.get() > 0.0).then(|| (color, self.length(width.get())))
    }

    /// How far a shadow reaches beyond what throws it, in pixels: three standard deviations and the way it is moved.
    pub(super) fn reach(&self) -> i32 {
        let Some(Shadow { x, y, blur, .. }) = self.drawing.shadow else {
            return 0;
        };
        pixels(self.length(3.0 * blur.get() + x.get().abs().max(y.get().abs())).ceil()) + 1
    }

    fn filter(&self, shadow: &Shadow, frame: Area) -> Option<String> {
        let region = frame.grown(self.reach()).within(Area::around(self.canvas, self.reach()))?;
        let blur = Px(self.length(shadow.blur.get()));
        let (x, y) = (Px(self.length(shadow.x.get())), Px(self.length(shadow.y.get())));
        let (color, opacity) = (shadow.color.opaque_text(), Px(opacity(shadow.color)));
        let (at, sides) = (self.at, sides(region));
        let start =
            format!(r#"<filter id="f{at}" filterUnits="userSpaceOnUse"{sides} color-interpolation-filters="sRGB">"#);
        let drop = format!(r#"<feDropShadow dx="{x}" dy="{y}" stdDeviation="{blur}""#);
        let flood = format!(r#" flood-color="{color}" flood-opacity="{opacity}"/></filter>"#);
        Some(start + &drop + &flood)
    }

    /// The picture as an image, or nothing where none of it can be seen, or where it stands alone and `paper` has taken it.
    fn picture(&self, shown: Option<Shown>, radius: Radius, paper: &mut dyn Paper) -> Result<String, RenderError> {
        let Some(Shown { bitmap, at: place, whole }) = shown else {
            return Ok(String::new());
        };
        let Drawing { opacity, shadow, .. } = self.drawing;
        if radius.get() == 0.0 && opacity.get() >= 1.0 && shadow.is_none() && self.stroke().is_none() {
            paper.picture(bitmap, place)?;
            return Ok(String::new());
        }
        let href = paper.keep(bitmap)?;
        let shown = sides(place);
        let round = radius.get() * whole.shorter_side();
        let image = if round > 0.0 {
            let (at, corners) = (self.at, sides(whole));
            let clip = format!(r#"<clipPath id="c{at}"><rect{corners} rx="{}"/></clipPath>"#, Px(round));
            clip + &format!(r#"<image{shown} href="{href}" clip-path="url(#c{at})"/>"#)
        } else {
            format!(r#"<image{shown} href="{href}"/>"#)
        };
        let outline = self.stroke().map(|_| self.rectangle(whole, None, radius));
        Ok(image + &outline.unwrap_or_default())
    }

    /// A rectangle, with its outline within it.
    fn rectangle(&self, around: Area, fill: Option<Color>, radius: Radius) -> String {
        let round = radius.get() * around.shorter_side();
        let Some((color, width)) = self.stroke() else {
            return format!(r#"<rect{} rx="{}"{}/>"#, sides(around), Px(round), Paint("fill", fill));
        };
        let width = width.min(around.shorter_side() / 2.0);
        let half = width / 2.0;
        format!(
            r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}"{}{} stroke-width="{}"/>"#,
            Px(f64::from(around.left) + half),
            Px(f64::from(around.top) + half),
            Px(f64::from(around.width) - width),
            Px(f64::from(around.height) - width),
            Px((round - half).max(0.0)),
            Paint("fill", fill),
            Paint("stroke", Some(color)),
            Px(width)
        )
    }
}

/// The attributes of a box.
pub(super) fn sides(Area { left, top, width, height }: Area) -> String {
    format!(r#" x="{left}" y="{top}" width="{width}" height="{height}""#)
}

/// The box without a margin within it, which leaves at least a hundredth of a pixel.
fn inner(around: Area, margin: f64) -> Option<Rect> {
    let edge = |start: i32, length: i32| {
        let margin = margin.min((f64::from(length) - 0.01) / 2.0);
        #[expect(clippy::cast_possible_truncation, reason = "a place in pixels")]
        let edges = ((f64::from(start) + margin) as f32, (f64::from(start + length) - margin) as f32);
        edges
    };
    let ((left, right), (top, bottom)) = (edge(around.left, around.width), edge(around.top, around.height));
    Rect::from_ltrb(left, top, right, bottom)
}
