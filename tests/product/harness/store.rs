//! A store that one test owns: folders in a temporary place and, on Postgres, a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::{Outside, Server};

/// The environment variable that names the Postgres server: a connection URL of a superuser.
const POSTGRES: &str = "SHOWRUNNER_TEST_POSTGRES";

/// Where a test's data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// In a file of the data folder.
    Sqlite,
    /// In a database on the server that `make test` starts.
    Postgres,
}

/// One test's store. It is gone when this value is.
pub(crate) struct Store {
    home: TempDir,
    database: Option<Database>,
}

impl Store {
    /// A new, empty store.
    pub(crate) fn new(backend: Backend) -> Self {
        let database = (backend == Backend::Postgres).then(|| Database::create("template1"));
        Self { home: TempDir::new().unwrap(), database }
    }

    /// A new store with its tables, on which no server has run.
    pub(crate) fn migrated(backend: Backend) -> Self {
        let store = Self::new(backend);
        let output = store.words(&["migrate", "up"], "data").output().unwrap();
        assert!(output.status.success(), "showrunner migrate up failed: {}", String::from_utf8_lossy(&output.stderr));
        store
    }

    /// Another store that is as this one is now, as restored from a backup of it. No server may run on this one.
    pub(crate) fn copied(&self) -> Self {
        let database = self.database.as_ref().map(|database| Database::create(&database.name));
        let home = TempDir::new().unwrap();
        let copied = Command::new("cp").arg("-a").arg(self.folder("data")).arg(home.path()).status().unwrap();
        assert!(copied.success());
        Self { home, database }
    }

    /// The data folder of this name. On SQLite another folder is another store.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Where files that belong to no data folder are put.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// `showrunner <subcommand>` for a data folder of this store.
    pub(crate) fn command(&self, subcommand: &str, folder: &str) -> Command {
        self.words(&[subcommand], folder)
    }

    /// `showrunner <words>`, such as `migrate up`, for a data folder of this store.
    pub(crate) fn words(&self, words: &[&str], folder: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_showrunner"));
        command.args(words).arg("--data-dir").arg(self.folder(folder)).args(self.database_flags());
        command
    }

    /// What names the database to a command; nothing on SQLite.
    pub(crate) fn database_flags(&self) -> Vec<&str> {
        self.database.iter().flat_map(|database| ["--database-url", &database.url]).collect()
    }

    /// From now on the database is reached at the address that `relay` answers for its own, `HOST:PORT`.
    pub(crate) fn reach_database_by(&mut self, relay: impl FnOnce(&str) -> String) {
        let url = &mut self.database.as_mut().expect("a store on Postgres").url;
        let (_, place) = url.rsplit_once('@').or_else(|| url.split_once("//")).unwrap();
        let (address, _) = place.split_once('/').unwrap();
        *url = url.replace(address, &relay(address));
    }

    /// The server on the usual data folder.
    pub(crate) fn serve(&self) -> Server {
        self.serve_from("data")
    }

    /// A server on the data folder of this name.
    pub(crate) fn serve_from(&self, folder: &str) -> Server {
        Server::start(self, folder, |_| {})
    }

    /// A token by the product's own command, on the usual data folder; the user is made when missing.
    pub(crate) fn token(&self, email: &str, role: &str) -> String {
        self.token_from("data", email, role)
    }

    /// A token by the product's own command, on the data folder of this name.
    pub(crate) fn token_from(&self, folder: &str, email: &str, role: &str) -> String {
        let Output { status, stdout, stderr } =
            self.command("token", folder).args(["--email", email, "--role", role]).output().unwrap();
        assert!(status.success(), "showrunner token failed: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap().trim_end().to_owned()
    }

    /// A connection into the usual data folder's store, past the server.
    pub(crate) fn outside(&self) -> Outside {
        match &self.database {
            Some(database) => Outside::postgres(&database.url),
            None => Outside::sqlite(&self.folder("data").join("showrunner.db")),
        }
    }
}

/// A database of its own on the Postgres server.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    #[expect(clippy::disallowed_methods, reason = "the product has no setting for its own tests")]
    fn create(template: &str) -> Self {
        let server = std::env::var(POSTGRES)
            .unwrap_or_else(|_| panic!("{POSTGRES} is not set: run through `make test`, which starts a Postgres"));
        let name = format!("product_{:016x}", fastrand::u64(..));
        Outside::postgres(&server).run(&format!("create database {name} template {template}"));
        let (address, _) = server.rsplit_once('/').expect("a URL that names a database");
        Self { url: format!("{address}/{name}"), server, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = Outside::postgres(&self.server).try_run(&format!("drop database {} with (force)", self.name));
        if let Err(error) = dropped {
            eprintln!("the database {} stays behind: {error}", self.name);
        }
    }
}
