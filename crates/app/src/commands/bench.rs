//! `showrunner bench`: measures this very program as a server.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use showrunner_bench::{BenchError, Engine, Plan, Work};
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Actor, Caller, Role, ShowRoles, UserId};
use showrunner_domain::{FieldError, ServiceError};
use showrunner_store::{Location, Ports, migrations};

use super::CommandError;
use crate::cli::BenchFlags;
use crate::{open_files, services};

pub(super) fn run(flags: BenchFlags) -> Result<(), CommandError> {
    open_files::raise_limit();
    // Made first, so that nobody waits for minutes to learn that it cannot be.
    let path = flags.json.clone().unwrap_or_default();
    let failed = |source| CommandError::Report { path: path.clone(), source };
    let json = flags.json.as_ref().map(File::create).transpose().map_err(failed)?;
    let report = showrunner_bench::run(&plan(flags)?, &|what| eprintln!("{what}"))?;
    print!("{report}");
    json.map_or(Ok(()), |file| serde_json::to_writer_pretty(file, &report)).map_err(|error| failed(error.into()))
}

fn plan(flags: BenchFlags) -> Result<Plan, CommandError> {
    let (runs, run, usual) =
        if flags.quick { (1, Duration::from_secs(1), 1_000) } else { (3, Duration::from_secs(flags.seconds), 10_000) };
    Ok(Plan {
        program: std::env::current_exe().map_err(CommandError::Server)?,
        database_url: flags.database_url,
        works: Work::ALL.into_iter().filter(|work| flags.only.is_empty() || flags.only.contains(work)).collect(),
        runs,
        run,
        episodes: usize::try_from(flags.episodes.unwrap_or(usual)).unwrap_or(usize::MAX),
        has_store,
        open_engine,
    })
}

fn has_store(database_url: &str) -> Result<bool, BenchError> {
    Ok(migrations::exists(&location(Path::new(""), Some(database_url))?).map_err(ServiceError::from)?)
}

/// The engine of jobs on a store of its own in `folder`, or on the database that was given.
fn open_engine(folder: &Path, database_url: Option<&str>) -> Result<Engine, BenchError> {
    let ports = open(folder, database_url)?;
    let (id, now) = (UserId::new(services::ids().next()), services::clock().now());
    let (email, name) = ("bench@example.com".to_owned(), "bench@example.com".to_owned());
    let (role, granted, session) = (Role::Editor, Role::Editor, None);
    let actor = Actor {
        id,
        email,
        name,
        role,
        shows: ShowRoles::default(),
        granted,
        session,
        expires_at: now.plus_seconds(86_400),
    };
    Ok(Engine {
        jobs: services::jobs(&ports),
        queue: Arc::new(services::queue(&ports)),
        caller: Caller { actor, origin: Origin::default() },
    })
}

fn open(folder: &Path, database_url: Option<&str>) -> Result<Ports, BenchError> {
    std::fs::create_dir_all(folder).map_err(BenchError::Folder)?;
    let location = location(folder, database_url)?;
    migrations::up(&location).map_err(ServiceError::from)?;
    Ok(showrunner_store::open(&location).map_err(ServiceError::from)?)
}

fn location(folder: &Path, database_url: Option<&str>) -> Result<Location, BenchError> {
    let refused = |reason| ServiceError::Invalid(vec![FieldError::new("--database-url", reason)]);
    Ok(Location::parse(database_url.unwrap_or("sqlite:"), folder).map_err(refused)?)
}
