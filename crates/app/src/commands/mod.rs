//! The commands, one file each.

mod bench;
mod import;
mod migrate;
mod openapi;
mod restored;
mod serve;
mod signing_key;
mod token;
mod user;
mod worker;

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use showrunner_bench::BenchError;
use showrunner_blobs::Folder;
use showrunner_domain::{ServiceError, StoreError};
use showrunner_identity::KeyError;
use showrunner_media::{Ffmpeg, Launcher, Zip, exec_tied};
use showrunner_render::{Artist, FontError};
use showrunner_store::{Ports, migrations};
use thiserror::Error;

use crate::cli::{Cli, Command};
use crate::fonts;
use crate::services::{Storage, Tools};
use crate::settings::{Settings, SettingsError};
use crate::signing::SigningError;

/// Why a command ended without success; a sentence for whoever typed it.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("{0}")]
    Argument(String),
    #[error("the data folder cannot be made: {0}")]
    DataFolder(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error("{}", sentence(.0))]
    Service(#[from] ServiceError),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: std::net::SocketAddr, source: io::Error },
    #[error("the fonts cannot be read: {0}")]
    Fonts(#[source] io::Error),
    #[error(transparent)]
    Font(#[from] FontError),
    #[error("cannot write: {0}")]
    Output(#[source] io::Error),
    #[error("the server: {0}")]
    Server(#[source] io::Error),
    #[error("the folder for work on videos cannot be read: {0}")]
    Scratch(#[source] io::Error),
    #[error("a program cannot be started: {0}")]
    Exec(#[source] io::Error),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("the report cannot be written: {0}")]
    Report(#[source] io::Error),
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
        Command::Token { step, token } => token::run(step, token),
        Command::SigningKey { step } => signing_key::run(step),
        Command::Bench(flags) => bench::run(flags),
        Command::ExecTied { parent, program, args } => Err(CommandError::Exec(exec_tied(parent, &program, &args))),
    }
}

/// The store that the settings name, with every pending migration applied.
fn open_store(settings: &Settings) -> Result<Ports, CommandError> {
    make_data_folder(&settings.data_dir)?;
    for version in migrations::up(&settings.database)? {
        tracing::info!(version, "a migration was applied");
    }
    Ok(showrunner_store::open(&settings.database)?)
}

/// Where the bytes of files go, in a folder for its owner alone.
fn storage(settings: &Settings) -> Result<Storage, CommandError> {
    make_data_folder(&settings.blobs)?;
    let blobs = Folder::open(&settings.blobs).map_err(StoreError::new)?;
    Ok(Storage { blobs: Arc::new(blobs), limits: settings.file_limits })
}

/// What makes something of files: with the fonts of the folder `fonts` beside those that the program has, and a folder for
/// what is only there while a job is done.
fn tools(settings: &Settings) -> Result<Tools, CommandError> {
    let fonts = fonts::read(&settings.data_dir.join("fonts")).map_err(CommandError::Fonts)?;
    let scratch = settings.data_dir.join("scratch");
    make_data_folder(&scratch)?;
    let videos = Ffmpeg::new(scratch.clone(), programs()).launched_by(launcher());
    videos.remove_abandoned().map_err(CommandError::Scratch)?;
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

/// Makes the data folder, for its owner alone, unless it is there.
fn make_data_folder(path: &Path) -> Result<(), CommandError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(CommandError::DataFolder)
}

/// What went wrong, with every refused field where there are any.
fn sentence(error: &ServiceError) -> String {
    match error {
        ServiceError::Invalid(errors) => {
            let told: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
            told.join("; ")
        }
        other => other.to_string(),
    }
}
