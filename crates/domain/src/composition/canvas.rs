//! What artwork is made for: canvases of known sizes, and the encodings of pictures.

use serde::{Deserialize, Serialize};

/// Where artwork is shown, which says how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// 1920×1080.
    Youtube,
    /// 1280×720.
    YoutubeMobile,
    /// 1080×1080.
    InstagramFeed,
    /// 1080×1920.
    InstagramStory,
    /// 1080×1920.
    Tiktok,
    /// 1200×630.
    Facebook,
    /// 1200×675.
    Twitter,
    /// 1000×1500.
    Pinterest,
}

/// Which way a canvas lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// Wider than high.
    Landscape,
    /// As wide as high.
    Square,
    /// Higher than wide.
    Portrait,
}

/// The size of a canvas, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Canvas {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Youtube,
        Self::YoutubeMobile,
        Self::InstagramFeed,
        Self::InstagramStory,
        Self::Tiktok,
        Self::Facebook,
        Self::Twitter,
        Self::Pinterest,
    ];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Youtube => "YOUTUBE",
            Self::YoutubeMobile => "YOUTUBE_MOBILE",
            Self::InstagramFeed => "INSTAGRAM_FEED",
            Self::InstagramStory => "INSTAGRAM_STORY",
            Self::Tiktok => "TIKTOK",
            Self::Facebook => "FACEBOOK",
            Self::Twitter => "TWITTER",
            Self::Pinterest => "PINTEREST",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// How large it is.
    #[must_use]
    pub const fn canvas(self) -> Canvas {
        let (width, height) = match self {
            Self::Youtube => (1920, 1080),
            Self::YoutubeMobile => (1280, 720),
            Self::InstagramFeed => (1080, 1080),
            Self::InstagramStory | Self::Tiktok => (1080, 1920),
            Self::Facebook => (1200, 630),
            Self::Twitter => (1200, 675),
            Self::Pinterest => (1000, 1500),
        };
        Canvas { width, height }
    }
}

impl Canvas {
    /// Which way it lies.
    #[must_use]
    pub const fn orientation(self) -> Orientation {
        if self.width > self.height {
            Orientation::Landscape
        } else if self.width == self.height {
            Orientation::Square
        } else {
            Orientation::Portrait
        }
    }
}

/// How the pixels of a picture are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// JPEG of quality 90, over white.
    #[default]
    Jpeg,
    /// PNG, with transparency.
    Png,
    /// Lossless WebP, with transparency.
    Webp,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// The encoding of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.as_str() == name)
    }

    /// Its media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_those_of_the_serialisation() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.as_str());
            assert_eq!(Format::parse(format.as_str()), Some(format));
        }
        for encoding in Encoding::ALL {
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.as_str());
            assert_eq!(Encoding::parse(encoding.as_str()), Some(encoding));
        }
    }

    #[test]
    fn each_canvas_lies_one_way() {
        use Orientation::{Landscape, Portrait, Square};
        let lie = Format::ALL.map(|format| format.canvas().orientation());
        assert_eq!(lie, [Landscape, Landscape, Square, Portrait, Portrait, Landscape, Landscape, Portrait]);
    }
}
