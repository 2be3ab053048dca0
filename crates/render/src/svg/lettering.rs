//! The outlines of a text as SVG, in their colours.

use resvg::tiny_skia::{Path, Rect};
use showrunner_domain::composition::Color;

use super::write::{Data, Paint, Px, opacity};
use crate::text::Outlines;

/// Outlines and what they are drawn with.
pub(super) struct Lettering {
    pub(super) outlines: Outlines,
    /// What they are filled with.
    pub(super) fill: Option<Color>,
    /// The colour of the line around them, and how wide it is, in pixels.
    pub(super) line: Option<(Color, f64)>,
    /// What they lie within.
    pub(super) room: Rect,
    /// What their definitions are called by.
    pub(super) at: usize,
}

impl Lettering {
    /// The paths: the line around the letters, what they are filled with, and what has colours of its own.
    ///
    /// The line shows outside of the letters alone, as contours within them may overlap: the filling covers its other
    /// half or, where one could see through the filling, a mask does.
    pub(super) fn svg(&self) -> String {
        let line = self.line.map(|(color, width)| {
            let line = self.letters(|bolder| format!(r#" fill="none"{}"#, stroke(color, 2.0 * width + bolder)));
            let covered = self.fill.is_some_and(|fill| fill.alpha == u8::MAX);
            if covered { line } else { self.masked(&line, width) }
        });
        let filling = self.fill.map(|color| {
            let opacity = Px(opacity(color));
            self.letters(|bolder| format!(r#"{} opacity="{opacity}""#, solid(color, bolder)))
        });
        let coloured = self.outlines.coloured.iter();
        let coloured = coloured.map(|(own, outline)| path(outline, &Paint("fill", own.or(self.fill)).to_string()));
        line.into_iter().chain(filling).chain(coloured).collect()
    }

    /// The letters in the text's own colour, with the attributes for outlines that a line of this width thickens.
    fn letters(&self, attributes: impl Fn(f64) -> String) -> String {
        let Outlines { plain, light, bolder, .. } = &self.outlines;
        let plain = plain.iter().map(|outline| path(outline, &attributes(0.0)));
        let light = light.iter().map(|outline| path(outline, &attributes(f64::from(*bolder))));
        plain.chain(light).collect()
    }

    /// `line`, but for what of it lies within the letters.
    fn masked(&self, line: &str, width: f64) -> String {
        let room = self.room;
        let sides = format!(
            r#"x="{}" y="{}" width="{}" height="{}""#,
            Px(f64::from(room.left()) - width),
            Px(f64::from(room.top()) - width),
            Px(f64::from(room.width()) + 2.0 * width),
            Px(f64::from(room.height()) + 2.0 * width)
        );
        let (at, hidden) = (self.at, self.letters(|bolder| solid(Color::BLACK, bolder)));
        let shown = format!(r##"<rect {sides} fill="#ffffff"/>"##);
        let mask = format!(r#"<mask id="m{at}" maskUnits="userSpaceOnUse" {sides}>{shown}{hidden}</mask>"#);
        format!(r#"{mask}<g mask="url(#m{at})">{line}</g>"#)
    }
}

fn path(outline: &Path, attributes: &str) -> String {
    format!(r#"<path d="{}"{attributes}/>"#, Data(outline))
}

fn stroke(color: Color, width: f64) -> String {
    format!(r#"{} stroke-width="{}" stroke-linejoin="round""#, Paint("stroke", Some(color)), Px(width))
}

/// Filled with an opaque colour, and as much thicker.
fn solid(color: Color, bolder: f64) -> String {
    let color = Color { alpha: u8::MAX, ..color };
    let thicker = if bolder > 0.0 { stroke(color, bolder) } else { String::new() };
    format!("{}{thicker}", Paint("fill", Some(color)))
}
