//! `showrunner migrate`: the store's tables, by hand.

use std::io::{self, IsTerminal as _, Write as _};

use showrunner_store::migrations;

use super::{CommandError, folder, migrate_store, prepare};
use crate::cli::{Flags, MigrateStep};
use crate::settings::Settings;

pub(super) fn run(step: MigrateStep) -> Result<(), CommandError> {
    match step {
        MigrateStep::Up(flags) => up(&prepare(flags)?),
        MigrateStep::Down { yes, flags } => down(&existing(flags)?, yes),
        MigrateStep::Status(flags) => status(&existing(flags)?),
    }
}

fn existing(flags: Flags) -> Result<Settings, CommandError> {
    let settings = prepare(flags)?;
    folder::require_private_if_there(&settings.data_dir)?;
    Ok(settings)
}

fn up(settings: &Settings) -> Result<(), CommandError> {
    let applied = migrate_store(settings)?;
    for version in &applied {
        println!("applied {version}");
    }
    if applied.is_empty() {
        println!("nothing to apply");
    }
    Ok(())
}

fn down(settings: &Settings, yes: bool) -> Result<(), CommandError> {
    if !yes {
        let losses = migrations::losses(&settings.database)?;
        if !losses.is_empty() && !confirm(&losses) {
            return Err(CommandError::Losses(losses));
        }
    }
    println!("reverted {}", migrations::down(&settings.database)?);
    Ok(())
}

/// Asks on a terminal whether all this may be lost.
fn confirm(losses: &[String]) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    eprint!("This loses {}. Type yes to go on: ", losses.join(", "));
    let mut answer = String::new();
    io::stderr().flush().is_ok() && io::stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}

fn status(settings: &Settings) -> Result<(), CommandError> {
    for migration in migrations::status(&settings.database)? {
        println!("{} {}", if migration.applied { "applied" } else { "pending" }, migration.name);
    }
    Ok(())
}
