//! What a list holds and in what order, said in plain code: stores are tested against it, and an adapter that keeps
//! its episodes in memory can use it as it is.

use std::cmp::Ordering;

use super::{Episode, EpisodeAfter, EpisodeFilter, EpisodeSort, SortValue};
use crate::fold;

impl EpisodeFilter {
    /// Whether `episode` fulfils everything that is given. A deleted one is in no list.
    #[must_use]
    pub fn holds(&self, episode: &Episode) -> bool {
        let Self { show_id, status, season_number, category, air_from, air_to, q } = self;
        let aired = episode.air_date;
        episode.deleted_at.is_none()
            && show_id.is_none_or(|show| episode.show_id == Some(show))
            && status.is_none_or(|status| episode.status == status)
            && season_number.is_none_or(|season| episode.season_number == Some(season))
            && category.as_ref().is_none_or(|category| episode.categories.as_slice().contains(category))
            && air_from.is_none_or(|from| aired.is_some_and(|day| day >= from))
            && air_to.is_none_or(|to| aired.is_some_and(|day| day <= to))
            && q.as_ref().is_none_or(|text| fold(episode.title.as_str()).contains(&fold(text.as_str())))
    }
}

impl EpisodeSort {
    /// Which of two places comes first in a list of this order. Both must be of this order.
    #[must_use]
    pub fn compare(self, a: &EpisodeAfter, b: &EpisodeAfter) -> Ordering {
        let keys = (&a.value, a.id).cmp(&(&b.value, b.id));
        let directed = if self.descending { keys.reverse() } else { keys };
        is_empty(&a.value).cmp(&is_empty(&b.value)).then(directed)
    }
}

/// Empty values come last, in either direction.
const fn is_empty(value: &SortValue) -> bool {
    matches!(value, SortValue::Day(None))
}
