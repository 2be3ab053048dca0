//! Where a benchmark takes place: a temporary folder and, where one was given, a database.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::Server;
use crate::{BenchError, Plan, Store};

/// Who the benchmark's requests come from, and who does its jobs. Users are made by their first token.
const USER: &str = "bench@example.com";
const WORKER: &str = "worker@example.com";
/// What every setting's environment variable begins with.
const SETTING: &str = "SHOWRUNNER_";
/// How much of the server's log is shown when something went wrong, in lines.
const LOG_LINES: usize = 20;

/// A place for servers. The folder is gone when this value is.
pub(crate) struct Home {
    folder: TempDir,
    program: PathBuf,
    database_url: Option<String>,
}

impl Home {
    /// A new folder, and the plan's database, which must hold nothing of Showrunner's.
    pub(crate) fn new(plan: &Plan) -> Result<Self, BenchError> {
        let folder = TempDir::with_prefix("showrunner-bench-").map_err(BenchError::Folder)?;
        // An empty one here keeps the machine's own from being read.
        File::create(folder.path().join("showrunner.toml")).map_err(BenchError::Folder)?;
        let home = Self { folder, program: plan.program.clone(), database_url: plan.database_url.clone() };
        let used = match &home.database_url {
            Some(url) => (plan.has_store)(url)? && home.migrations("applied")? > 0,
            None => false,
        };
        if used { Err(BenchError::DatabaseInUse) } else { Ok(home) }
    }

    /// Where the server keeps its data.
    pub(crate) fn store(&self) -> Store {
        if self.database_url.is_some() { Store::Postgres } else { Store::Sqlite }
    }

    /// A server on the data folder of this name that accepts connections.
    pub(crate) fn serve(&self, data: &str) -> Result<Server, BenchError> {
        let mut command = self.command("serve", data);
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(self.log()?);
        Server::start(command)
    }

    /// A token of an administrator for the server on this data folder: others may write only so much a day.
    pub(crate) fn token(&self, data: &str) -> Result<String, BenchError> {
        self.token_of(USER, "admin", data)
    }

    /// A token of a worker for the server on this data folder.
    pub(crate) fn worker_token(&self, data: &str) -> Result<String, BenchError> {
        self.token_of(WORKER, "worker", data)
    }

    /// The folder of this name.
    pub(crate) fn folder(&self, data: &str) -> PathBuf {
        self.folder.path().join(data)
    }

    /// The database that was given.
    pub(crate) fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    fn token_of(&self, email: &str, role: &str, data: &str) -> Result<String, BenchError> {
        let mut command = self.command("token", data);
        let printed = output("token", command.args(["--email", email, "--role", role]))?;
        Ok(printed.trim().to_owned())
    }

    /// Takes everything out of the database again, if there is one. No server may run.
    pub(crate) fn clear_database(&self) -> Result<(), BenchError> {
        if self.store() == Store::Postgres {
            for _ in 0..self.migrations("applied")? {
                self.migrate(&["down", "--yes"])?;
            }
        }
        Ok(())
    }

    /// The end of what servers have logged here.
    pub(crate) fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    /// How many migrations are in this state.
    fn migrations(&self, state: &str) -> Result<usize, BenchError> {
        Ok(self.migrate(&["status"])?.lines().filter(|line| line.starts_with(state)).count())
    }

    fn migrate(&self, step: &[&str]) -> Result<String, BenchError> {
        // The step comes before the settings.
        let mut command = self.bare("migrate");
        command.args(step).arg("--data-dir").arg(self.folder.path().join("migrate"));
        output("migrate", &mut command)
    }

    fn command(&self, subcommand: &str, data: &str) -> Command {
        let mut command = self.bare(subcommand);
        command.arg("--data-dir").arg(self.folder.path().join(data));
        command
    }

    /// A command with default settings, whatever the environment or a file says here. The database goes by the
    /// environment: command lines are visible to all users.
    fn bare(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(subcommand).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(SETTING)) {
            command.env_remove(name);
        }
        if let Some(url) = &self.database_url {
            command.env("SHOWRUNNER_DATABASE_URL", url);
        }
        command
    }

    fn log(&self) -> Result<File, BenchError> {
        OpenOptions::new().create(true).append(true).open(self.log_path()).map_err(BenchError::Folder)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

/// What a command prints.
fn output(name: &str, command: &mut Command) -> Result<String, BenchError> {
    let ran = command.output();
    let Output { status, stdout, stderr } =
        ran.map_err(|source| BenchError::Program { command: name.to_owned(), source })?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(BenchError::Command { command: name.to_owned(), said: String::from_utf8_lossy(&stderr).trim().to_owned() })
}
