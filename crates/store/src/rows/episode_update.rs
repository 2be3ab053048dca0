//! What an update of an episode writes.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::EpisodeRow;
use crate::schema::episodes;
use crate::types::{DbId, DbInstant, DbJson};

/// The columns of an update. Those that indexes hold are left out where they stay as they are: SQLite writes every
/// index anew whose columns an update names, and that costs more than all the rest. They are left out in groups, so
/// that the statement has few forms.
#[derive(AsChangeset)]
#[diesel(table_name = episodes)]
pub(crate) struct EpisodeUpdate {
    #[diesel(embed)]
    title: Option<Titled>,
    status: Option<String>,
    #[diesel(embed)]
    aired: Option<Aired>,
    #[diesel(embed)]
    placed: Option<Placed>,
    #[diesel(embed)]
    rest: Rest,
}

#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = episodes)]
pub(crate) struct Titled {
    title: String,
    title_folded: String,
}

#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = episodes, treat_none_as_null = true)]
pub(crate) struct Aired {
    air_date: Option<NaiveDate>,
}

/// Where an episode stands, and whether it does.
#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = episodes, treat_none_as_null = true)]
pub(crate) struct Placed {
    show_id: Option<DbId>,
    season_number: Option<i32>,
    episode_number: i32,
    deleted_at: Option<DbInstant>,
}

/// What no index holds, and what every update changes.
#[derive(AsChangeset)]
#[diesel(table_name = episodes, treat_none_as_null = true)]
pub(crate) struct Rest {
    description: String,
    categories: DbJson,
    director: Option<String>,
    writer: Option<String>,
    duration_minutes: Option<i32>,
    rating: Option<f64>,
    genre: Option<String>,
    thumbnail_url: Option<String>,
    updated_at: DbInstant,
    version: i64,
}

impl EpisodeUpdate {
    /// Makes `row` of what was `before`, or of whatever it was where that is not known.
    pub(crate) fn to(row: EpisodeRow, before: Option<EpisodeRow>) -> Self {
        let new = Self::all(row);
        let Some(old) = before.map(Self::all) else { return new };
        Self {
            title: new.title.filter(|new| old.title.as_ref() != Some(new)),
            status: new.status.filter(|new| old.status.as_ref() != Some(new)),
            aired: new.aired.filter(|new| old.aired.as_ref() != Some(new)),
            placed: new.placed.filter(|new| old.placed.as_ref() != Some(new)),
            rest: new.rest,
        }
    }

    fn all(row: EpisodeRow) -> Self {
        Self {
            title: Some(Titled { title: row.title, title_folded: row.title_folded }),
            status: Some(row.status),
            aired: Some(Aired { air_date: row.air_date }),
            placed: Some(Placed {
                show_id: row.show_id,
                season_number: row.season_number,
                episode_number: row.episode_number,
                deleted_at: row.deleted_at,
            }),
            rest: Rest {
                description: row.description,
                categories: row.categories,
                director: row.director,
                writer: row.writer,
                duration_minutes: row.duration_minutes,
                rating: row.rating,
                genre: row.genre,
                thumbnail_url: row.thumbnail_url,
                updated_at: row.updated_at,
                version: row.version,
            },
        }
    }
}
