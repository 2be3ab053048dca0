//! The show that something belongs to which is for an episode.

use super::{EpisodeId, EpisodeStore};
use crate::show::ShowId;
use crate::{FieldError, ServiceError};

/// The show of the episode that a new record is for, where it is for one and that is in a show.
///
/// # Errors
/// The field `episode_id` is refused where there is no such episode, or it is deleted.
pub(crate) async fn show_of(
    episodes: &dyn EpisodeStore,
    episode: Option<EpisodeId>,
) -> Result<Option<ShowId>, ServiceError> {
    let Some(id) = episode else { return Ok(None) };
    let found = episodes.find_episode(id).await?.filter(|episode| episode.deleted_at.is_none());
    let unknown = || ServiceError::Invalid(vec![FieldError::new("episode_id", "names a record that does not exist")]);
    Ok(found.ok_or_else(unknown)?.show_id)
}
