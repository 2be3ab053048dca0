//! What a browser shows of the document is what the file will be.

use std::fs;
use std::process::Command;

use image::{ImageFormat, RgbaImage};
use serde_json::{Value, json};
use showrunner_domain::composition::Format;
use tempfile::tempdir;

use crate::studio::{Studio, disc, file, photo, read, text};

/// How much a channel of a pixel may differ before it counts.
const NOTICEABLE: u8 = 24;

/// The document as Chromium draws it on white.
fn shown(svg: &str, width: u32, height: u32) -> RgbaImage {
    let folder = tempdir().unwrap();
    let page = folder.path().join("page.html");
    let shot = folder.path().join("shot.png");
    fs::write(&page, format!("<!DOCTYPE html><style>*{{margin:0}}svg{{display:block}}</style>{svg}")).unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ]);
    chromium.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    chromium.args(["--force-device-scale-factor=1", "--force-color-profile=srgb"]);
    chromium.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    chromium.arg(format!("--window-size={width},{height}")).arg(format!("--screenshot={}", shot.display()));
    let output = chromium.arg(format!("file://{}", page.display())).output().unwrap();
    let shot = fs::read(shot).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    read(&shot).into_rgba8()
}

/// How many of a thousand pixels differ noticeably.
async fn difference(studio: &Studio, layers: &Value, format: Format) -> f64 {
    let canvas = format.canvas();
    let browser = shown(&studio.svg(layers, format).await, canvas.width, canvas.height);
    let ours = studio.pixels(layers, format).await;
    assert_eq!(browser.dimensions(), ours.dimensions());
    let differs = browser.pixels().zip(ours.pixels()).filter(|(browser, ours)| {
        let alpha = u32::from(ours.0[3]);
        let on_white = |channel: u8| ((u32::from(channel) * alpha + 255 * (255 - alpha)) / 255) as u8;
        (0..3).any(|at| browser.0[at].abs_diff(on_white(ours.0[at])) > NOTICEABLE)
    });
    differs.count() as f64 * 1000.0 / f64::from(canvas.width * canvas.height)
}

#[tokio::test]
async fn a_browser_shows_what_the_file_will_be() {
    let mut studio = Studio::default();
    let photo = json!({"file_id": studio.keep(file(photo(1600, 1200), ImageFormat::Jpeg))});
    let disc = json!({"file_id": studio.keep(file(disc(400, 600, [250, 120, 0]), ImageFormat::Png))});
    let red = json!({"color": "#cc0033", "width": 0.01});
    let shadow = json!({"x": 0.01, "y": 0.02, "blur": 0.02, "color": "#000000a0"});
    let corner = |x: f64, y: f64| json!({"x": x, "y": y, "w": 0.31, "h": 0.23});
    let said = |said: &str, x: f64, y: f64| {
        let mut layer = text(said);
        layer["frame"] = corner(x, y);
        layer
    };
    let mut outlined = said("Outlined 第一集", 0.65, 0.4);
    outlined["stroke"] = red.clone();
    let mut hollow = said("Hollow out", 0.02, 0.7);
    (hollow["stroke"], hollow["fill"]) = (red.clone(), Value::Null);
    let mut shaded = said("With a shadow 🎬", 0.34, 0.7);
    shaded["shadow"] = shadow.clone();
    let layers = json!([
        {"role": "background", "kind": "image", "source": photo},
        {"role": "shade", "kind": "shape", "fill": "#ffffff", "opacity": 0.7},
        {"role": "host", "kind": "image", "source": disc, "fit": "contain", "frame": corner(0.02, 0.05), "shadow": shadow},
        {"role": "guest", "kind": "image", "source": photo, "radius": 0.2, "frame": corner(0.34, 0.05), "stroke": red,
         "shadow": shadow},
        {"role": "pill", "kind": "shape", "fill": "#336699c0", "radius": 0.5, "frame": corner(0.65, 0.05), "stroke": red},
        {"role": "edge", "kind": "shape", "fill": "#00aa66", "frame": corner(-0.2, 0.4), "shadow": shadow},
        said("مرحبا שלום 👩‍👩‍👧‍👦", 0.34, 0.4),
        outlined, hollow, shaded,
        said("Àn extraordinarily long title that is cut off somewhere, as nobody could read all of it anyway", 0.65, 0.7),
    ]);
    for format in [Format::Youtube, Format::InstagramFeed] {
        let difference = difference(&studio, &layers, format).await;
        assert!(difference < 10.0, "{difference} of a thousand pixels differ on {format:?}");
    }
}
