//! What readers take from the data of events about shows, episodes and schedules.

use serde::Deserialize;

/// Data that holds a title: that of `episode_deleted`.
#[derive(Deserialize)]
pub(crate) struct Titled {
    pub(crate) title: String,
}

/// Data that holds a name: that of `show_deleted` and `schedule_deleted`.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// Data that holds the whole record.
#[derive(Deserialize)]
pub(crate) struct WithSchedule {
    pub(crate) schedule: Named,
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
