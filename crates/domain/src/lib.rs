//! Showrunner's rules, free of I/O: no database, no network, no clock and no randomness but through ports.
//!
//! One folder a subject, each with its records, its rules, its ports and its service. A use case is always the same
//! three steps: load a record, let a pure transition make a [`Change`] of it, commit that through the [`Ledger`].
//! A [`Change`] holds the new state *and* the events that tell of it, and only this crate can build one: state
//! cannot be saved without its event. Everything that follows from a change (activities, notifications, live
//! delivery) is a reader of the event log.
//!
//! With the feature `mocks` the module `mocks` offers a mockall mock of every port, and [`event`] a sample of every event; with the feature `schema` records
//! and values tell their JSON Schema.

pub mod activity;
pub mod composition;
pub mod episode;
pub mod event;
pub mod export;
pub mod file;
pub mod identity;
pub mod import;
pub mod job;
pub mod limits;
pub mod media;
pub mod membership;
pub mod notification;
pub mod presence;
pub mod quota;
pub mod removal;
pub mod schedule;
pub mod show;

mod change;
mod difference;
mod error;
mod fold;
mod id;
mod invalid;
mod json;
mod ledger;
#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
mod page;
mod receipt;
mod receiver;
mod references;
mod resource;
#[cfg(feature = "schema")]
mod schema;
mod terms;
pub mod text;
mod time;
mod value;
mod version;
mod writing;

pub use change::{Change, ChangeSet, RecordChange};
pub(crate) use difference::Difference;
pub use error::{ServiceError, StoreError};
pub use fold::fold;
pub use id::{IdSource, ParseIdError};
pub use invalid::{FieldError, Invalid};
pub use json::MAX_JSON_DEPTH;
pub use ledger::{Advance, Advanced, CommitError, Committed, Ledger};
pub use limits::QuotaExceeded;
pub use page::{Limit, Page};
pub use receipt::{Answered, Receipt, ReceiptStore, StoredReceipt};
pub use receiver::Receiver;
pub use references::{Reference, References};
pub use resource::{ResourceKind, Subject};
pub use terms::Terms;
pub use time::{Clock, SharedClock, Timestamp};
pub use value::{Bounded, Line, Prose};
pub use version::{Precondition, Version};
