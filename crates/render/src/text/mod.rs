//! Text, laid out by this crate and drawn as outlines, so that nobody who looks at it needs its fonts.
//!
//! A text that does not fit its room shrinks, to half its size at most, and is then cut off with `…`. None of its ink
//! leaves the room.

mod glyphs;
mod layout;

use icu_segmenter::GraphemeClusterSegmenter;
use parley::OverflowWrap;
use resvg::tiny_skia::{Rect, Transform};
use showrunner_domain::composition::{Align, Font};

use self::layout::{Block, Typesetter};
use crate::fonts::Fonts;

pub(crate) use self::glyphs::Outlines;

/// How many sizes are tried between a text's own size and half of it.
const SIZES: u16 = 32;

/// A text and the room that it has.
pub(crate) struct Text<'a> {
    /// What it says.
    pub(crate) said: &'a str,
    /// In which font.
    pub(crate) font: &'a Font,
    /// How large it is at most, in pixels.
    pub(crate) size: f32,
    /// Where its lines stand.
    pub(crate) align: Align,
    /// On how many lines it may stand.
    pub(crate) lines: usize,
    /// What it may not leave.
    pub(crate) room: Rect,
}

/// Sets `text` at the top of its room. `None` where nothing of it can be seen.
pub(crate) fn set(text: &Text<'_>, fonts: &Fonts) -> Option<Outlines> {
    let said = plain(text.said);
    let mut typesetter = Typesetter::new(text, fonts);
    let outlines = match shrunk(text, &said, &mut typesetter) {
        Some(fitting) => fitting,
        None => cut(text, &said, &mut typesetter),
    };
    Some(within(text.room, outlines.ink()?, outlines))
}

/// The text with one kind of line break, and without tabs and other control characters.
fn plain(said: &str) -> String {
    let said = said.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let said = said.trim_end().replace('\t', " ");
    said.chars().filter(|sign| *sign == '\n' || !sign.is_control()).collect()
}

/// The text in the largest size in which it fits as a whole, between words.
fn shrunk(text: &Text<'_>, said: &str, typesetter: &mut Typesetter<'_>) -> Option<Outlines> {
    let mut at = |step: u16| {
        let size = text.size * (0.5 + f32::from(step) / f32::from(SIZES) / 2.0);
        let block = typesetter.lay(said, size, OverflowWrap::Normal);
        let outlines = fits(text, &block).then(|| block.outlines())?;
        let inside = |ink: Rect| ink.width() <= text.room.width() && ink.height() <= text.room.height();
        outlines.ink().is_none_or(inside).then_some(outlines)
    };
    if let Some(whole) = at(SIZES) {
        return Some(whole);
    }
    let (mut fitting, mut low, mut high) = (at(0)?, 0, SIZES);
    while high - low > 1 {
        let middle = u16::midpoint(low, high);
        match at(middle) {
            Some(outlines) => (fitting, low) = (outlines, middle),
            None => high = middle,
        }
    }
    Some(fitting)
}

fn fits(text: &Text<'_>, block: &Block) -> bool {
    block.lines() <= text.lines && block.height() <= text.room.height() && block.width() <= text.room.width()
}

/// The text in half its size, broken wherever it must be, and cut off where its room ends.
fn cut(text: &Text<'_>, said: &str, typesetter: &mut Typesetter<'_>) -> Outlines {
    let size = text.size / 2.0;
    let mut lay = |said: &str| typesetter.lay(said, size, OverflowWrap::Anywhere);
    let mut whole = lay(said);
    let enough =
        |block: &Block| block.lines() <= text.lines && (block.lines() <= 1 || block.height() <= text.room.height());
    if !enough(&whole) {
        let ends: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(said).collect();
        let shortened = |end: usize| format!("{}…", said[..end].trim_end());
        let too_long = ends.partition_point(|end| enough(&lay(&shortened(*end))));
        whole = lay(&shortened(ends[too_long.saturating_sub(1)]));
    }
    whole.outlines()
}

/// Moves what was drawn into the room, and makes it smaller where even that is not enough.
fn within(room: Rect, ink: Rect, outlines: Outlines) -> Outlines {
    let scale = (room.width() / ink.width()).min(room.height() / ink.height()).min(1.0);
    // What is left of the room stays shared between both sides as it was.
    let start = |ink: f32, length: f32, room: f32| {
        let left = room - length;
        let before = if left > 0.0 { (ink / left).clamp(0.0, 1.0) } else { 0.0 };
        before * (room - length * scale)
    };
    let x = start(ink.left(), ink.width(), room.width());
    let y = start(ink.top(), ink.height(), room.height());
    let placed = Transform::from_translate(-ink.left(), -ink.top())
        .post_scale(scale, scale)
        .post_translate(room.left() + x, room.top() + y);
    outlines.moved(placed)
}
