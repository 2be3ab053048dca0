//! Lines of text: shaped, broken and aligned, each paragraph in the direction of its own first letter.

use std::ops::Range;

use icu_segmenter::GraphemeClusterSegmenter;
use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontContext, FontFamily, FontFamilyName, FontWeight, Layout,
    LayoutContext, LineHeight, OverflowWrap, StyleProperty,
};
use showrunner_domain::composition::Align;

use super::Text;
use crate::fonts::{EMOJI, Fonts};

/// How far the lines of a text stand apart, in sizes of its font.
const LINE_HEIGHT: f32 = 1.2;

/// Lays one text out, as often as it takes to find its size.
pub(super) struct Typesetter<'a> {
    fonts: FontContext,
    scratch: LayoutContext<()>,
    families: Vec<FontFamilyName<'static>>,
    emoji: Vec<FontFamilyName<'static>>,
    weight: f32,
    text: &'a Text<'a>,
}

/// A text that has been laid out: its paragraphs, from top to bottom.
pub(super) struct Block(pub(super) Vec<Layout<()>>);

impl<'a> Typesetter<'a> {
    pub(super) fn new(text: &'a Text<'a>, fonts: &Fonts) -> Self {
        let (families, emoji) = (fonts.stack(text.font.family.as_str()), fonts.stack(EMOJI));
        #[expect(clippy::cast_precision_loss, reason = "a weight is at most 900")]
        let weight = text.font.weight.get() as f32;
        Self { fonts: fonts.context(), scratch: LayoutContext::new(), families, emoji, weight, text }
    }

    /// Lays `said` out in this size, in pixels.
    pub(super) fn lay(&mut self, said: &str, size: f32, wrap: OverflowWrap) -> Block {
        Block(said.split('\n').flat_map(|paragraph| self.paragraph(paragraph, size, wrap)).collect())
    }

    fn paragraph(&mut self, said: &str, size: f32, wrap: OverflowWrap) -> Vec<Layout<()>> {
        let layout = self.layout(said, size, wrap, BaseDirection::Auto);
        let one_way = layout.lines().flat_map(|line| line.runs()).all(|run| run.is_rtl() == layout.is_rtl());
        if one_way || layout.len() == 1 {
            return vec![layout];
        }
        // Blanks at the end of a line belong to its end in the paragraph's direction (UAX 9, L1), where parley leaves
        // them beside the word that they follow: without them, each line is laid out anew.
        let direction = if layout.is_rtl() { BaseDirection::Rtl } else { BaseDirection::Ltr };
        let lines = layout.lines().map(|line| said[line.text_range()].trim_end());
        lines.map(|line| self.layout(line, size, wrap, direction)).collect()
    }

    fn layout(&mut self, said: &str, size: f32, wrap: OverflowWrap, direction: BaseDirection) -> Layout<()> {
        let mut builder = self.scratch.ranged_builder(&mut self.fonts, said, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(self.families.as_slice().into())));
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(self.weight)));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE_HEIGHT)));
        builder.push_default(StyleProperty::OverflowWrap(wrap));
        builder.set_base_direction(direction);
        for emoji in emoji(said) {
            builder.push(StyleProperty::FontFamily(FontFamily::List(self.emoji.as_slice().into())), emoji);
        }
        let mut layout = builder.build(said);
        layout.break_all_lines(Some(self.text.room.width()));
        let alignment = match self.text.align {
            Align::Start => Alignment::Start,
            Align::Center => Alignment::Center,
            Align::End => Alignment::End,
        };
        layout.align(alignment, AlignmentOptions::default());
        layout
    }
}

/// The graphemes that ask to be drawn as emoji, though they are signs that other fonts have as well (UTS 51, 1.4.3).
fn emoji(said: &str) -> impl Iterator<Item = Range<usize>> {
    let ends = GraphemeClusterSegmenter::new().segment_str(said);
    let starts = GraphemeClusterSegmenter::new().segment_str(said);
    let graphemes = starts.zip(ends.skip(1)).map(|(start, end)| start..end);
    graphemes.filter(|grapheme| said[grapheme.clone()].contains('\u{fe0f}'))
}

impl Block {
    /// How many lines there are.
    pub(super) fn lines(&self) -> usize {
        self.0.iter().map(Layout::len).sum()
    }

    /// From the top of the first line to the bottom of the last, in pixels.
    pub(super) fn height(&self) -> f32 {
        self.0.iter().map(Layout::height).sum()
    }

    /// How wide the widest line is, in pixels.
    pub(super) fn width(&self) -> f32 {
        self.0.iter().map(Layout::width).fold(0.0, f32::max)
    }
}
