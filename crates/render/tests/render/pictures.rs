//! Pictures of every kind that may come, and thumbnails of them.

use std::sync::Arc;

use image::{DynamicImage, GenericImageView, ImageBuffer, ImageFormat, Luma, Rgb, Rgba};
use serde_json::json;
use showrunner_domain::composition::Format;
use showrunner_domain::media::{PictureTool, Thumbnail};

use crate::studio::{ARTIST, Studio, disc, file, photo, read};

async fn thumbnails(bytes: Vec<u8>, widths: &[u32]) -> Vec<Thumbnail> {
    ARTIST.thumbnails(Arc::from(bytes), widths).await.unwrap()
}

/// The colour in the middle of a file's thumbnail.
async fn middle(bytes: Vec<u8>) -> [u8; 3] {
    let thumbnail = read(&thumbnails(bytes, &[20]).await[0].jpeg).into_rgb8();
    thumbnail.get_pixel(thumbnail.width() / 2, thumbnail.height() / 2).0
}

fn close(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 12)
}

#[tokio::test]
async fn pictures_of_every_kind_are_read_in_their_colours_and_moving_ones_by_their_first_frame() {
    let red = [200, 30, 40];
    for (name, bytes) in [
        ("cmyk.jpg", &include_bytes!("pictures/cmyk.jpg")[..]),
        ("moving.webp", include_bytes!("pictures/moving.webp")),
        ("moving.png", include_bytes!("pictures/moving.png")),
        ("palette.png", include_bytes!("pictures/palette.png")),
    ] {
        let middle = middle(bytes.to_vec()).await;
        assert!(close(middle, red), "{name}: {middle:?}");
    }
    let deep = ImageBuffer::from_pixel(30, 20, Rgb(red.map(|shade| u16::from(shade) * 257)));
    assert!(close(middle(file(DynamicImage::ImageRgb16(deep), ImageFormat::Png)).await, red));
    let grey = ImageBuffer::from_pixel(30, 20, Luma([90_u8]));
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        assert!(close(middle(file(grey.clone(), format)).await, [90; 3]));
    }
    let progressive = include_bytes!("pictures/progressive.jpg");
    assert_eq!(thumbnails(progressive.to_vec(), &[64]).await[0].height, 48);
}

#[tokio::test]
async fn thumbnails_are_never_larger_than_the_picture_and_keep_its_shape() {
    let sizes = |thumbnails: Vec<Thumbnail>| {
        thumbnails.into_iter().map(|thumbnail| {
            assert_eq!(read(&thumbnail.jpeg).dimensions(), (thumbnail.width, thumbnail.height));
            (thumbnail.width, thumbnail.height)
        })
    };
    let wide = thumbnails(file(photo(1000, 300), ImageFormat::Jpeg), &[320, 640, 1280, 1]).await;
    assert!(sizes(wide).eq([(320, 96), (640, 192), (1000, 300), (1, 1)]));
    let tall = thumbnails(file(disc(3, 2000, [0; 3]), ImageFormat::Png), &[1]).await;
    assert!(sizes(tall).eq([(1, 667)]));
}

#[tokio::test]
async fn a_thumbnail_is_drawn_over_white_and_colours_of_transparent_pixels_do_not_show() {
    let hidden = ImageBuffer::from_pixel(40, 40, Rgba([255_u8, 0, 0, 0]));
    assert_eq!(middle(file(hidden, ImageFormat::Png)).await, [255; 3]);
    let mut edge = ImageBuffer::from_pixel(400, 400, Rgba([255_u8, 0, 0, 0]));
    edge.enumerate_pixels_mut().filter(|(x, ..)| *x < 203).for_each(|(_, _, pixel)| *pixel = Rgba([0, 0, 0, 255]));
    let thumbnail = &thumbnails(file(edge, ImageFormat::Png), &[40]).await[0];
    for pixel in read(&thumbnail.jpeg).into_rgb8().pixels() {
        let [red, green, _] = pixel.0;
        assert!(red.abs_diff(green) < 24, "{pixel:?}");
    }
}

#[tokio::test]
async fn a_photo_is_turned_as_its_camera_was() {
    let mut upright = photo(60, 40);
    upright.enumerate_pixels_mut().for_each(|(x, _, pixel)| pixel.0 = if x < 30 { [250, 0, 0] } else { [0, 0, 250] });
    let plain = file(upright, ImageFormat::Jpeg);
    // A segment of EXIF that says: orientation 6, turn by 90° clockwise.
    let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&plain[..2], exif, &plain[2..]].concat();
    let thumbnail = &thumbnails(turned.clone(), &[40]).await[0];
    assert_eq!((thumbnail.width, thumbnail.height), (40, 60));
    assert!(read(&thumbnail.jpeg).into_rgb8().get_pixel(20, 5).0[0] > 200);
    let mut studio = Studio::default();
    let layers = json!([{"role": "a", "kind": "image", "source": {"file_id": studio.keep(turned)}, "fit": "contain"}]);
    let drawn = studio.pixels(&layers, Format::InstagramFeed).await;
    assert_eq!(drawn.get_pixel(100, 540).0, [0; 4]);
    assert!(drawn.get_pixel(540, 100).0[0] > 200 && drawn.get_pixel(540, 980).0[2] > 200);
}
