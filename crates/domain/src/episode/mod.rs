//! Episodes: the canonical record of what is made.

mod batch_delete;
mod draft;
mod port;
mod query;
mod record;
mod reference;
mod service;
mod show_of;
mod status;
mod transition;

pub use batch_delete::BatchDelete;
pub use draft::{EpisodePatch, NewEpisode};
pub use port::EpisodeStore;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockEpisodeStore;
pub use query::{EpisodeAfter, EpisodeFilter, EpisodeQuery, EpisodeSort, SortKey, SortValue};
pub use record::{
    Categories, Category, Description, DurationMinutes, Episode, EpisodeId, EpisodeNumber, Genre, PersonName, Rating,
    SeasonNumber, ThumbnailUrl, Title,
};
pub use service::EpisodeService;
pub(crate) use show_of::show_of;
pub use status::EpisodeStatus;
