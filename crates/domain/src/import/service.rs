//! The use case of importing: every row or none, in one change set.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use thiserror::Error;

use super::shows::{Shows, Target};
use super::{ImportStore, Problems, Row, Sheet};
use crate::episode::{Episode, EpisodeId, EpisodeNumber, SeasonNumber};
use crate::event::{ActorStamp, EventId, ImportMark, Origin, Stamp};
use crate::identity::{Action, Caller, permit};
use crate::show::{Show, ShowId, ShowStore, Slug};
use crate::{
    Change, ChangeSet, Clock, CommitError, IdSource, Ledger, Receipt, RecordChange, ResourceKind, ServiceError,
    Timestamp,
};

/// How many records are looked up at once.
const AT_ONCE: usize = 500;

/// A line of the file, and the place of a cell in it.
type Place = (u64, usize);
/// The numbers of a season, and where in the file each stands.
type Numbers = BTreeMap<EpisodeNumber, Place>;

/// Imports tables of episodes.
pub struct ImportService {
    /// Looks up what is there.
    pub store: Arc<dyn ImportStore>,
    /// Knows which slugs are taken.
    pub shows: Arc<dyn ShowStore>,
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
        let shows = self.check(&rows).await?;
        let now = self.clock.now();
        let created = self.missing(&shows, || self.stamp(caller, now, ImportMark::Row)).await?;
        let imported = Imported { episodes: rows.len(), shows: created.len() };
        let episodes = rows.into_iter().enumerate().map(|(place, mut row)| {
            row.new.others.show_id = shows.target(&row).map(|target| Some(id_of(target, &created)));
            let stamp = self.stamp(caller, now, ImportMark::of(place, imported.episodes));
            RecordChange::Episode(Episode::create(EpisodeId::new(self.ids.next()), row.new, &stamp))
        });
        let episodes: Vec<_> = episodes.collect();
        Ok((created.into_iter().map(RecordChange::Show).chain(episodes).collect(), imported))
    }

    /// Creates the shows that are not there, with slugs that no other show has.
    async fn missing(&self, shows: &Shows, stamp: impl Fn() -> Stamp) -> Result<Vec<Change<Show>>, ServiceError> {
        let missing: Vec<_> = shows.missing().iter().map(|show| (ShowId::new(self.ids.next()), show)).collect();
        let mut taken = HashSet::new();
        for some in missing.chunks(AT_ONCE / 10) {
            let choices: Vec<Slug> = some.iter().flat_map(|(id, show)| show.choices(*id)).collect();
            taken.extend(self.shows.find_shows_by_slug(choices).await?.into_iter().map(|show| show.slug));
        }
        Ok(missing.into_iter().map(|(id, show)| Show::create(id, show.create(id, &mut taken), &stamp())).collect())
    }

    /// Checks what only the store knows.
    async fn check(&self, rows: &[Row]) -> Result<Shows, ImportError> {
        let (names, slugs) = Shows::wanted(rows);
        let mut found: HashMap<ShowId, Show> = HashMap::new();
        let (mut names, mut slugs) = (names.chunks(AT_ONCE), slugs.chunks(AT_ONCE));
        loop {
            let (names, slugs) = (names.next().unwrap_or_default(), slugs.next().unwrap_or_default());
            if names.is_empty() && slugs.is_empty() {
                break;
            }
            let some =
                self.store.find_shows_called(names.to_vec(), slugs.to_vec()).await.map_err(ServiceError::from)?;
            found.extend(some.into_iter().map(|show| (show.id, show)));
        }
        let found: Vec<Show> = found.into_values().collect();
        let mut problems = Problems::default();
        let shows = Shows::resolve(rows, &found, &mut problems);
        for ((line, column), message) in self.taken(&shows, rows).await? {
            problems.note(line, column, message);
        }
        if problems.is_empty() { Ok(shows) } else { Err(ImportError::Faulty(problems)) }
    }

    /// Where in the file the rows stand whose numbers are taken, in order, and by what.
    async fn taken(&self, shows: &Shows, rows: &[Row]) -> Result<Vec<(Place, String)>, ServiceError> {
        let mut seasons: BTreeMap<(Target, Option<SeasonNumber>), Numbers> = BTreeMap::new();
        let mut taken = Vec::new();
        for row in rows {
            let Some(show) = shows.target(row) else { continue };
            let season = seasons.entry((show, row.new.others.season_number.flatten())).or_default();
            let first = season.entry(row.new.episode_number).or_insert((row.line, row.column)).0;
            if first != row.line {
                let message = format!("episode_number is that of line {first} already, in the same season and show");
                taken.push(((row.line, row.column), message));
            }
        }
        for ((show, season), places) in seasons {
            let Target::Known(show) = show else { continue };
            let numbers: Vec<EpisodeNumber> = places.keys().copied().collect();
            for some in numbers.chunks(AT_ONCE) {
                let found = self.store.find_taken_numbers(show, season, some.to_vec()).await?;
                let places = found.iter().filter_map(|number| places.get(number));
                taken.extend(
                    places.map(|place| (*place, "episode_number is taken in this season of the show".to_owned())),
                );
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

/// The identifier of a row's show, which may be one of those that are `created`.
fn id_of(target: Target, created: &[Change<Show>]) -> ShowId {
    match target {
        Target::Known(id) => id,
        Target::Missing(place) => created[place].state().id,
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
    use crate::mocks::{MockClock, MockIdSource, MockImportStore, MockLedger, MockShowStore};

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
        store.expect_find_shows_called().returning(|_, _| Ok(Vec::new()));
        let mut shows = MockShowStore::new();
        shows.expect_find_shows_by_slug().returning(|_| Ok(Vec::new()));
        let (store, shows, ledger) = (Arc::new(store), Arc::new(shows), Arc::new(ledger));
        ImportService { store, shows, ledger, clock: Arc::new(clock), ids: Arc::new(ids) }
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
