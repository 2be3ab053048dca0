//! How work inside a transaction fails, before it is told in the domain's words.

use std::path::{Path, PathBuf};

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use showrunner_domain::{CommitError, StoreError};
use thiserror::Error;

/// Why work in the store ended without effect.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The domain expects this outcome and handles it.
    #[error(transparent)]
    Refused(CommitError),
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Query(#[from] QueryError),
    /// A row holds what the domain would never have written.
    #[error("table {table}, row {row}, column {column}: {problem}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
        /// The column.
        column: &'static str,
        /// What is wrong with the value.
        problem: String,
    },
    /// No connection could be had.
    #[error("no connection: {0}")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file of the store could not be used.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do where that is known.
        problem: String,
    },
    /// Nobody has made a store here.
    #[error("there is no store at {0}: start serve there once")]
    Missing(String),
    /// The database holds something, and not a store.
    #[error("this is no store of Showrunner: name another database, or restore a backup")]
    NotOurs,
    /// A later release has changed the tables.
    #[error("the store has migrations that this release does not know ({0}): use the release that applied them")]
    Newer(String),
    /// The tables are those of an earlier release.
    #[error("the store lacks migrations of this release ({0}): start serve or run `migrate up` first")]
    Behind(String),
    /// A connection has not answered in time, and was given up with all others.
    #[error("the database did not answer in time")]
    Silent,
    /// Everybody's turns are taken, or a scan took longer than it may.
    #[error("others keep the store busy, or this takes too long")]
    Busy,
    /// Another process holds the write lock.
    #[error("the write lock could not be had: {0}")]
    Locked(String),
    /// A migration could not be read, run or reverted.
    #[error("a migration failed: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The work panicked.
    #[error("the work in the store panicked")]
    Panicked,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl Failure {
    /// No connection, because of `cause`.
    pub(crate) fn connection(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Connection(cause.into())
    }

    /// The file `path` could not be used, because of `problem`.
    pub(crate) fn file(path: &Path, problem: &dyn ToString) -> Self {
        Self::File { path: path.to_owned(), problem: problem.to_string() }
    }

    fn into_store_error(self) -> StoreError {
        match &self {
            Self::Query(error) if is_refusal(error) => StoreError::refusal(self),
            Self::Busy => StoreError::busy(self),
            _ => StoreError::new(self),
        }
    }
}

/// How the stores begin to say that data cannot be kept. Diesel does not pass on a server's SQLSTATE, only its kinds of
/// constraint violations (class 23). So class 22 (data exception) is known by what the server says, in English: connections
/// ask for that where they may, and elsewhere such a refusal counts as an outage. SQLite's own words are those of the
/// library that is built in.
const REFUSALS: [&str; 9] = [
    "unsupported Unicode escape sequence", // 22P05
    "invalid byte sequence for encoding",  // 22021
    "value too long for type",             // 22001
    "invalid input syntax for type",       // 22P02
    "date/time field value out of range",  // 22008
    "index row size",                      // 54000, what an index cannot hold
    "string or blob too big",              // SQLITE_TOOBIG
    "datatype mismatch",                   // SQLITE_MISMATCH
    "cannot store ",                       // SQLITE_CONSTRAINT_DATATYPE
];
/// How they end to say so: a number (22003) or a time (22008) of any type.
const OUT_OF_RANGE: &str = " out of range";

/// Whether the store is well and refuses the data of a statement.
fn is_refusal(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(kind, info) => match kind {
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => true,
            DatabaseErrorKind::Unknown => {
                let message = info.message();
                REFUSALS.iter().any(|beginning| message.starts_with(beginning)) || message.ends_with(OUT_OF_RANGE)
            }
            _ => false,
        },
        QueryError::SerializationError(_) | QueryError::InvalidCString(_) => true,
        _ => false,
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)) => {
                let place = info.constraint_name().unwrap_or_else(|| info.message());
                Self::AlreadyExists { what: taken(place) }
            }
            // What the row belongs to was deleted meanwhile.
            Failure::Query(QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Self::Stale,
            other => Self::Store(other.into_store_error()),
        }
    }
}

/// What exists already, from the constraint's name or what SQLite says in its place.
fn taken(place: &str) -> &'static str {
    let known = [
        ("compositions", "a composition that stands for this episode"),
        ("users", "a user with this e-mail address"),
        ("blobs", "a blob with these bytes"),
        ("jobs", "a live job of this type with this unique key"),
        ("shows", "a show with this slug"),
        ("episodes_by_place", "an episode with this number in this season of the show"),
    ];
    known.into_iter().find(|(name, _)| place.contains(name)).map_or("this record", |(_, what)| what)
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(CommitError::Store(error)) => error,
            other => other.into_store_error(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(message: &str) -> bool {
        is_refusal(&QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())))
    }

    #[test]
    fn a_refusal_by_the_data_is_told_from_an_outage() {
        for message in [
            "unsupported Unicode escape sequence",
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "value too long for type character varying(40)",
            "integer out of range",
            "date/time field value out of range: \"9999999\"",
            "string or blob too big",
            "datatype mismatch",
            "cannot store TEXT value in INTEGER column activities.seq",
        ] {
            assert!(refused(message), "{message}");
        }
        for message in [
            "canceling statement due to statement timeout",
            "could not extend file: No space left on device",
            "database or disk is full",
            "disk I/O error",
            "database is locked",
            "terminating connection due to administrator command",
            "cannot execute INSERT in a read-only transaction",
            "refused from outside",
        ] {
            assert!(!refused(message), "{message}");
        }
        let constraint = |kind| is_refusal(&QueryError::DatabaseError(kind, Box::new(String::new())));
        assert!(constraint(DatabaseErrorKind::UniqueViolation) && constraint(DatabaseErrorKind::CheckViolation));
        assert!(
            !constraint(DatabaseErrorKind::ClosedConnection) && !constraint(DatabaseErrorKind::ReadOnlyTransaction)
        );
        assert!(!is_refusal(&QueryError::NotInTransaction));
    }
}
