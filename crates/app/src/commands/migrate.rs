//! `showrunner migrate`: the store's tables, by hand.

use showrunner_store::migrations;

use super::{CommandError, make_data_folder};
use crate::cli::{Flags, MigrateStep};
use crate::settings::Settings;

pub(super) fn run(step: MigrateStep) -> Result<(), CommandError> {
    match step {
        MigrateStep::Up(flags) => up(&prepared(flags)?),
        MigrateStep::Down(flags) => down(&prepared(flags)?),
        MigrateStep::Status(flags) => status(&prepared(flags)?),
    }
}

fn prepared(flags: Flags) -> Result<Settings, CommandError> {
    let settings = Settings::read(flags)?;
    make_data_folder(&settings.data_dir)?;
    Ok(settings)
}

fn up(settings: &Settings) -> Result<(), CommandError> {
    let applied = migrations::up(&settings.database)?;
    for version in &applied {
        println!("applied {version}");
    }
    if applied.is_empty() {
        println!("nothing to apply");
    }
    Ok(())
}

fn down(settings: &Settings) -> Result<(), CommandError> {
    println!("reverted {}", migrations::down(&settings.database)?);
    Ok(())
}

fn status(settings: &Settings) -> Result<(), CommandError> {
    for migration in migrations::status(&settings.database)? {
        println!("{} {}", if migration.applied { "applied" } else { "pending" }, migration.name);
    }
    Ok(())
}
