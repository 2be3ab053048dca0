//! Carrying a request out once, however often it is sent.

use async_trait::async_trait;

use crate::{StoreError, Timestamp};

/// Remembers that a request was carried out, in the transaction that carries it out, so that repeating it does
/// nothing and answers the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose request it was, where it went and its key; at most one valid receipt a scope.
    pub scope: String,
    /// A digest of what was asked, to notice another request under the same key.
    pub fingerprint: String,
    /// When it was asked.
    pub asked_at: Timestamp,
}

impl Receipt {
    /// How long a receipt is valid, in seconds: a day.
    const LIFETIME: i64 = 24 * 60 * 60;

    /// Receipts from this time or before are no longer valid when this request is asked.
    #[must_use]
    pub fn expired_until(&self) -> Timestamp {
        Self::expired_at(self.asked_at)
    }

    /// Receipts from this time or before are no longer valid at `now`.
    #[must_use]
    pub fn expired_at(now: Timestamp) -> Timestamp {
        now.plus_seconds(-Self::LIFETIME)
    }
}

/// Removes receipts that no request will ask for any more. They are written and found through the ledger.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// Removes the oldest receipts that are no longer valid at `now`, `limit` at most, and answers how many.
    ///
    /// Time is the store's own where nodes share it. A receipt that is written again meanwhile MUST stay.
    async fn remove_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;
}

/// What an earlier request with the same receipt scope was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// The digest of what was asked then.
    pub fingerprint: String,
    /// Whether it created the record.
    pub created: bool,
    /// The record that it resulted in, as JSON text.
    pub record: String,
}

/// What a request that may be repeated is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered<T> {
    /// It was carried out now.
    Now(T),
    /// It was carried out before; this was the answer.
    Before(StoredReceipt),
}
