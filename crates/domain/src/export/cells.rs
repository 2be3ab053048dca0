//! What the cells of an episode's row say.

use serde_json::{Value, json};

use crate::episode::Episode;
use crate::import::Column;
use crate::show::Show;

/// What a column says of an episode of this show; `null` where it says nothing.
pub(super) fn value(column: Column, episode: &Episode, show: Option<&Show>) -> Value {
    match column {
        Column::Show => json!(show.map(|show| &show.name)),
        Column::ShowSlug => json!(show.map(|show| &show.slug)),
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
