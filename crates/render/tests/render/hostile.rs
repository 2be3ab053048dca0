//! Files that are not what they should be: each is refused with a sentence that says why.

use std::sync::Arc;

use image::{DynamicImage, ImageFormat};
use serde_json::json;
use showrunner_domain::composition::{Encoding, Format, RenderError};
use showrunner_domain::media::{MediaError, PictureTool};
use showrunner_render::{Artist, NamedFont};

use crate::studio::{ARTIST, Studio, disc, file, photo};

/// Why a file is not drawn. It is refused as a layer and as what thumbnails are wanted of, for the same reason.
async fn refusal(bytes: Vec<u8>) -> String {
    let mut studio = Studio::default();
    let layers = json!([{"role": "a", "kind": "image", "source": {"file_id": studio.keep(bytes.clone())}}]);
    let thumbnails = ARTIST.thumbnails(Arc::from(bytes), &[100]).await;
    match (studio.render(&layers, Format::Facebook, Encoding::Jpeg).await, thumbnails) {
        (Err(RenderError::Picture { reason, .. }), Err(MediaError::Unusable { reason: again })) => {
            assert_eq!(reason, again);
            reason
        }
        other => panic!("{other:?}"),
    }
}

/// A chunk of a PNG file.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let crc = crc32(&[&kind, data].concat());
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &kind, data, &crc.to_be_bytes()].concat()
}

/// The sum that ends a chunk (PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    })
}

fn png_of(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(*b"IHDR", &header), chunk(*b"IDAT", &[0; 64]), chunk(*b"IEND", &[])].concat()
}

#[tokio::test]
async fn a_picture_that_claims_too_many_pixels_is_refused_by_its_size() {
    for (width, height) in [(100_000, 100_000), (16_385, 1), (10_000, 10_000)] {
        let reason = refusal(png_of(width, height)).await;
        assert!(reason.starts_with(&format!("it claims {width} × {height} pixels")), "{reason}");
    }
}

#[tokio::test]
async fn a_picture_that_is_cut_off_is_refused() {
    let (photo, disc) = (photo(400, 300), disc(400, 300, [1, 2, 3]));
    let whole = [
        file(photo.clone(), ImageFormat::Jpeg),
        file(photo.clone(), ImageFormat::Png),
        file(photo, ImageFormat::WebP),
        file(disc.clone(), ImageFormat::Png),
        file(disc, ImageFormat::WebP),
    ];
    for bytes in whole {
        for end in [bytes.len() / 2, bytes.len() / 10, 40] {
            let reason = refusal(bytes[..end].to_vec()).await;
            assert!(!reason.is_empty());
        }
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_how_it_begins() {
    let external = br#"<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>"#;
    let bomb = br#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><svg>&c;</svg>"#;
    for svg in [&external[..], bomb] {
        assert!(refusal(svg.to_vec()).await.contains("SVG"));
    }
    let gif = file(DynamicImage::from(photo(10, 10)), ImageFormat::Png).split_off(8);
    for other in [b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), b"%PDF-1.7".to_vec(), gif, vec![0; 4096]] {
        assert_eq!(refusal(other).await, "it is neither JPEG, PNG nor WebP");
    }
    assert_eq!(refusal(Vec::new()).await, "it is empty");
    let mut mislabelled = file(photo(10, 10), ImageFormat::Png);
    mislabelled[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
    assert!(!refusal(mislabelled).await.is_empty());
}

#[tokio::test]
async fn a_file_with_any_byte_changed_is_drawn_or_refused() {
    let whole = [
        file(photo(40, 30), ImageFormat::Jpeg),
        file(disc(40, 30, [9, 9, 9]), ImageFormat::Png),
        file(disc(40, 30, [9, 9, 9]), ImageFormat::WebP),
    ];
    for bytes in whole {
        for at in (0..bytes.len()).step_by(bytes.len().div_ceil(60)) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xFF;
            match ARTIST.thumbnails(Arc::from(changed), &[8]).await {
                Ok(_) | Err(MediaError::Unusable { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_font_that_is_cut_in_half_or_is_none_is_refused_by_its_name() {
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
    let mut tried = 0;
    for entry in std::fs::read_dir(fonts).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        if !name.ends_with("tf") {
            continue;
        }
        for end in [0, 3, 200, bytes.len() / 2, bytes.len() * 9 / 10] {
            let half = NamedFont { name: name.clone(), bytes: bytes[..end].to_vec() };
            let told = Artist::new(vec![half]).err().unwrap().to_string();
            assert!(told.starts_with(&format!("{name} cannot be used as a font: ")), "{told}");
            tried += 1;
        }
        assert!(Artist::new(vec![NamedFont { name, bytes }]).is_ok());
    }
    assert!(tried > 50);
    let prose = NamedFont { name: "letter.ttf".into(), bytes: b"Dear font, please be one.".to_vec() };
    let told = Artist::new(vec![prose]).err().unwrap().to_string();
    assert_eq!(told, "letter.ttf cannot be used as a font: it is neither OpenType nor TrueType");
}
