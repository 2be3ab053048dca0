//! How long rendering takes. Nothing is asserted: what counts is a release build on a quiet machine.

use std::time::{Duration, Instant};

use image::ImageFormat;
use serde_json::{Value, json};
use showrunner_domain::composition::{Encoding, Format, Renderer as _};
use showrunner_render::Artist;

use crate::studio::{ARTIST, Studio, disc, file, photo};

const ROUNDS: usize = 11;

/// The median time of rendering each of `formats`, one after the other.
async fn median(studio: &Studio, layers: &Value, formats: &[Format], encoding: Encoding) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for format in formats {
            studio.render(layers, *format, encoding).await.unwrap();
        }
        times.push(start.elapsed());
    }
    times.sort();
    times[ROUNDS / 2]
}

/// A photo, two pictures and a title, from bottom to top.
fn composition(studio: &mut Studio) -> [Value; 4] {
    let background = studio.keep(file(photo(1920, 1080), ImageFormat::Jpeg));
    let host = studio.keep(file(disc(800, 1200, [200, 80, 20]), ImageFormat::Png));
    let guest = studio.keep(file(disc(800, 1200, [20, 80, 200]), ImageFormat::Png));
    let picture = |role: &str, id: &str, frame: Value, fit: &str| json!({"role": role, "kind": "image", "source": {"file_id": id}, "frame": frame, "fit": fit});
    [
        picture("background", &background, json!({"x": 0, "y": 0, "w": 1, "h": 1}), "cover"),
        picture("host", &host, json!({"x": 0.08, "y": 0.1, "w": 0.25, "h": 0.5}), "contain"),
        picture("guest", &guest, json!({"x": 0.65, "y": 0.1, "w": 0.25, "h": 0.5}), "contain"),
        json!({"role": "title", "kind": "text", "source": {"text": "Episode 5: The one with the lighthouse"},
               "frame": {"x": 0.08, "y": 0.65, "w": 0.6, "h": 0.25}, "font": {"size": 0.09}, "max_lines": 2}),
    ]
}

const BOTH: [Format; 2] = [Format::Youtube, Format::InstagramFeed];

#[tokio::test]
#[ignore = "prints figures"]
async fn figures_of_a_composition_for_youtube_and_instagram() {
    let mut studio = Studio::default();
    let layers = composition(&mut studio);
    println!("all: {:?}", median(&studio, &json!(layers), &BOTH, Encoding::Jpeg).await);
    let scenes = BOTH.map(|format| studio.scene(&json!(layers), format));
    let start = Instant::now();
    for _ in 0..ROUNDS {
        ARTIST.render_all(&scenes, &studio.pictures, Encoding::Jpeg).await.unwrap();
    }
    println!("both at once: {:?}", start.elapsed() / u32::try_from(ROUNDS).unwrap());
}

#[tokio::test]
#[ignore = "prints figures"]
async fn figures_of_its_parts() {
    let mut studio = Studio::default();
    let [background, host, guest, title] = composition(&mut studio);
    let mut shadowed = title.clone();
    shadowed["shadow"] = json!({"blur": 0.01});
    for (what, layers) in [
        ("nothing", json!([])),
        ("the background", json!([background])),
        ("two pictures", json!([host, guest])),
        ("the title", json!([title])),
        ("with a shadow", json!([shadowed])),
    ] {
        println!("{what}: {:?}", median(&studio, &layers, &BOTH, Encoding::Jpeg).await);
    }
    let start = Instant::now();
    Artist::new(Vec::new()).unwrap();
    println!("an artist: {:?}", start.elapsed());
    let layers = json!([background, host, guest, title]);
    for encoding in [Encoding::Png, Encoding::Webp] {
        println!("all as {}: {:?}", encoding.as_str(), median(&studio, &layers, &BOTH, encoding).await);
    }
}
