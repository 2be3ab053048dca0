//! The fields of an episode, from JSON to values that hold.

use serde_json::Value;
use showrunner_domain::episode::{
    Categories, Description, EpisodePatch, EpisodeStatus, NewEpisode, Rating, ThumbnailUrl,
};
use showrunner_domain::{Bounded, Invalid, Line};

use crate::fields::{Fields, integer, number, text};
use crate::parse;

/// A new episode; title and number must be there.
pub(super) fn new(fields: &mut Fields) -> Option<NewEpisode> {
    let title = fields.required("title", line);
    let episode_number = fields.required("episode_number", bounded);
    let others = others(fields);
    Some(NewEpisode { title: title?, episode_number: episode_number?, others })
}

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> EpisodePatch {
    let title = fields.value("title", line);
    let episode_number = fields.value("episode_number", bounded);
    EpisodePatch { title, episode_number, ..others(fields) }
}

/// Every field but the two that a new episode needs.
fn others(fields: &mut Fields) -> EpisodePatch {
    EpisodePatch {
        title: None,
        episode_number: None,
        show_id: fields.nullable("show_id", |value| parse::show_id(&text(value)?)),
        season_number: fields.nullable("season_number", bounded),
        description: fields.value("description", |value| text(value).and_then(Description::parse)),
        status: fields.value("status", |value| EpisodeStatus::read(&text(value)?)),
        air_date: fields.nullable("air_date", |value| parse::date(&text(value)?)),
        categories: fields.list("categories", line, Categories::parse),
        director: fields.nullable("director", line),
        writer: fields.nullable("writer", line),
        duration_minutes: fields.nullable("duration_minutes", bounded),
        rating: fields.nullable("rating", |value| number(value).and_then(Rating::parse)),
        genre: fields.nullable("genre", line),
        thumbnail_url: fields.nullable("thumbnail_url", |value| text(value).and_then(ThumbnailUrl::parse)),
    }
}

fn line<const MAX: usize>(value: Value) -> Result<Line<MAX>, Invalid> {
    text(value).and_then(Line::parse)
}

fn bounded<const MIN: i32, const MAX: i32>(value: Value) -> Result<Bounded<MIN, MAX>, Invalid> {
    integer(value).and_then(Bounded::parse)
}
