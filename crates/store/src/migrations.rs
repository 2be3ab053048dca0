//! Bringing a store to this release's tables, and back. Every command takes the store's migration lock, so that many
//! nodes may start at once.

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

/// Runs every migration that the store lacks and answers their versions. What was folded by the rules of an earlier release is
/// folded again.
pub fn up(location: &Location) -> Result<Vec<String>, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::migrate(path, |conn, migrations| {
            let run = run_all(conn, migrations)?;
            sqlite::refold(conn).map(|()| run)
        })?,
        Location::Postgres(url) => postgres::migrate(url, |conn, migrations| {
            let run = run_all(conn, migrations)?;
            postgres::refold(conn).map(|()| run)
        })?,
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

/// The names of the migrations that the store behind `conn` lacks.
pub(crate) fn pending<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    let pending = conn.pending_migrations(migrations).map_err(Failure::Migration)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

fn run_all<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, Failure> {
    let run = conn.run_pending_migrations(migrations).map_err(Failure::Migration)?;
    Ok(run.iter().map(ToString::to_string).collect())
}

fn revert_last<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<String, Failure> {
    conn.revert_last_migration(migrations).map(|version| version.to_string()).map_err(Failure::Migration)
}

fn list<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    migrations: EmbeddedMigrations,
) -> Result<Vec<MigrationStatus>, Failure> {
    let known: Vec<Box<dyn Migration<DB>>> = migrations.migrations().map_err(Failure::Migration)?;
    let pending = pending(conn, migrations)?;
    let statuses = known.iter().map(|migration| {
        let name = migration.name().to_string();
        let applied = !pending.contains(&name);
        MigrationStatus { name, applied }
    });
    Ok(statuses.collect())
}
