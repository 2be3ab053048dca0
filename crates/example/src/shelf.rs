//! The adapter: episodes and their log in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use showrunner_domain::episode::{Episode, EpisodeAfter, EpisodeId, EpisodeQuery, EpisodeStore};
use showrunner_domain::event::DomainEvent;
use showrunner_domain::{
    Advance, Advanced, Change, ChangeSet, CommitError, Committed, Ledger, Page, Receipt, RecordChange, StoreError,
    StoredReceipt,
};

/// Keeps episodes and the events that tell of them, until the process ends.
///
/// It keeps what the ports ask of an adapter: a change set is written wholly or not at all, over the expected versions
/// only, and its events come after those of every change that was answered before. It keeps neither receipts nor
/// readers, because this service has none, and says so where it is asked to.
#[derive(Default)]
pub struct Shelf(Mutex<Content>);

#[derive(Default, Clone)]
struct Content {
    episodes: BTreeMap<EpisodeId, Episode>,
    log: Vec<DomainEvent>,
}

impl Shelf {
    /// Every event, in order.
    #[must_use]
    pub fn log(&self) -> Vec<DomainEvent> {
        self.content().log.clone()
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn write(&mut self, change: &Change<Episode>) -> Result<(), CommitError> {
        let episode = change.state();
        if self.episodes.get(&episode.id).map(|stored| stored.version) != change.expected() {
            return Err(CommitError::Stale);
        }
        if change.is_erased() {
            self.episodes.remove(&episode.id);
        } else {
            self.episodes.insert(episode.id, episode.clone());
        }
        Ok(())
    }
}

#[async_trait]
impl Ledger for Shelf {
    async fn commit(&self, set: ChangeSet) -> Result<Committed, CommitError> {
        if set.receipt().is_some() {
            return Err(not_kept("receipts").into());
        }
        let mut content = self.content();
        let mut next = content.clone();
        for change in set.changes() {
            let RecordChange::Episode(change) = change else {
                return Err(not_kept("records but episodes").into());
            };
            next.write(change)?;
        }
        next.log.extend(set.events().cloned());
        *content = next;
        Ok(Committed)
    }

    async fn find_receipt(&self, _: Receipt) -> Result<Option<StoredReceipt>, StoreError> {
        Err(not_kept("receipts"))
    }

    async fn advance(&self, _: Advance) -> Result<Advanced, StoreError> {
        Err(not_kept("readers' cursors"))
    }
}

#[async_trait]
impl EpisodeStore for Shelf {
    async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, StoreError> {
        Ok(self.content().episodes.get(&id).cloned())
    }

    async fn list_episodes(&self, query: EpisodeQuery) -> Result<Page<Episode, EpisodeAfter>, StoreError> {
        let EpisodeQuery { filter, sort, after, limit, total, asker: _ } = query;
        let content = self.content();
        let mut found: Vec<&Episode> = content.episodes.values().filter(|episode| filter.holds(episode)).collect();
        let count = total.then_some(found.len() as u64);
        found.sort_by(|a, b| sort.compare(&EpisodeAfter::of(a, sort), &EpisodeAfter::of(b, sort)));
        let behind = |episode: &&&Episode| {
            after.as_ref().is_none_or(|after| sort.compare(after, &EpisodeAfter::of(episode, sort)).is_lt())
        };
        let items = found.iter().filter(behind).take(limit.get() + 1).map(|episode| (*episode).clone()).collect();
        Ok(Page::cut(items, limit, count, |last| EpisodeAfter::of(last, sort)))
    }
}

/// Why something cannot be asked of this adapter.
fn not_kept(what: &str) -> StoreError {
    StoreError::new(format!("the shelf keeps no {what}"))
}
