//! Episodes as rows.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;
use showrunner_domain::episode::{
    Categories, Category, Description, DurationMinutes, Episode, EpisodeId, EpisodeNumber, EpisodeStatus, Genre,
    PersonName, Rating, SeasonNumber, ThumbnailUrl, Title,
};
use showrunner_domain::fold;
use showrunner_domain::show::ShowId;

use super::{Place, Weight};
use crate::failure::Failure;
use crate::schema::episodes;
use crate::types::{DbId, DbInstant, DbJson};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = episodes, treat_none_as_default_value = false)]
pub(crate) struct EpisodeRow {
    pub(super) id: DbId,
    pub(super) season_number: Option<i32>,
    pub(super) episode_number: i32,
    pub(super) title: String,
    pub(super) title_folded: String,
    pub(super) description: String,
    pub(super) status: String,
    pub(super) air_date: Option<NaiveDate>,
    pub(super) categories: DbJson,
    pub(super) director: Option<String>,
    pub(super) writer: Option<String>,
    pub(super) duration_minutes: Option<i32>,
    pub(super) rating: Option<f64>,
    pub(super) genre: Option<String>,
    pub(super) thumbnail_url: Option<String>,
    pub(super) created_at: DbInstant,
    pub(super) updated_at: DbInstant,
    pub(super) deleted_at: Option<DbInstant>,
    pub(super) version: i64,
    pub(super) show_id: Option<DbId>,
}

impl Weight for EpisodeRow {
    fn weight(&self) -> usize {
        self.description.len()
    }
}

impl From<&Episode> for EpisodeRow {
    fn from(episode: &Episode) -> Self {
        let categories = episode.categories.as_slice().iter().map(|category| category.as_str().into()).collect();
        Self {
            id: DbId(episode.id.uuid()),
            season_number: episode.season_number.map(SeasonNumber::get),
            episode_number: episode.episode_number.get(),
            title: episode.title.as_str().to_owned(),
            title_folded: fold(episode.title.as_str()),
            description: episode.description.as_str().to_owned(),
            status: episode.status.as_str().to_owned(),
            air_date: episode.air_date,
            categories: DbJson(Value::Array(categories)),
            director: episode.director.as_ref().map(ToString::to_string),
            writer: episode.writer.as_ref().map(ToString::to_string),
            duration_minutes: episode.duration_minutes.map(DurationMinutes::get),
            rating: episode.rating.map(Rating::get),
            genre: episode.genre.as_ref().map(ToString::to_string),
            thumbnail_url: episode.thumbnail_url.as_ref().map(|url| url.as_str().to_owned()),
            created_at: DbInstant(episode.created_at),
            updated_at: DbInstant(episode.updated_at),
            deleted_at: episode.deleted_at.map(DbInstant),
            version: episode.version.get(),
            show_id: episode.show_id.map(|id| DbId(id.uuid())),
        }
    }
}

impl TryFrom<EpisodeRow> for Episode {
    type Error = Failure;

    fn try_from(row: EpisodeRow) -> Result<Self, Failure> {
        let at = Place { table: "episodes", row: row.id.0 };
        let number = |n: i32| i64::from(n);
        Ok(Self {
            id: EpisodeId::new(row.id.0),
            show_id: row.show_id.map(|id| ShowId::new(id.0)),
            season_number: at
                .read("season_number", row.season_number.map(number).map(SeasonNumber::parse).transpose())?,
            episode_number: at.read("episode_number", EpisodeNumber::parse(row.episode_number.into()))?,
            title: at.read("title", Title::parse(row.title))?,
            description: at.read("description", Description::parse(row.description))?,
            status: at.known("status", EpisodeStatus::parse(&row.status))?,
            air_date: row.air_date,
            categories: at.read("categories", categories(row.categories.0))?,
            director: at.read("director", row.director.map(PersonName::parse).transpose())?,
            writer: at.read("writer", row.writer.map(PersonName::parse).transpose())?,
            duration_minutes: at
                .read("duration_minutes", row.duration_minutes.map(number).map(DurationMinutes::parse).transpose())?,
            rating: at.read("rating", row.rating.map(Rating::parse).transpose())?,
            genre: at.read("genre", row.genre.map(Genre::parse).transpose())?,
            thumbnail_url: at.read("thumbnail_url", row.thumbnail_url.map(ThumbnailUrl::parse).transpose())?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            deleted_at: row.deleted_at.map(|at| at.0),
            version: at.version(row.version)?,
        })
    }
}

fn categories(value: Value) -> Result<Categories, String> {
    let items: Vec<String> = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let items: Result<Vec<_>, _> = items.into_iter().map(Category::parse).collect();
    items.and_then(Categories::parse).map_err(|error| error.to_string())
}
