//! What the tests draw with: an artist, files that pictures come from, and scenes as their layers are written.

use std::io::Cursor;
use std::sync::LazyLock;

use image::{DynamicImage, ImageFormat, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};
use sha2::Digest;
use showrunner_domain::composition::{
    Encoding, Format, LayerDrafts, Layers, Picture, RenderError, Renderer, Scene, Words,
};
use showrunner_domain::file::{FileId, Sha256};
use showrunner_render::Artist;

/// One artist for all tests: its fonts are read once.
pub(crate) static ARTIST: LazyLock<Artist> = LazyLock::new(|| Artist::new(Vec::new()).unwrap());

/// Files, and scenes that show them.
#[derive(Default)]
pub(crate) struct Studio {
    pub(crate) pictures: Vec<Picture>,
}

impl Studio {
    /// Keeps a file, and gives its id.
    pub(crate) fn keep(&mut self, bytes: Vec<u8>) -> String {
        self.pictures.push(Picture { sha256: sha256(&bytes), bytes: bytes.into() });
        format!("01a2045c-5a0b-7d3c-8e1f-{:012x}", self.pictures.len() - 1)
    }

    pub(crate) fn scene(&self, layers: &Value, format: Format) -> Scene {
        let drafts = LayerDrafts::read("layers", layers.clone()).unwrap();
        let layers = drafts.complete(&Layers::default()).unwrap();
        let digest = |id: FileId| {
            let at = usize::from_str_radix(&id.to_string()[24..], 16).unwrap();
            Some(self.pictures[at].sha256.clone())
        };
        Scene::of(&layers, format, &Words::default(), digest).unwrap()
    }

    pub(crate) async fn render(
        &self,
        layers: &Value,
        format: Format,
        encoding: Encoding,
    ) -> Result<Vec<u8>, RenderError> {
        ARTIST.render(&self.scene(layers, format), &self.pictures, encoding).await
    }

    pub(crate) async fn svg(&self, layers: &Value, format: Format) -> String {
        ARTIST.svg(&self.scene(layers, format), &self.pictures).await.unwrap()
    }

    /// The pixels that come of a scene.
    pub(crate) async fn pixels(&self, layers: &Value, format: Format) -> RgbaImage {
        read(&self.render(layers, format, Encoding::Png).await.unwrap()).into_rgba8()
    }
}

/// The digest of these bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    let digest = sha2::Sha256::digest(bytes);
    let [high, low] = [&digest[..16], &digest[16..]].map(|half| u128::from_be_bytes(half.try_into().unwrap()));
    Sha256::parse(format!("{high:032x}{low:032x}")).unwrap()
}

/// Text of 70 % of the smallest canvas's width in the middle of it, as a layer.
pub(crate) fn text(said: &str) -> Value {
    json!({"role": "title", "kind": "text", "source": {"text": said}, "fill": "#000000", "max_lines": 3,
           "frame": {"x": 0.15, "y": 0.3, "w": 0.7, "h": 0.3}})
}

/// A picture of this size in which every pixel differs from its neighbours, with soft and hard edges.
pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave =
            |length: f32| ((f32::from(u16::try_from(x * y % 65_536).unwrap()) / length).sin() * 60.0 + 120.0) as u8;
        let edge = if (x / 64 + y / 64) % 2 == 0 { 80 } else { 0 };
        image::Rgb([wave(900.0).saturating_add(edge), wave(5_000.0), (x * 255 / width) as u8])
    })
}

/// A disc of this colour on nothing, with soft edges.
pub(crate) fn disc(width: u32, height: u32, [red, green, blue]: [u8; 3]) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        let inside = ((0.5 - across.hypot(down)) * 20.0).clamp(0.0, 1.0);
        Rgba([red, green, blue, (inside * 255.0) as u8])
    })
}

/// The bytes of a file of this format.
pub(crate) fn file(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What is in a file.
pub(crate) fn read(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}
