//! One's own view of notifications. They are written by their reader; read marks are no change of a record.

use async_trait::async_trait;

use super::{Concern, Interest, Notification, NotificationAfter, NotificationId, NotificationQuery, Preferences};
use crate::identity::UserId;
use crate::{Page, StoreError, Timestamp};

/// Reads and marks notifications of one owner. No method ever touches another's.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait NotificationStore: Send + Sync {
    /// A page of the owner's notifications, newest first.
    async fn list_notifications(
        &self,
        owner: UserId,
        query: NotificationQuery,
    ) -> Result<Page<Notification, NotificationAfter>, StoreError>;

    /// How many of the owner's notifications are unread.
    async fn count_unread(&self, owner: UserId) -> Result<u64, StoreError>;

    /// Marks one as read at `now`, unless it was read before, and answers it; `None` if the owner has no such one.
    async fn mark_read(
        &self,
        owner: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Option<Notification>, StoreError>;

    /// Marks every unread one as read at `now` and answers how many those were.
    async fn mark_all_read(&self, owner: UserId, now: Timestamp) -> Result<u64, StoreError>;

    /// Deletes one and answers it; `None` if the owner has no such one.
    async fn delete_notification(&self, owner: UserId, id: NotificationId) -> Result<Option<Notification>, StoreError>;
}

/// Keeps what people want to be told of.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PreferenceStore: Send + Sync {
    /// What the owner wants; the usual where they never said.
    async fn find_preferences(&self, owner: UserId) -> Result<Preferences, StoreError>;

    /// Keeps all of what the owner wants, in the place of what they wanted before.
    async fn keep_preferences(&self, owner: UserId, preferences: Preferences, now: Timestamp)
    -> Result<(), StoreError>;

    /// What the store knows of the people whom events may concern. The preferences come without what those people
    /// follow.
    async fn find_interest(&self, concern: Concern) -> Result<Interest, StoreError>;
}
