//! The same scene is the same bytes, and the same picture however it is kept.

use std::collections::HashSet;

use image::ImageFormat;
use serde_json::{Value, json};
use showrunner_domain::composition::{Encoding, Format, Renderer};
use showrunner_render::{Artist, NamedFont};

use crate::studio::{ARTIST, Studio, disc, file, photo, sha256, text};

/// Fifty different lists of layers.
fn fifty(studio: &mut Studio) -> Vec<Value> {
    let photo = studio.keep(file(photo(700, 500), ImageFormat::Jpeg));
    let disc = studio.keep(file(disc(300, 300, [200, 0, 100]), ImageFormat::WebP));
    let layers = |at: u32| {
        let share = f64::from(at) / 50.0;
        let mut title = text(["Pilot", "第一集", "الحلقة", "👍🏽 ok", "a long title on many lines"][at as usize % 5]);
        title["font"] = json!({"size": 0.03 + share / 8.0, "weight": 100 + at * 16});
        title["align"] = json!(["start", "center", "end"][at as usize % 3]);
        if at.is_multiple_of(4) {
            title["shadow"] = json!({"blur": share / 50.0});
        }
        let fit = ["cover", "fill"][at as usize % 2];
        json!([
            {"role": "a", "kind": "image", "source": {"file_id": photo}, "fit": fit},
            {"role": "b", "kind": "image", "source": {"file_id": disc}, "opacity": 1.0 - share / 2.0, "radius": share / 2.0,
             "frame": {"x": share / 2.0, "y": 0.1, "w": 0.4, "h": 0.1 + share / 2.0}, "fit": "contain"},
            title,
        ])
    };
    (0..50).map(layers).collect()
}

#[tokio::test]
async fn fifty_scenes_are_the_same_bytes_twice() {
    let mut studio = Studio::default();
    let mut digests = HashSet::new();
    for (at, layers) in fifty(&mut studio).iter().enumerate() {
        let (format, encoding) = (Format::ALL[at % 8], Encoding::ALL[at % 3]);
        let once = sha256(&studio.render(layers, format, encoding).await.unwrap());
        assert_eq!(once, sha256(&studio.render(layers, format, encoding).await.unwrap()), "scene {at}");
        digests.insert(once.as_str().to_owned());
    }
    assert_eq!(digests.len(), 50);
}

#[tokio::test]
#[ignore = "prints digests, which a drill compares between processors"]
async fn digests_of_fifty_scenes() {
    let mut studio = Studio::default();
    for (at, layers) in fifty(&mut studio).iter().enumerate() {
        let (format, encoding) = (Format::ALL[at % 8], Encoding::ALL[at % 3]);
        println!("digest {at} {}", sha256(&studio.render(layers, format, encoding).await.unwrap()).as_str());
    }
}

#[test]
fn whatever_changes_a_picture_changes_its_key() {
    let mut studio = Studio::default();
    let scenes: Vec<_> = fifty(&mut studio).iter().map(|layers| studio.scene(layers, Format::Twitter)).collect();
    let inter = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/Inter.ttf")).unwrap();
    let other = Artist::new(vec![NamedFont { name: "again".into(), bytes: inter }]).unwrap();
    let mut keys = HashSet::new();
    for scene in &scenes {
        for encoding in Encoding::ALL {
            assert_eq!(ARTIST.key(scene, encoding), ARTIST.key(&scene.clone(), encoding));
            keys.insert(ARTIST.key(scene, encoding).as_str().to_owned());
            keys.insert(other.key(scene, encoding).as_str().to_owned());
        }
    }
    assert_eq!(keys.len(), scenes.len() * Encoding::ALL.len() * 2);
}
