//! Keeping presence.

use async_trait::async_trait;

use super::Viewing;
use crate::{StoreError, Subject, Timestamp};

/// Keeps who looks at what.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PresenceStore: Send + Sync {
    /// Who looks at `subject` at the time `now`: one entry a user, at most 1,000, those first who came first.
    async fn viewings(&self, subject: Subject, now: Timestamp) -> Result<Vec<Viewing>, StoreError>;

    /// Keeps `viewing`, in the place of an earlier one of the same user and record, and forgets expired ones.
    async fn keep_viewing(&self, viewing: Viewing, now: Timestamp) -> Result<(), StoreError>;
}
