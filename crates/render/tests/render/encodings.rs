//! Every format in every encoding.

use image::{GenericImageView, ImageFormat};
use serde_json::json;
use showrunner_domain::composition::{Encoding, Format};

use crate::studio::{Studio, disc, file, photo, read, text};

#[tokio::test]
async fn every_format_has_its_size_in_every_encoding() {
    let layers = json!([{"role": "shade", "kind": "shape", "fill": "#336699"}, text("Every size")]);
    for format in Format::ALL {
        for encoding in Encoding::ALL {
            let bytes = Studio::default().render(&layers, format, encoding).await.unwrap();
            assert_eq!(image::guess_format(&bytes).unwrap().to_mime_type(), encoding.content_type());
            let canvas = format.canvas();
            assert_eq!(read(&bytes).dimensions(), (canvas.width, canvas.height));
        }
    }
}

#[tokio::test]
async fn an_empty_canvas_is_white_as_jpeg_and_transparent_otherwise() {
    for (encoding, expected) in [(Encoding::Jpeg, [255; 4]), (Encoding::Png, [0; 4]), (Encoding::Webp, [0; 4])] {
        let bytes = Studio::default().render(&json!([]), Format::Facebook, encoding).await.unwrap();
        assert!(read(&bytes).into_rgba8().pixels().all(|pixel| pixel.0 == expected), "{encoding:?}");
    }
}

#[tokio::test]
async fn a_file_holds_pixels_and_no_metadata() {
    let layers = json!([text("Nothing else")]);
    let render = async |encoding| Studio::default().render(&layers, Format::Twitter, encoding).await.unwrap();
    let png = render(Encoding::Png).await;
    let (mut at, mut chunks) = (8, Vec::new());
    while at < png.len() {
        let length = u32::from_be_bytes(*png[at..].first_chunk().unwrap()) as usize;
        chunks.push(String::from_utf8(png[at + 4..at + 8].to_vec()).unwrap());
        at += length + 12;
    }
    chunks.dedup();
    assert_eq!(chunks, ["IHDR", "IDAT", "IEND"]);
    let webp = render(Encoding::Webp).await;
    assert_eq!(&webp[12..16], b"VP8L");
    let jpeg = render(Encoding::Jpeg).await;
    let (mut at, mut segments) = (2, Vec::new());
    while jpeg[at + 1] != 0xDA {
        segments.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes(*jpeg[at + 2..].first_chunk().unwrap()));
    }
    let only = |segment: &u8| matches!(segment, 0xE0 | 0xC0 | 0xC4 | 0xDB);
    assert!(segments.iter().all(only), "JFIF, sizes and tables, and no EXIF, profile or comment: {segments:x?}");
}

#[tokio::test]
async fn layers_that_are_transparent_let_through_what_lies_beneath() {
    let mut studio = Studio::default();
    let logo = studio.keep(file(disc(200, 200, [255, 0, 0]), ImageFormat::Png));
    let frame = json!({"x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5});
    let layers = json!([
        {"role": "a", "kind": "shape", "fill": "#0000ff"},
        {"role": "b", "kind": "image", "source": {"file_id": logo}, "frame": frame, "opacity": 0.5, "fit": "contain"},
    ]);
    let pixels = studio.pixels(&layers, Format::InstagramFeed).await;
    let [red, _, blue, alpha] = pixels.get_pixel(540, 540).0;
    assert!(red.abs_diff(blue) <= 2 && alpha == 255, "half of each, but for rounding: {red} and {blue}");
    assert_eq!(pixels.get_pixel(275, 275).0, [0, 0, 255, 255]);
    let half = json!([{"role": "a", "kind": "shape", "fill": "#0000ff80"}]);
    assert_eq!(studio.pixels(&half, Format::InstagramFeed).await.get_pixel(9, 9).0, [0, 0, 255, 128]);
}

#[tokio::test]
async fn a_picture_that_has_the_size_of_its_box_is_drawn_pixel_by_pixel() {
    let mut studio = Studio::default();
    let photo = photo(1200, 630);
    let source = json!({"file_id": studio.keep(file(photo.clone(), ImageFormat::Png))});
    for fit in ["cover", "contain", "fill"] {
        let layers = json!([{"role": "background", "kind": "image", "source": source, "fit": fit}]);
        let drawn = studio.pixels(&layers, Format::Facebook).await;
        assert!(image::DynamicImage::from(drawn).into_rgb8() == photo, "{fit}");
    }
}

#[tokio::test]
async fn the_document_refers_to_nothing_outside_it() {
    let mut studio = Studio::default();
    let photo = studio.keep(file(photo(640, 480), ImageFormat::Jpeg));
    let layers = json!([{"role": "background", "kind": "image", "source": {"file_id": photo}}, text("Outlines")]);
    let svg = studio.svg(&layers, Format::Twitter).await.replace("http://www.w3.org/2000/svg", "");
    assert!(svg.contains("href=\"data:image/png;base64,") && svg.contains("<path"));
    for outside in ["http", "file:", "url(/", "@import", "<text", "<style", "<script", "<!"] {
        assert!(!svg.contains(outside), "{outside}");
    }
}
