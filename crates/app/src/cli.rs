//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The production server for episodic media.
#[derive(Debug, Parser)]
#[command(name = "showrunner", version)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and live events, applying pending migrations first.
    Serve(Flags),
    /// Show, apply or revert migrations of the store.
    Migrate {
        /// Which of these.
        #[command(subcommand)]
        step: MigrateStep,
    },
    /// Print an access token for a user, who is created when missing.
    Token {
        /// The user's e-mail address.
        #[arg(long)]
        email: String,
        /// The highest role that the token carries: viewer, editor, admin or worker.
        #[arg(long)]
        role: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// What to do with migrations.
#[derive(Debug, Subcommand)]
pub(crate) enum MigrateStep {
    /// Apply every pending migration.
    Up(Flags),
    /// Revert the migration that was applied last.
    Down(Flags),
    /// List all migrations, and whether each is applied.
    Status(Flags),
}

/// Settings. Each may also stand in the configuration file or, as `SHOWRUNNER_…`, in the environment; flags win over
/// the environment, the environment over the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Flags {
    /// A TOML file with settings [default: showrunner.toml, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where data and keys are kept [default: ./data].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<String>,
    /// The address to listen on [default: 127.0.0.1:3002].
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// The store: sqlite: or postgres://… [default: sqlite: in the data folder].
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// What is logged, as a level or as directives such as `info,showrunner_store=debug` [default: info].
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}
