//! The one port through which anything is written that others may learn of.

use async_trait::async_trait;
use thiserror::Error;

use crate::event::{Effects, ReaderName, Seq};
use crate::{ChangeSet, QuotaExceeded, Receipt, StoreError, StoredReceipt};

/// A change set is in the store, durably.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed;

/// Why nothing of a change set was written.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A record is not in the expected version any more, or gone.
    #[error("a record was changed by another writer")]
    Stale,
    /// Another record holds what must be unique.
    #[error("{what} already exists")]
    AlreadyExists {
        /// What exists, as the beginning of the sentence.
        what: &'static str,
    },
    /// The record that this field names does not exist.
    #[error("what {field} names does not exist")]
    Dangling {
        /// The field's name on the wire.
        field: &'static str,
    },
    /// Other records belong to the one that is to leave.
    #[error("{reason}")]
    InUse {
        /// A sentence that says what to do.
        reason: &'static str,
    },
    /// The change would leave the store without an administrator.
    #[error("no administrator would be left")]
    LastAdmin,
    /// A request of the same receipt scope was carried out before.
    #[error("the request was already carried out")]
    Received(StoredReceipt),
    /// Somebody would have more than one may have.
    #[error(transparent)]
    Quota(#[from] QuotaExceeded),
    /// The store failed. Nothing was written, unless the connection broke while the answer was on its way.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A reader's step: what follows from the events after `from` up to `to`.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// Whose step.
    pub reader: ReaderName,
    /// Where the reader's cursor must stand.
    pub from: Seq,
    /// Where it will stand.
    pub to: Seq,
    /// What is written with it.
    pub effects: Effects,
}

/// What became of a reader's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// The effects are written and the cursor has moved.
    Done,
    /// Another process took this step first: nothing was written, and the cursor stands elsewhere.
    Lost,
}

/// Writes changes and effects, each wholly or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes the states, the receipt and the events of `set` in one transaction and answers when that is durable.
    ///
    /// MUST write nothing and return [`CommitError::Stale`] where a record is not in the expected version,
    /// [`CommitError::AlreadyExists`] where a unique value is taken, [`CommitError::Dangling`] where a record would belong
    /// to one that does not exist, [`CommitError::InUse`] where one would leave that others belong to,
    /// [`CommitError::LastAdmin`] where the last administrator would be deleted or lose the role and
    /// [`CommitError::Received`] where a valid receipt of the same scope is there, also against changes that other
    /// nodes commit at the same time. Each event MUST get its place in the log after every event of a change that was answered
    /// before, and events of one record in the order of its versions; the number may be given a moment later.
    async fn commit(&self, set: ChangeSet) -> Result<Committed, CommitError>;

    /// What the valid receipt of this scope says, if there is one.
    async fn find_receipt(&self, receipt: Receipt) -> Result<Option<StoredReceipt>, StoreError>;

    /// Writes a reader's effects and moves its cursor, in one transaction.
    ///
    /// MUST write nothing and answer [`Advanced::Lost`] where the cursor does not stand at `advance.from`.
    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError>;
}
