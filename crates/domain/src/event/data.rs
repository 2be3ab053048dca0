//! What readers take from the data of events about shows and episodes.

use serde::Deserialize;

/// Data that holds a title: that of `episode_deleted`.
#[derive(Deserialize)]
pub(crate) struct Titled {
    pub(crate) title: String,
}

/// Data that holds a name: that of `show_deleted`.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// Data that holds the whole record.
#[derive(Deserialize)]
pub(crate) struct WithShow {
    pub(crate) show: Named,
}

/// Data that holds the whole record.
#[derive(Deserialize)]
pub(crate) struct WithEpisode {
    pub(crate) episode: Titled,
}
