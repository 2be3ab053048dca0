//! What readers take from the data of events about episodes.

use serde::Deserialize;

/// Data that holds a title: that of `episode_deleted`.
#[derive(Deserialize)]
pub(crate) struct Titled {
    pub(crate) title: String,
}

/// Data that holds the whole record.
#[derive(Deserialize)]
pub(crate) struct WithEpisode {
    pub(crate) episode: Titled,
}
