//! A store of its own for each test, a clock that the test sets, and the domain's services on both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use diesel::prelude::*;
use showrunner_domain::episode::{Episode, EpisodeNumber, EpisodePatch, EpisodeService, NewEpisode, Title};
use showrunner_domain::event::{LoggedEvent, Origin, ReadLimit, Seq};
use showrunner_domain::identity::{Actor, Caller, Role, ShowRoles, UserId};
use showrunner_domain::show::ShowService;
use showrunner_domain::{Answered, Clock, IdSource, Terms, Timestamp};
use showrunner_store::{Location, Ports, migrations, open};
use tempfile::TempDir;
use uuid::{Builder, Uuid};

pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) location: Location,
    pub(crate) clock: Arc<HandSetClock>,
    postgres: Option<Database>,
    _folder: TempDir,
}

/// A database that is dropped with its owner.
struct Database {
    server: String,
    name: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut conn) = PgConnection::establish(&self.server) {
            let _ = diesel::sql_query(format!("drop database {} with (force)", self.name)).execute(&mut conn);
        }
    }
}

impl World {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("showrunner.db"));
        Self::at(location, None, folder)
    }

    pub(crate) fn on_postgres() -> Self {
        let server = postgres_server();
        let name = format!("contract_{}", next_id().simple());
        let mut conn = PgConnection::establish(&server).unwrap();
        diesel::sql_query(format!("create database {name}")).execute(&mut conn).unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let location = Location::Postgres(format!("{base}/{name}"));
        Self::at(location, Some(Database { server, name }), tempfile::tempdir().unwrap())
    }

    fn at(location: Location, postgres: Option<Database>, folder: TempDir) -> Self {
        migrations::up(&location).unwrap();
        let ports = open(&location).unwrap();
        Self { ports, location, clock: Arc::new(HandSetClock::default()), postgres, _folder: folder }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// The same store opened once more, as by another process, with a clock of its own.
    pub(crate) fn second_node(&self) -> (Ports, Arc<HandSetClock>) {
        (open(&self.location).unwrap(), Arc::new(HandSetClock::default()))
    }

    pub(crate) fn episodes(&self) -> EpisodeService {
        episodes_on(&self.ports, &self.clock)
    }

    pub(crate) fn shows(&self) -> ShowService {
        shows_on(&self.ports, &self.clock)
    }

    pub(crate) async fn create(&self, title: &str) -> Episode {
        now(self.episodes().create(&editor(), draft(title, 1), &Terms::default()).await.unwrap())
    }

    pub(crate) async fn log(&self) -> Vec<LoggedEvent> {
        self.ports.log.bounds().await.unwrap();
        self.events_after(Seq::START).await
    }

    /// Every event after `after` that has its number.
    pub(crate) async fn events_after(&self, after: Seq) -> Vec<LoggedEvent> {
        let all = ReadLimit { events: 100_000, bytes: usize::MAX };
        self.ports.log.read(after, all).await.unwrap().events
    }

    /// Runs SQL from outside.
    pub(crate) fn sql(&self, text: &str) {
        let run = diesel::sql_query(text);
        match &self.location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
                diesel::sql_query("pragma busy_timeout = 5000").execute(&mut conn).unwrap();
                run.execute(&mut conn).unwrap();
            }
            Location::Postgres(url) => {
                run.execute(&mut PgConnection::establish(url).unwrap()).unwrap();
            }
        }
    }
}

pub(crate) fn episodes_on(ports: &Ports, clock: &Arc<HandSetClock>) -> EpisodeService {
    EpisodeService {
        episodes: ports.episodes.clone(),
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

pub(crate) fn shows_on(ports: &Ports, clock: &Arc<HandSetClock>) -> ShowService {
    ShowService { shows: ports.shows.clone(), ledger: ports.ledger.clone(), clock: clock.clone(), ids: Arc::new(Ids) }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by their environment where the server is")]
fn postgres_server() -> String {
    std::env::var("SHOWRUNNER_TEST_POSTGRES").expect("no Postgres server to test on: run these tests by `make test`")
}

pub(crate) fn draft(title: &str, number: i64) -> NewEpisode {
    NewEpisode {
        title: Title::parse(title).unwrap(),
        episode_number: EpisodeNumber::parse(number).unwrap(),
        others: EpisodePatch::default(),
    }
}

/// What was carried out now.
pub(crate) fn now<T: std::fmt::Debug>(answered: Answered<T>) -> T {
    match answered {
        Answered::Now(record) => record,
        Answered::Before(stored) => panic!("{stored:?}"),
    }
}

pub(crate) fn titled(title: &str) -> EpisodePatch {
    EpisodePatch { title: Some(Title::parse(title).unwrap()), ..EpisodePatch::default() }
}

pub(crate) fn editor() -> Caller {
    let expires_at = Timestamp::from_micros(i64::MAX / 1_000).unwrap();
    let id = UserId::new(Uuid::from_u128(5));
    let (email, name) = ("editor@example.com".into(), "An editor".into());
    let (role, granted) = (Role::Admin, Role::Admin);
    let actor = Actor { id, email, name, role, shows: ShowRoles::default(), granted, session: None, expires_at };
    let origin = Origin {
        ip: Some("127.0.0.1".into()),
        user_agent: Some("test".into()),
        request_id: Some("r1".into()),
        import: None,
    };
    Caller { actor, origin }
}

/// A clock that stands where it was set and moves on a microsecond each time it is read.
pub(crate) struct HandSetClock(AtomicI64);

impl Default for HandSetClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_700_000_000_000_000))
    }
}

impl HandSetClock {
    pub(crate) fn move_by(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for HandSetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// Identifiers in increasing order.
pub(crate) struct Ids;

impl IdSource for Ids {
    fn next(&self) -> Uuid {
        next_id()
    }
}

/// Unique among all test processes: the process's id is part of it.
pub(crate) fn next_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    random[..4].copy_from_slice(&std::process::id().to_be_bytes());
    Builder::from_unix_timestamp_millis(1_700_000_000_000 + number, &random).into_uuid()
}
