//! The commands, one file each.

mod bench;
mod folder;
mod import;
mod migrate;
mod openapi;
mod restored;
mod serve;
mod signing_key;
mod token;
mod user;
mod worker;

use std::error::Error as _;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use showrunner_bench::BenchError;
use showrunner_blobs::Folder;
use showrunner_domain::{ServiceError, StoreError};
use showrunner_identity::KeyError;
use showrunner_media::{Ffmpeg, Launcher, Zip, exec_tied};
use showrunner_render::{Artist, FontError};
use showrunner_store::{Ports, migrations};
use showrunner_web::causes;
use thiserror::Error;

use crate::cli::{Cli, Command, Flags};
use crate::services::{Storage, Tools};
use crate::settings::{Settings, SettingsError, UnknownVariable};
use crate::signing::SigningError;
use crate::{fonts, logging};
use folder::FolderError;

/// Why a command ended without success; a sentence for whoever typed it.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("{0}")]
    Argument(String),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("there is no signing key in {}: name the data folder with --data-dir to have one made there", .0.display())]
    NoKey(PathBuf),
    #[error("there is no store, but {} holds the files of one: restore its database, or remove them", .0.display())]
    Remains(PathBuf),
    #[error("reverting would lose {}: say --yes to lose that", .0.join(", "))]
    Losses(Vec<String>),
    #[error("{}", cause(.0))]
    Store(StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error("{}", sentence(.0))]
    Service(ServiceError),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: std::net::SocketAddr, source: io::Error },
    #[error("the fonts in {} cannot be read: {source}", path.display())]
    Fonts { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Font(#[from] FontError),
    #[error("cannot write: {0}")]
    Output(#[source] io::Error),
    #[error("the server: {0}")]
    Server(#[source] io::Error),
    #[error("the folder for work on videos {} cannot be read: {source}", path.display())]
    Scratch { path: PathBuf, source: io::Error },
    #[error("a program cannot be started: {0}")]
    Exec(#[source] io::Error),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("the report {} cannot be written: {source}", path.display())]
    Report { path: PathBuf, source: io::Error },
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ServiceError> for CommandError {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

/// Runs the command of `cli`.
pub(crate) fn run(cli: Cli) -> Result<(), CommandError> {
    match cli.command {
        Command::Serve { demo, flags } => serve::run(demo, flags),
        Command::Worker(flags) => worker::run(flags),
        Command::Migrate { step } => migrate::run(step),
        Command::Restored(flags) => restored::run(flags),
        Command::Openapi => openapi::run(),
        Command::Import { file, dry_run, show, user, flags } => {
            import::run(&file, dry_run, show.as_deref(), user.as_deref(), flags)
        }
        Command::User { step } => user::run(step),
        Command::Token { step, token } => token::run(step, *token),
        Command::SigningKey { step } => signing_key::run(step),
        Command::Bench(flags) => bench::run(flags),
        Command::ExecTied { parent, program, args } => Err(CommandError::Exec(exec_tied(parent, &program, &args))),
    }
}

/// The settings of a command. From here on there is a log, and what is written is for its owner alone.
fn prepare(flags: Flags) -> Result<Settings, CommandError> {
    let settings = Settings::read(flags)?;
    folder::close_to_others();
    logging::start(settings.log.clone());
    for UnknownVariable { name, nearest } in &settings.unknown {
        tracing::warn!("{name} is no setting: the nearest one is {nearest}");
    }
    Ok(settings)
}

/// The store that the settings name, for the commands that make one: with every pending migration applied.
fn create_or_open_store(settings: &Settings) -> Result<Ports, CommandError> {
    migrate_store(settings)?;
    Ok(showrunner_store::open(&settings.database)?)
}

/// The store that the settings name, for every other command. It must be there, with the tables of this release.
fn open_existing_store(settings: &Settings) -> Result<Ports, CommandError> {
    folder::require_private_if_there(&settings.data_dir)?;
    Ok(showrunner_store::open_existing(&settings.database)?)
}

/// Makes the store where it is missing, applies every pending migration and answers their versions.
fn migrate_store(settings: &Settings) -> Result<Vec<String>, CommandError> {
    folder::make_private(&settings.data_dir)?;
    let versions = if folder::holds_files(&settings.blobs)? {
        // A new store would know none of these files, and sweep them away.
        let versions = migrations::up_if_exists(&settings.database)?;
        versions.ok_or_else(|| CommandError::Remains(settings.blobs.clone()))?
    } else {
        migrations::up(&settings.database)?
    };
    for version in &versions {
        tracing::info!(version, "a migration was applied");
    }
    Ok(versions)
}

/// Where the bytes of files go.
fn storage(settings: &Settings) -> Result<Storage, CommandError> {
    folder::make(&settings.blobs)?;
    let blobs = Folder::open(&settings.blobs).map_err(StoreError::new)?;
    Ok(Storage { blobs: Arc::new(blobs), limits: settings.file_limits })
}

/// What makes something of files: with the fonts of the folder `fonts` beside those that the program has, and a folder for
/// what is only there while a job is done.
fn tools(settings: &Settings) -> Result<Tools, CommandError> {
    let path = settings.data_dir.join("fonts");
    let fonts = fonts::read(&path).map_err(|source| CommandError::Fonts { path, source })?;
    let scratch = settings.data_dir.join("scratch");
    folder::make(&scratch)?;
    let videos = Ffmpeg::new(scratch.clone(), programs()).launched_by(launcher());
    let abandoned = videos.remove_abandoned();
    abandoned.map_err(|source| CommandError::Scratch { path: scratch.clone(), source })?;
    Ok(Tools { artist: Arc::new(Artist::new(fonts)?), videos: Arc::new(videos), archives: Arc::new(Zip::new(scratch)) })
}

/// This very program, also where its file was replaced since it started.
fn launcher() -> Launcher {
    let program = if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() };
    Launcher { program: program.unwrap_or_else(|_| "showrunner".into()), args: vec!["exec-tied".into()] }
}

/// Where programs are looked for.
#[expect(clippy::disallowed_methods, reason = "the variable is no setting of this program, and read here alone")]
fn programs() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// What the store itself says.
fn cause(error: &StoreError) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// What went wrong, with every refused field where there are any.
fn sentence(error: &ServiceError) -> String {
    match error {
        ServiceError::Invalid(errors) => {
            let told: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
            told.join("; ")
        }
        other => causes(other),
    }
}
