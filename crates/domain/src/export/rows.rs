//! The rows of an export, page by page.

use std::collections::HashMap;

use serde_json::Value;

use super::cells::value;
use crate::episode::{EpisodeFilter, EpisodeQuery, EpisodeService, EpisodeSort, SortKey};
use crate::identity::Caller;
use crate::import::Column;
use crate::show::{Show, ShowId, ShowService};
use crate::{Limit, ServiceError};

/// One value for each of [`Column::ALL`].
pub(super) type Row = Vec<Value>;

/// All live episodes of one show or of all, the oldest first; a page of them is in memory at a time.
pub(super) struct Rows<'a> {
    episodes: &'a EpisodeService,
    shows: &'a ShowService,
    caller: &'a Caller,
    query: Option<EpisodeQuery>,
    known: HashMap<ShowId, Show>,
    /// How many rows were read.
    pub(super) read: usize,
    /// How many there were when the first was read.
    pub(super) all: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn of(
        episodes: &'a EpisodeService,
        shows: &'a ShowService,
        caller: &'a Caller,
        show_id: Option<ShowId>,
    ) -> Self {
        let query = EpisodeQuery {
            filter: EpisodeFilter { show_id, ..EpisodeFilter::default() },
            sort: EpisodeSort { key: SortKey::CreatedAt, descending: false },
            after: None,
            limit: Limit::MOST,
            total: true,
            asker: None,
        };
        Self { episodes, shows, caller, query: Some(query), known: HashMap::new(), read: 0, all: 0 }
    }

    /// The rows of the next page; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>, ServiceError> {
        let Some(query) = self.query.take() else { return Ok(None) };
        let page = self.episodes.list(self.caller, query.clone()).await?;
        self.query = page.next.map(|after| EpisodeQuery { after: Some(after), total: false, ..query });
        self.read += page.items.len();
        self.all = page.total.and_then(|total| usize::try_from(total).ok()).unwrap_or(self.all);
        let mut rows = Vec::with_capacity(page.items.len());
        for episode in page.items {
            let show = match episode.show_id {
                Some(id) => Some(self.show(id).await?),
                None => None,
            };
            rows.push(Column::ALL.map(|column| value(column, &episode, show)).to_vec());
        }
        Ok(Some(rows))
    }

    async fn show(&mut self, id: ShowId) -> Result<&Show, ServiceError> {
        let show = match self.known.remove(&id) {
            Some(show) => show,
            None => self.shows.get(self.caller, id).await?,
        };
        Ok(&*self.known.entry(id).or_insert(show))
    }
}
