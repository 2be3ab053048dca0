//! What somebody wants an episode to be, before it is one.

use chrono::NaiveDate;

use super::{
    Categories, Description, DurationMinutes, EpisodeNumber, EpisodeStatus, Genre, PersonName, Rating, SeasonNumber,
    ThumbnailUrl, Title,
};
use crate::show::ShowId;

/// Fields to set. `None` leaves a field alone; `Some(None)` empties one that may be empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpisodePatch {
    /// The show that it belongs to.
    pub show_id: Option<Option<ShowId>>,
    /// The season.
    pub season_number: Option<Option<SeasonNumber>>,
    /// The number within the season.
    pub episode_number: Option<EpisodeNumber>,
    /// The title.
    pub title: Option<Title>,
    /// What it is about.
    pub description: Option<Description>,
    /// How far it has come.
    pub status: Option<EpisodeStatus>,
    /// The day of its first broadcast.
    pub air_date: Option<Option<NaiveDate>>,
    /// Categories.
    pub categories: Option<Categories>,
    /// Who directed it.
    pub director: Option<Option<PersonName>>,
    /// Who wrote it.
    pub writer: Option<Option<PersonName>>,
    /// Its length in minutes.
    pub duration_minutes: Option<Option<DurationMinutes>>,
    /// Its rating.
    pub rating: Option<Option<Rating>>,
    /// Its genre.
    pub genre: Option<Option<Genre>>,
    /// Where its thumbnail is found.
    pub thumbnail_url: Option<Option<ThumbnailUrl>>,
}

/// A new episode: what it must have, and whatever else is known. It may begin in any status.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEpisode {
    /// The title.
    pub title: Title,
    /// The number within the season.
    pub episode_number: EpisodeNumber,
    /// Everything else.
    pub others: EpisodePatch,
}
