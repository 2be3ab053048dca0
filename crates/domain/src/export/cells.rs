//! What the cells of an episode's row say.

use serde_json::{Value, json};

use crate::episode::Episode;
use crate::import::Column;
use crate::show::{Show, Slug};

/// How a table names a show, so that an import finds it: by its name where that leads to its slug, and by its slug otherwise.
pub(super) fn show_name(show: &Show) -> String {
    let suggested = Slug::of(show.name.as_str());
    if suggested.as_ref() == Some(&show.slug) { show.name.to_string() } else { show.slug.to_string() }
}

/// What a column says of an episode of this show; `null` where it says nothing.
pub(super) fn value(column: Column, episode: &Episode, show: Option<&str>) -> Value {
    match column {
        Column::Show => json!(show),
        Column::SeasonNumber => json!(episode.season_number),
        Column::EpisodeNumber => json!(episode.episode_number),
        Column::Title => json!(episode.title),
        Column::Description if episode.description.as_str().is_empty() => Value::Null,
        Column::Description => json!(episode.description),
        Column::Status => json!(episode.status),
        Column::AirDate => json!(episode.air_date),
        Column::Categories if episode.categories.as_slice().is_empty() => Value::Null,
        Column::Categories => json!(episode.categories),
        Column::Director => json!(episode.director),
        Column::Writer => json!(episode.writer),
        Column::DurationMinutes => json!(episode.duration_minutes),
        Column::Rating => json!(episode.rating),
        Column::Genre => json!(episode.genre),
        Column::ThumbnailUrl => json!(episode.thumbnail_url),
    }
}
