//! Bringing a store to this release's tables, and back. Every command takes the store's migration lock, so that many
//! nodes may start at once. A store that a later release has migrated is refused.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use showrunner_domain::StoreError;

use crate::failure::Failure;
use crate::{Location, postgres, sqlite};

/// A migration and whether the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The migration's name.
    pub name: String,
    /// Whether it was run.
    pub applied: bool,
}

/// Whether there is a store at `location`: on SQLite a file, on Postgres a database with our tables.
///
/// # Errors
/// A file that cannot be a store's, such as an empty or a corrupt one, and a database that cannot be asked.
pub fn exists(location: &Location) -> Result<bool, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::exists(path)?,
        Location::Postgres(url) => postgres::exists(url)?,
    })
}

/// Runs every migration that the store lacks and answers their versions. A store that is missing is made. What was
/// folded by the rules of an earlier release is folded again.
pub fn up(location: &Location) -> Result<Vec<String>, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::migrate_or_create(path)?,
        Location::Postgres(url) => postgres::migrate_or_create(url)?,
    })
}

/// As [`up`], but makes no store: `None` where there is none.
pub fn up_if_exists(location: &Location) -> Result<Option<Vec<String>>, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::migrate_if_exists(path)?,
        Location::Postgres(url) => postgres::migrate_if_exists(url)?,
    })
}

/// What reverting the last migration would lose: tables and columns with the number of their rows, as a sentence each.
/// Nothing is changed.
pub fn losses(location: &Location) -> Result<Vec<String>, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::losses(path)?,
        Location::Postgres(url) => postgres::losses(url)?,
    })
}

/// Reverts the migration that was run last and answers its version.
pub fn down(location: &Location) -> Result<String, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::migrate(path, revert_last)?,
        Location::Postgres(url) => postgres::migrate(url, revert_last)?,
    })
}

/// Every migration of this release.
pub fn status(location: &Location) -> Result<Vec<MigrationStatus>, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::migrate(path, list)?,
        Location::Postgres(url) => postgres::migrate(url, list)?,
    })
}

/// Refuses a store whose tables are not those of this release.
pub(crate) fn require_current(location: &Location) -> Result<(), Failure> {
    let statuses = match location {
        Location::Sqlite(path) => sqlite::migrate(path, list)?,
        Location::Postgres(url) => postgres::migrate(url, list)?,
    };
    let behind: Vec<_> = statuses.into_iter().filter(|status| !status.applied).map(|status| status.name).collect();
    if behind.is_empty() { Ok(()) } else { Err(Failure::Behind(behind.join(", "))) }
}

/// The names of the migrations that the store behind `conn` lacks.
pub(crate) fn pending<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    let pending = conn.pending_migrations(migrations).map_err(Failure::Migration)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

pub(crate) fn run_all<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    known(conn, &migrations)?;
    let run = conn.run_pending_migrations(migrations).map_err(Failure::Migration)?;
    Ok(run.iter().map(ToString::to_string).collect())
}

pub(crate) fn revert_last<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<String, Failure> {
    known(conn, &migrations)?;
    conn.revert_last_migration(migrations).map(|version| version.to_string()).map_err(Failure::Migration)
}

fn list<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<MigrationStatus>, Failure> {
    let known = known(conn, &migrations)?;
    let pending = pending(conn, migrations)?;
    let statuses = known.iter().map(|migration| {
        let name = migration.name().to_string();
        let applied = !pending.contains(&name);
        MigrationStatus { name, applied }
    });
    Ok(statuses.collect())
}

/// Every migration of this release, which must be all that the store has.
fn known<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: &EmbeddedMigrations,
) -> Result<Vec<Box<dyn Migration<DB>>>, Failure> {
    let known: Vec<Box<dyn Migration<DB>>> = migrations.migrations().map_err(Failure::Migration)?;
    let versions: BTreeSet<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(Failure::Migration)?;
    let newer: Vec<_> = applied.iter().map(ToString::to_string).filter(|name| !versions.contains(name)).collect();
    if newer.is_empty() { Ok(known) } else { Err(Failure::Newer(newer.join(", "))) }
}
