//! How work inside a transaction fails, before it is told in the domain's words.

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
            other => Self::Store(StoreError::new(other)),
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
            other => Self::new(other),
        }
    }
}
