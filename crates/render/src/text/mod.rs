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

#[cfg(test)]
mod tests {
    use parley::Layout;
    use proptest::prelude::*;
    use showrunner_domain::composition::{FontFamily, FontSize, FontWeight};

    use super::*;

    fn fonts() -> &'static Fonts {
        static FONTS: std::sync::LazyLock<Fonts> = std::sync::LazyLock::new(|| Fonts::new(Vec::new()).unwrap());
        &FONTS
    }

    fn font(weight: i64) -> Font {
        Font {
            family: FontFamily::parse("Nothing like it").unwrap(),
            weight: FontWeight::parse(weight).unwrap(),
            size: FontSize::parse(0.1).unwrap(),
        }
    }

    fn room(width: f32, height: f32) -> Rect {
        Rect::from_xywh(100.0, 200.0, width, height).unwrap()
    }

    #[test]
    fn a_font_has_a_glyph_for_whatever_titles_are_written_in() {
        for said in [
            "Pilot ÀÉîõüß Ελληνικά Русский Tiếng Việt ½ € ™ № “quoted” – dash…",
            "الحلقة الأولى הפרק הראשון पहला एपिसोड প্রথম পর্ব ਪਹਿਲਾ முதல் ตอนแรก ພາສາລາວ ភាសាខ្មែរ",
            "პირველი Առաջին 第一集：漫长的旅程、「」。 カタカナ ひらがな 제1화: 달 없는 밤 뷁",
            "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪👍🏽❤️🎬🎉1️⃣☀→★",
        ] {
            let text =
                Text { said, font: &font(700), size: 40.0, align: Align::Start, lines: 9, room: room(900.0, 900.0) };
            let block = Typesetter::new(&text, fonts()).lay(said, 40.0, OverflowWrap::Normal);
            let clusters = block.0.iter().flat_map(Layout::lines).flat_map(|line| line.runs());
            for cluster in clusters.flat_map(|run| run.clusters().collect::<Vec<_>>()) {
                assert!(cluster.glyphs().all(|glyph| glyph.id != 0), "{said}: {:?}", &said[cluster.text_range()]);
            }
        }
    }

    #[test]
    fn a_text_shrinks_before_it_is_cut_off() {
        let lines = |said: &str| {
            let text =
                Text { said, font: &font(400), size: 40.0, align: Align::Start, lines: 1, room: room(300.0, 60.0) };
            (
                shrunk(&text, said, &mut Typesetter::new(&text, fonts())).is_some(),
                set(&text, fonts()).unwrap().ink().unwrap(),
            )
        };
        let (fits, whole) = lines("A short one");
        assert!(fits && whole.height() > 25.0, "{whole:?}");
        let (fits, smaller) = lines("One that is longer than that");
        assert!(fits && smaller.width() > 280.0 && smaller.height() < 25.0, "{smaller:?}");
        let (fits, half) = lines("One that is so much longer that nothing but cutting it off helps");
        assert!(!fits && half.width() > 270.0, "{half:?}");
    }

    #[test]
    fn lines_start_where_their_paragraph_is_read_from() {
        let left = |said: &str, align| {
            let text = Text { said, font: &font(400), size: 40.0, align, lines: 2, room: room(600.0, 200.0) };
            set(&text, fonts()).unwrap().ink().unwrap().left()
        };
        assert!(left("Pilot", Align::Start) < 110.0 && left("Pilot", Align::End) > 500.0);
        assert!(left("שלום", Align::Start) > 500.0 && left("שלום", Align::End) < 110.0);
        assert!((300.0..400.0).contains(&left("Pilot", Align::Center)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn no_text_leaves_its_room(
            said in "\\PC{0,40}|[a-zא-ת \n]{0,80}|[\\u{300}-\\u{36f}a-z]{0,30}|[ก-๙]{0,40}",
            (width, height) in (1.0..800.0_f32, 1.0..300.0_f32),
            size in 6.0..200.0_f32,
            lines in 1..20_usize,
            weight in 100..900_i64,
        ) {
            let font = font(weight);
            let room = room(width, height);
            let text = Text { said: &said, font: &font, size, align: Align::Center, lines, room };
            if let Some(ink) = set(&text, fonts()).and_then(|outlines| outlines.ink()) {
                let within = ink.left() > room.left() - 0.01 && ink.right() < room.right() + 0.01
                    && ink.top() > room.top() - 0.01 && ink.bottom() < room.bottom() + 0.01;
                prop_assert!(within, "{ink:?} in {room:?}");
            }
        }
    }
}
