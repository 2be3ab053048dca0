//! Texts of every kind stay inside their frames, and say something.

use image::RgbaImage;
use serde_json::json;
use showrunner_domain::composition::Format;

use crate::studio::{Studio, text};

/// Where something was drawn on nothing: left, top, right and bottom, the last two exclusive.
fn ink(pixels: &RgbaImage) -> Option<[u32; 4]> {
    let drawn = pixels.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[3] > 0).map(|(x, y, _)| [x, y, x + 1, y + 1]);
    drawn.reduce(|[a, b, c, d], [e, f, g, h]| [a.min(e), b.min(f), c.max(g), d.max(h)])
}

const SAYINGS: [&str; 12] = [
    "Pilot",
    "An extraordinarily long title that nobody would ever give to an episode, though somebody certainly will one day",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "الحلقة الأولى: رحلة طويلة إلى قلب الصحراء في ليلة بلا قمر",
    "הפרק הראשון: מסע ארוך אל לב המדבר בלילה ללא ירח",
    "第一集：漫长的旅程通向沙漠的中心，在一个没有月亮的夜晚",
    "第一話：月のない夜、砂漠の中心への長い旅がはじまるカタカナ",
    "제1화: 달 없는 밤, 사막 한가운데로 떠나는 긴 여행",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽 ❤️ 🎬 Season finale 🎉🎉🎉",
    "पहला एपिसोड: रेगिस्तान के दिल की लंबी यात्रा",
    "ตอนแรก: การเดินทางอันยาวนานสู่ใจกลางทะเลทราย",
    "Z̸̢̛̪̠̤̦̗̍̂̐̈́͌͝a̴̡̧͔̯̼͆̈́̑̚ľ̶̨̛̩͙̰̬̈́̈́̚g̷̢̛̫̱̈́̎͘o̵̢̗̭͑̌̄ ṽ̷̧̛̺̱̙̒͝",
];

#[tokio::test]
async fn whatever_a_title_says_stays_inside_its_frame() {
    let studio = Studio::default();
    for said in SAYINGS {
        for format in [Format::Youtube, Format::InstagramStory] {
            let canvas = format.canvas();
            let pixels = studio.pixels(&json!([text(said)]), format).await;
            let [left, top, right, bottom] = ink(&pixels).unwrap();
            let within = |from: u32, to: u32, length: u32, start: f64, share: f64| {
                let (first, end) = (f64::from(length) * start, f64::from(length) * (start + share));
                f64::from(from) >= first.round() && f64::from(to) <= end.round()
            };
            assert!(within(left, right, canvas.width, 0.15, 0.7), "{said}: {left} to {right} on {canvas:?}");
            assert!(within(top, bottom, canvas.height, 0.3, 0.3), "{said}: {top} to {bottom} on {canvas:?}");
        }
    }
}
