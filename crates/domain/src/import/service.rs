//! The use case of importing: every row or none, in one change set.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::shows::Shows;
use super::{ImportStore, Problems, Row, Sheet};
use crate::episode::{Episode, EpisodeId, EpisodeNumber, SeasonNumber};
use crate::event::{ActorStamp, EventId, ImportMark, Origin, Stamp};
use crate::identity::{Action, Caller, permit};
use crate::show::{NewShow, Show, ShowId, ShowPatch};
use crate::{
    ChangeSet, Clock, CommitError, IdSource, Ledger, Receipt, RecordChange, ResourceKind, ServiceError, Timestamp,
};

/// How many records are looked up at once.
const AT_ONCE: usize = 500;

/// The numbers of a season, and where in the file each stands.
type Numbers = BTreeMap<EpisodeNumber, (u64, usize)>;

/// Imports tables of episodes.
pub struct ImportService {
    /// Looks up what is there.
    pub store: Arc<dyn ImportStore>,
    /// Writes episodes and shows.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

/// Whether an import is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Check everything and write it.
    Write,
    /// Check everything and write nothing.
    DryRun,
}

/// What an import has written, or would write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many episodes.
    pub episodes: usize,
    /// How many shows that were not there.
    pub shows: usize,
}

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The table is faulty.
    #[error("nothing was imported: the table is faulty")]
    Faulty(Problems),
    /// The caller may not import, or the store failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl ImportService {
    /// Creates an episode for every row of `sheet`, and the shows that are missing, or nothing. `caller` is `None` for
    /// an operator on the command line, who may import and is told nothing afterwards.
    pub async fn import(&self, caller: Option<&Caller>, sheet: Sheet, mode: Mode) -> Result<Imported, ImportError> {
        let (changes, imported) = self.prepare(caller, sheet).await?;
        if mode == Mode::Write {
            self.ledger.commit(changes.into_iter().collect()).await.map_err(ServiceError::from)?;
        }
        Ok(imported)
    }

    /// Like [`import`](Self::import) by an operator, but once a day for all callers of this `name`, however many there
    /// are at once: `None` where another one was first.
    pub async fn import_once(&self, name: &str, sheet: Sheet) -> Result<Option<Imported>, ImportError> {
        let (changes, imported) = self.prepare(None, sheet).await?;
        let set: ChangeSet = changes.into_iter().collect();
        let receipt =
            Receipt { scope: format!("import {name}"), fingerprint: String::new(), asked_at: self.clock.now() };
        match self.ledger.commit(set.with_receipt(receipt)).await {
            Ok(_) => Ok(Some(imported)),
            Err(CommitError::Received(_)) => Ok(None),
            Err(error) => Err(ServiceError::from(error).into()),
        }
    }

    /// What an import writes, for whoever commits it together with more.
    pub(super) async fn prepare(
        &self,
        caller: Option<&Caller>,
        sheet: Sheet,
    ) -> Result<(Vec<RecordChange>, Imported), ImportError> {
        if let Some(caller) = caller {
            permit(&caller.actor, Action::Import, ResourceKind::Episode)?;
        }
        let rows = sheet.into_rows().map_err(ImportError::Faulty)?;
        let mut shows = self.check(&rows).await?;
        let now = self.clock.now();
        let created: Vec<_> = shows
            .missing()
            .map(|name| {
                let new = NewShow { name: name.clone(), others: ShowPatch::default() };
                Show::create(ShowId::new(self.ids.next()), new, &self.stamp(caller, now, ImportMark::Row))
            })
            .collect();
        for change in &created {
            shows.learn(change.state());
        }
        let imported = Imported { episodes: rows.len(), shows: created.len() };
        let episodes = rows.into_iter().enumerate().map(|(place, mut row)| {
            row.new.others.show_id = shows.of(&row).map(Some);
            let stamp = self.stamp(caller, now, ImportMark::of(place, imported.episodes));
            RecordChange::Episode(Episode::create(EpisodeId::new(self.ids.next()), row.new, &stamp))
        });
        Ok((created.into_iter().map(RecordChange::Show).chain(episodes).collect(), imported))
    }

    /// Checks what only the store knows.
    async fn check(&self, rows: &[Row]) -> Result<Shows, ImportError> {
        let mut found = Vec::new();
        for names in Shows::names(rows).chunks(AT_ONCE) {
            found.extend(self.store.find_shows_called(names.to_vec()).await.map_err(ServiceError::from)?);
        }
        let mut problems = Problems::default();
        let shows = Shows::resolve(rows, &found, &mut problems);
        for (line, column) in self.taken(&shows, rows).await? {
            problems.note(line, column, "episode_number is taken in this season of the show");
        }
        if problems.is_empty() { Ok(shows) } else { Err(ImportError::Faulty(problems)) }
    }

    /// Where in the file the rows stand whose numbers are taken, in order.
    async fn taken(&self, shows: &Shows, rows: &[Row]) -> Result<Vec<(u64, usize)>, ServiceError> {
        let mut seasons: BTreeMap<(ShowId, Option<SeasonNumber>), Numbers> = BTreeMap::new();
        for row in rows {
            if let Some(show) = shows.of(row) {
                let season = seasons.entry((show, row.new.others.season_number.flatten())).or_default();
                season.insert(row.new.episode_number, (row.line, row.column));
            }
        }
        let mut taken = Vec::new();
        for ((show, season), places) in seasons {
            let numbers: Vec<EpisodeNumber> = places.keys().copied().collect();
            for some in numbers.chunks(AT_ONCE) {
                let found = self.store.find_taken_numbers(show, season, some.to_vec()).await?;
                taken.extend(found.iter().filter_map(|number| places.get(number)));
            }
        }
        taken.sort_unstable();
        Ok(taken)
    }

    fn stamp(&self, caller: Option<&Caller>, now: Timestamp, mark: ImportMark) -> Stamp {
        let (actor, origin) = caller.map_or_else(
            || (ActorStamp::system(), Origin::default()),
            |caller| (ActorStamp::from(&caller.actor), caller.origin.clone()),
        );
        Stamp { id: EventId::new(self.ids.next()), now, actor, origin: Origin { import: Some(mark), ..origin } }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_executor::block_on;

    use super::*;
    use crate::Committed;
    use crate::identity::{Actor, Role, ShowRoles, UserId};
    use crate::import::Cell;
    use crate::mocks::{MockClock, MockIdSource, MockImportStore, MockLedger};

    fn caller(role: Role) -> Caller {
        let id = UserId::new(uuid::Uuid::from_u128(5));
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let actor = Actor {
            id,
            email: "admin@example.com".into(),
            name: "An administrator".into(),
            role,
            shows: ShowRoles::default(),
            granted: role,
            session: None,
            expires_at,
        };
        Caller { actor, origin: Origin::default() }
    }

    fn service(ledger: MockLedger) -> ImportService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::from_micros(1_000_000).unwrap());
        let mut ids = MockIdSource::new();
        let last = AtomicU64::new(1);
        ids.expect_next().returning(move || uuid::Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
        let mut store = MockImportStore::new();
        store.expect_find_shows_called().returning(|_| Ok(Vec::new()));
        let (store, ledger) = (Arc::new(store), Arc::new(ledger));
        ImportService { store, ledger, clock: Arc::new(clock), ids: Arc::new(ids) }
    }

    fn sheet(titles: &[&str]) -> Sheet {
        let cell = |text| Cell { line: 1, text: Some(text) };
        let mut sheet = Sheet::new(&[cell("title"), cell("episode_number")]);
        for title in titles {
            sheet.push(1, &[cell(title), cell("1")]);
        }
        sheet
    }

    #[test]
    fn all_rows_are_one_change_set_and_only_the_last_carries_the_count() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().times(1).returning(|set| {
            let marks: Vec<_> = set.events().map(|event| event.origin.import).collect();
            assert_eq!(marks, [ImportMark::Row, ImportMark::Row, ImportMark::Last { rows: 3 }].map(Some));
            Ok(Committed)
        });
        let (service, admin) = (service(ledger), caller(Role::Admin));
        let imported = service.import(Some(&admin), sheet(&["One", "Two", "Three"]), Mode::Write);
        assert_eq!(block_on(imported).unwrap(), Imported { episodes: 3, shows: 0 });
    }

    #[test]
    fn a_dry_run_and_a_faulty_table_write_nothing() {
        let service = service(MockLedger::new());
        let dry = block_on(service.import(None, sheet(&["One"]), Mode::DryRun)).unwrap();
        assert_eq!(dry.episodes, 1);
        let faulty = block_on(service.import(None, sheet(&["One", ""]), Mode::Write));
        assert!(matches!(faulty, Err(ImportError::Faulty(_))), "{faulty:?}");
    }

    #[test]
    fn administrators_alone_may_import() {
        for role in [Role::Viewer, Role::Editor, Role::Worker] {
            let refused =
                block_on(service(MockLedger::new()).import(Some(&caller(role)), sheet(&["One"]), Mode::Write));
            assert!(matches!(refused, Err(ImportError::Service(ServiceError::Forbidden { .. }))), "{refused:?}");
        }
    }
}
