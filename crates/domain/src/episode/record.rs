//! The episode record and its values.

use chrono::NaiveDate;
use serde::Serialize;

use super::EpisodeStatus;
use crate::file::FileId;
use crate::id::id;
use crate::show::ShowId;
use crate::writing::Versioned;
use crate::{Bounded, Invalid, Line, Prose, Timestamp, Version};

id! {
    /// Identifies an episode.
    EpisodeId
}

/// What an episode is called.
pub type Title = Line<255>;
/// What an episode is about.
pub type Description = Prose<10_000>;
/// The name of a director or writer.
pub type PersonName = Line<255>;
/// A genre.
pub type Genre = Line<255>;
/// One category of several.
pub type Category = Line<100>;
/// An episode's number within its season.
pub type EpisodeNumber = Bounded<0, 1_000_000>;
/// A season's number; 0 is for specials.
pub type SeasonNumber = Bounded<0, 10_000>;
/// How long an episode runs.
pub type DurationMinutes = Bounded<0, 100_000>;

/// The canonical record of an episode.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Episode {
    /// The identifier.
    pub id: EpisodeId,
    /// The show that it belongs to, where it belongs to one.
    pub show_id: Option<ShowId>,
    /// The season, where there are seasons.
    pub season_number: Option<SeasonNumber>,
    /// The number within the season.
    pub episode_number: EpisodeNumber,
    /// The title.
    pub title: Title,
    /// What it is about; may be empty.
    pub description: Description,
    /// How far it has come.
    pub status: EpisodeStatus,
    /// The day of its first broadcast.
    pub air_date: Option<NaiveDate>,
    /// Categories, in the order given.
    pub categories: Categories,
    /// Who directed it.
    pub director: Option<PersonName>,
    /// Who wrote it.
    pub writer: Option<PersonName>,
    /// Its length in minutes.
    pub duration_minutes: Option<DurationMinutes>,
    /// Its rating, 0 to 10.
    pub rating: Option<Rating>,
    /// Its genre.
    pub genre: Option<Genre>,
    /// Where its thumbnail is found.
    pub thumbnail_url: Option<ThumbnailUrl>,
    /// When the record came into being.
    pub created_at: Timestamp,
    /// When it was last written; never before an earlier version's time.
    pub updated_at: Timestamp,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// How many times it was written.
    pub version: Version,
}

impl Versioned for Episode {
    fn version(&self) -> Version {
        self.version
    }
}

/// At most 50 categories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Categories(Vec<Category>);

impl Categories {
    /// Checks and takes `categories`.
    pub fn parse(categories: Vec<Category>) -> Result<Self, Invalid> {
        if categories.len() > 50 {
            return Err(Invalid::TooMany { max: 50 });
        }
        Ok(Self(categories))
    }

    /// The categories, in the order given.
    #[must_use]
    pub fn as_slice(&self) -> &[Category] {
        &self.0
    }
}

/// A rating from 0.0 to 10.0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Rating(f64);

impl Rating {
    /// Checks and takes `number`.
    pub fn parse(number: f64) -> Result<Self, Invalid> {
        if (0.0..=10.0).contains(&number) {
            // Adding zero turns -0.0 into 0.0, so that equal ratings have one text.
            Ok(Self(number + 0.0))
        } else {
            Err(Invalid::OutOfRange { min: 0.0, max: 10.0 })
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// What comes before the id of a file in the path of its bytes.
const FILES: &str = "/api/v1/files/";
/// What comes after it.
const CONTENT: &str = "/content";

/// An `http` or `https` URL, or a path on this server, of at most 2,048 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ThumbnailUrl(Line<2048>);

impl ThumbnailUrl {
    /// Checks and takes `text`. Other schemes are refused: a front end puts this into a page.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let line = Line::parse(text)?;
        let text = line.as_str();
        let local = text.starts_with('/') && !text.starts_with("//");
        let remote = ["http://", "https://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        if (local || remote) && !text.contains(char::is_whitespace) {
            Ok(Self(line))
        } else {
            Err(Invalid::Malformed { expected: "an http or https URL, or a path that begins with /" })
        }
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where the bytes of a file of this server are found.
    #[must_use]
    pub(crate) fn of_file(file: FileId) -> Option<Self> {
        Self::parse(format!("{FILES}{file}{CONTENT}")).ok()
    }

    /// The file of this server that it names, if it names one.
    #[must_use]
    pub fn file(&self) -> Option<FileId> {
        let path = self.as_str().split(['?', '#']).next()?;
        path.strip_prefix(FILES)?.strip_suffix(CONTENT)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_may_not_smuggle_a_script() {
        assert!(ThumbnailUrl::parse("https://example.com/a.jpg").is_ok());
        assert!(ThumbnailUrl::parse("/api/v1/files/1/content").is_ok());
        for text in ["javascript:alert(1)", "//example.com/a", "https://", "data:text/html,x", "https://a b"] {
            assert!(ThumbnailUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_thumbnail_on_this_server_names_its_file() {
        let id = FileId::new(uuid::Uuid::from_u128(7));
        assert_eq!(ThumbnailUrl::of_file(id).and_then(|url| url.file()), Some(id));
        let named = |text: &str| ThumbnailUrl::parse(text.replace("{id}", &id.to_string())).unwrap().file();
        assert_eq!(named("/api/v1/files/{id}/content?download=true"), Some(id));
        for text in ["/api/v1/files/{id}", "/files/{id}/content", "https://example.com/api/v1/files/{id}/content"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn ratings_end_at_10_and_have_one_zero() {
        assert!(Rating::parse(10.0).is_ok() && Rating::parse(10.1).is_err() && Rating::parse(-0.1).is_err());
        assert!(Rating::parse(f64::NAN).is_err());
        assert_eq!(serde_json::to_string(&Rating::parse(-0.0).unwrap()).unwrap(), "0.0");
    }
}
