//! What ffprobe tells of a video.

use serde::Deserialize;
use showrunner_domain::media::{MediaError, VideoFacts};

/// What is asked for.
pub(super) const ENTRIES: &str = "format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate,duration:\
    stream_disposition=attached_pic:stream_side_data=rotation";

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    avg_frame_rate: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

impl Stream {
    /// Whether these are moving pictures and no cover.
    fn moves(&self) -> bool {
        self.codec_type.as_deref() == Some("video") && self.disposition.attached_pic == 0
    }

    /// Whether it is shown lying on its side.
    fn lies(&self) -> bool {
        self.side_data_list.iter().filter_map(|data| data.rotation).any(|degrees| (degrees / 90.0).round() % 2.0 != 0.0)
    }
}

/// The facts in what ffprobe has written. Width and height are those that are shown.
pub(super) fn facts(json: &[u8]) -> Result<VideoFacts, MediaError> {
    let Probed { streams, format } = serde_json::from_slice(json).map_err(MediaError::failed)?;
    let none = || MediaError::unusable("there are no moving pictures in it, or larger ones than 7680 by 4320 pixels");
    let video = streams.iter().find(|stream| stream.moves()).ok_or_else(none)?;
    let audio = streams.iter().find(|stream| stream.codec_type.as_deref() == Some("audio"));
    let (width, height) = video.width.zip(video.height).filter(|(w, h)| *w > 0 && *h > 0).ok_or_else(none)?;
    let (width, height) = if video.lies() { (height, width) } else { (width, height) };
    let name = |stream: &Stream| stream.codec_name.clone().unwrap_or_else(|| "unknown".to_owned());
    Ok(VideoFacts {
        duration_seconds: seconds(video.duration.as_deref()).or(seconds(format.duration.as_deref())).unwrap_or(0.0),
        width,
        height,
        frame_rate: video.avg_frame_rate.as_deref().and_then(ratio).unwrap_or(0.0),
        video_codec: name(video),
        audio_codec: audio.map(name),
    })
}

fn seconds(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)
}

/// `30000/1001` as a number.
fn ratio(text: &str) -> Option<f64> {
    let (above, below) = text.split_once('/')?;
    let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
    (below != 0.0).then(|| (above / below * 1_000.0).round() / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_those_of_the_first_moving_pictures() {
        let json = r#"{"streams": [
            {"codec_type": "video", "codec_name": "mjpeg", "width": 9, "height": 9, "disposition": {"attached_pic": 1}},
            {"codec_type": "audio", "codec_name": "aac"},
            {"codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080, "avg_frame_rate": "30000/1001",
             "disposition": {"attached_pic": 0}, "side_data_list": [{"rotation": -90}]}],
            "format": {"duration": "2.5"}}"#;
        let expected = VideoFacts {
            duration_seconds: 2.5,
            width: 1080,
            height: 1920,
            frame_rate: 29.97,
            video_codec: "h264".into(),
            audio_codec: Some("aac".into()),
        };
        assert_eq!(facts(json.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn without_moving_pictures_there_are_no_facts() {
        for json in ["{}", r#"{"streams": [{"codec_type": "audio"}]}"#, r#"{"streams": [{"codec_type": "video"}]}"#] {
            assert!(matches!(facts(json.as_bytes()), Err(MediaError::Unusable { .. })), "{json}");
        }
    }
}
