//! A scene: what is drawn on one canvas, with nothing left to look up. Equal scenes are equal pictures.

use serde::Serialize;

use super::{Align, Canvas, Color, Fit, Font, Format, Frame, Layer, LayerKind, Layers, MaxLines, Radius, Share};
use super::{Shadow, Source, Stroke};
use crate::file::{FileId, Sha256};

/// What is drawn on one canvas. Its JSON text is canonical: the same scene always has the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scene {
    /// How large the canvas is.
    pub canvas: Canvas,
    /// What is drawn, from bottom to top.
    pub drawings: Vec<Drawing>,
}

/// One thing that is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawing {
    /// Where it stands.
    pub frame: Frame,
    /// How opaque it is.
    pub opacity: Share,
    /// The outline.
    pub stroke: Option<Stroke>,
    /// The shadow.
    pub shadow: Option<Shadow>,
    /// What it is.
    pub content: Content,
}

/// What is drawn in a frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A picture.
    Picture {
        /// The digest of the file that holds it.
        sha256: Sha256,
        /// How it fills the frame.
        fit: Fit,
        /// How round the corners are.
        radius: Radius,
    },
    /// Text.
    Text {
        /// What it says; line breaks begin new lines.
        text: String,
        /// In which font.
        font: Font,
        /// In which colour; `None` for the outline alone.
        fill: Option<Color>,
        /// Where its lines stand.
        align: Align,
        /// On how many lines it may stand.
        max_lines: MaxLines,
    },
    /// A rectangle.
    Shape {
        /// In which colour; `None` for the outline alone.
        fill: Option<Color>,
        /// How round the corners are.
        radius: Radius,
    },
}

/// What the placeholders in texts stand for. What is not known is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The title of the episode.
    pub title: String,
    /// The number of the episode.
    pub episode_number: String,
    /// The number of the season.
    pub season_number: String,
    /// The name of the show.
    pub show: String,
}

impl Words {
    /// Each placeholder for itself.
    pub(super) fn placeholders() -> Self {
        let [title, episode_number] = ["{title}", "{episode_number}"].map(str::to_owned);
        let [season_number, show] = ["{season_number}", "{show}"].map(str::to_owned);
        Self { title, episode_number, season_number, show }
    }

    /// `text` with the placeholders filled in, each once: what is filled in is not looked at again.
    #[must_use]
    pub fn fill_in(&self, text: &str) -> String {
        let placeholders = [
            ("{title}", &self.title),
            ("{episode_number}", &self.episode_number),
            ("{season_number}", &self.season_number),
            ("{show}", &self.show),
        ];
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let known = placeholders.iter().find(|(placeholder, _)| rest.starts_with(placeholder));
            let (length, word) = known.map_or((1, "{"), |(placeholder, word)| (placeholder.len(), word.as_str()));
            filled.push_str(word);
            rest = &rest[length..];
        }
        filled.push_str(rest);
        filled
    }
}

impl Scene {
    /// The scene of `layers` on a canvas of this format. Layers that have nothing to draw are left out.
    ///
    /// # Errors
    /// The file of a picture that `digest` does not know.
    pub fn of(
        layers: &Layers,
        format: Format,
        words: &Words,
        digest: impl Fn(FileId) -> Option<Sha256>,
    ) -> Result<Self, FileId> {
        let canvas = format.canvas();
        let drawings = layers.as_slice().iter().filter_map(|layer| {
            let content = content(layer, words, &digest)?;
            let frame = layer.frame_on(canvas.orientation());
            let Layer { opacity, stroke, shadow, .. } = *layer;
            Some(content.map(|content| Drawing { frame, opacity, stroke, shadow, content }))
        });
        Ok(Self { canvas, drawings: drawings.collect::<Result<_, _>>()? })
    }

    /// The digests of the pictures that are drawn, each once.
    #[must_use]
    pub fn pictures(&self) -> Vec<&Sha256> {
        let mut digests = Vec::new();
        for drawing in &self.drawings {
            if let Content::Picture { sha256, .. } = &drawing.content
                && !digests.contains(&sha256)
            {
                digests.push(sha256);
            }
        }
        digests
    }
}

fn content(layer: &Layer, words: &Words, digest: impl Fn(FileId) -> Option<Sha256>) -> Option<Result<Content, FileId>> {
    if layer.opacity.get() == 0.0 {
        return None;
    }
    let Layer { fit, radius, fill, align, max_lines, .. } = *layer;
    match (layer.kind, &layer.source) {
        (LayerKind::Shape, _) => Some(Ok(Content::Shape { fill, radius })),
        (_, Some(Source::FileId(id))) => {
            Some(digest(*id).map(|sha256| Content::Picture { sha256, fit, radius }).ok_or(*id))
        }
        (_, Some(Source::Text(text))) => {
            let text = words.fill_in(text.as_str());
            let font = layer.font.clone();
            let said = !text.trim().is_empty();
            said.then_some(Ok(Content::Text { text, font, fill, align, max_lines }))
        }
        (_, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::composition::{LayerDrafts, Position};

    fn words() -> Words {
        Words { title: "{show}".into(), episode_number: "5".into(), show: "Mad Men".into(), ..Words::default() }
    }

    fn layers(value: serde_json::Value) -> Layers {
        LayerDrafts::read("layers", value).unwrap().complete(&Layers::default()).unwrap()
    }

    #[test]
    fn placeholders_are_filled_in_once_and_braces_stay() {
        assert_eq!(words().fill_in("{show} {episode_number}: {title}"), "Mad Men 5: {show}");
        assert_eq!(words().fill_in("{season_number}{{title} {unknown} {"), "{{show} {unknown} {");
    }

    #[test]
    fn what_draws_nothing_is_left_out_and_the_rest_stands_where_the_canvas_lies() {
        let layers = layers(json!([
            {"role": "host", "kind": "image"},
            {"role": "shade", "kind": "shape", "opacity": 0},
            {"role": "season", "kind": "text", "source": {"text": " {season_number} "}},
            {"role": "title", "kind": "text", "source": {"text": "{title}"},
             "orientations": {"portrait": {"x": 0.5, "y": 0, "w": 0.5, "h": 1}}},
        ]));
        let scene = |format| Scene::of(&layers, format, &words(), |_| None).unwrap();
        assert_eq!(scene(Format::Youtube).drawings.len(), 1);
        assert_eq!(scene(Format::Youtube).drawings[0].frame, Frame::FULL);
        assert_eq!(scene(Format::Tiktok).drawings[0].frame.x, Position::fixed(0.5));
    }

    #[test]
    fn a_picture_is_known_by_its_bytes_and_missing_by_its_file() {
        let file = "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f";
        let host = json!({"role": "host", "kind": "image", "source": {"file_id": file}});
        let layers = layers(json!([host, host]));
        let sha256 = Sha256::parse("0".repeat(64)).unwrap();
        let scene = Scene::of(&layers, Format::Youtube, &words(), |_| Some(sha256.clone())).unwrap();
        assert_eq!(scene.pictures(), [&sha256]);
        assert!(!serde_json::to_string(&scene).unwrap().contains(file));
        assert_eq!(Scene::of(&layers, Format::Youtube, &words(), |_| None), Err(file.parse().unwrap()));
    }
}
