//! Which episodes a list holds, and in what order.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Category, Episode, EpisodeId, EpisodeStatus, SeasonNumber};
use crate::identity::UserId;
use crate::show::ShowId;
use crate::text::date;
use crate::{Limit, Line, Timestamp, fold};

/// What a list of episodes is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpisodeQuery {
    /// Which episodes.
    pub filter: EpisodeFilter,
    /// In what order.
    pub sort: EpisodeSort,
    /// From where on; `None` for the first page.
    pub after: Option<EpisodeAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// Which episodes a list holds: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EpisodeFilter {
    /// Of this show.
    pub show_id: Option<ShowId>,
    /// In this status.
    pub status: Option<EpisodeStatus>,
    /// Of this season.
    pub season_number: Option<SeasonNumber>,
    /// With this category.
    pub category: Option<Category>,
    /// First broadcast on this day or later.
    pub air_from: Option<NaiveDate>,
    /// First broadcast on this day or earlier.
    pub air_to: Option<NaiveDate>,
    /// With this text in the title, whatever the case.
    pub q: Option<Line<255>>,
}

/// What a list is sorted by. Empty values come last, in either direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The title, whatever its case.
    Title,
    /// The number within the season.
    EpisodeNumber,
    /// The day of the first broadcast.
    AirDate,
    /// When the record came into being.
    #[default]
    CreatedAt,
    /// When the record was last written.
    UpdatedAt,
    /// The status, by its name.
    Status,
}

/// The order of a list; episodes with equal keys follow by id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeSort {
    /// What by.
    pub key: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl EpisodeSort {
    /// Reads a key's name, with `-` before it for descending.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let key = match name {
            "title" => SortKey::Title,
            "episode_number" => SortKey::EpisodeNumber,
            "air_date" => SortKey::AirDate,
            "created_at" => SortKey::CreatedAt,
            "updated_at" => SortKey::UpdatedAt,
            "status" => SortKey::Status,
            _ => return None,
        };
        Some(Self { key, descending })
    }
}

impl Default for EpisodeSort {
    /// Newest first.
    fn default() -> Self {
        Self { key: SortKey::CreatedAt, descending: true }
    }
}

/// The place behind an episode in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeAfter {
    /// The order of the list that it was found in.
    pub sort: EpisodeSort,
    /// The episode's sort key.
    pub value: SortValue,
    /// The episode.
    pub id: EpisodeId,
}

/// A value that episodes are sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortValue {
    /// A folded title or a status.
    Text(String),
    /// An episode number.
    Number(i32),
    /// A day, or none.
    Day(#[serde(deserialize_with = "full_date")] Option<NaiveDate>),
    /// A time.
    Time(Timestamp),
}

/// A day within the years that both stores hold: a place comes back from outside and may have been altered.
fn full_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    text.map(|text| date(&text)).transpose().map_err(de::Error::custom)
}

impl EpisodeAfter {
    /// The place behind `episode` in a list of this order.
    #[must_use]
    pub fn of(episode: &Episode, sort: EpisodeSort) -> Self {
        let value = match sort.key {
            SortKey::Title => SortValue::Text(fold(episode.title.as_str())),
            SortKey::Status => SortValue::Text(episode.status.as_str().to_owned()),
            SortKey::EpisodeNumber => SortValue::Number(episode.episode_number.get()),
            SortKey::AirDate => SortValue::Day(episode.air_date),
            SortKey::CreatedAt => SortValue::Time(episode.created_at),
            SortKey::UpdatedAt => SortValue::Time(episode.updated_at),
        };
        Self { sort, value, id: episode.id }
    }
}
