//! Why there are no figures.

use std::io;

use showrunner_domain::ServiceError;
use thiserror::Error;

/// Why a benchmark ended without a report; a sentence for whoever started it.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The folder of the benchmark, or something in it, could not be had.
    #[error("the temporary folder: {0}")]
    Folder(#[source] io::Error),
    /// The program could not be started, asked for its end or waited for.
    #[error("showrunner {command}: {source}")]
    Program {
        /// The command.
        command: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The program's command ended without success.
    #[error("showrunner {command} failed: {said}")]
    Command {
        /// The command.
        command: String,
        /// What it said of it.
        said: String,
    },
    /// The server ended before it accepted connections.
    #[error("the server ended before it listened")]
    NeverListened,
    /// What the operating system tells of a process or of the machine could not be had.
    #[error("{path} cannot be used, and benchmarks need Linux: {reason}")]
    Proc {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database holds tables of Showrunner's.
    #[error(
        "the database has been migrated before: give one without Showrunner's tables, because a benchmark writes \
         thousands of episodes and removes every table in the end"
    )]
    DatabaseInUse,
    /// A connection failed.
    #[error("a connection to the server: {0}")]
    Connection(#[from] io::Error),
    /// Bytes came that are no answer.
    #[error("an answer cannot be understood: {0}")]
    Answer(String),
    /// An answer came that was not the expected one.
    #[error("{asked} was answered by {status}: {body}")]
    Status {
        /// What was asked for.
        asked: String,
        /// The answer's status.
        status: u16,
        /// The beginning of its body.
        body: String,
    },
    /// A WebSocket did not carry what it should.
    #[error("a WebSocket: {0}")]
    Socket(String),
    /// Something did not come about.
    #[error("waited in vain until {0}")]
    Late(String),
    /// The engine of jobs did not do what was asked.
    #[error("the engine of jobs: {0}")]
    Engine(#[from] ServiceError),
    /// Whoever started it wants no more of it.
    #[error("interrupted")]
    Interrupted,
}
