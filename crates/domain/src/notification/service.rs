//! The use cases of notifications.

use std::sync::Arc;

use super::{Notification, NotificationAfter, NotificationId, NotificationQuery, NotificationStore};
use crate::event::{EventLog, ReaderGate, ReaderName};
use crate::identity::{Action, Caller, UserId, permit};
use crate::{Clock, Page, ResourceKind, ServiceError};

/// A page of notifications, and how many events it may lack.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationPage {
    /// The page.
    pub page: Page<Notification, NotificationAfter>,
    /// How many events that were committed before the request were not looked at yet.
    pub lag: u64,
}

/// How many notifications are unread, and how many events that may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadCount {
    /// How many are unread.
    pub unread: u64,
    /// How many events that were committed before the request were not looked at yet.
    pub lag: u64,
}

/// Everything that one can do with one's notifications.
pub struct NotificationService {
    /// Keeps notifications.
    pub notifications: Arc<dyn NotificationStore>,
    /// Tells what was committed.
    pub log: Arc<dyn EventLog>,
    /// Tells how far the notifications' reader has come.
    pub gate: Arc<dyn ReaderGate>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl NotificationService {
    /// A page of the caller's notifications that follows from everything committed before this call, or says what
    /// it lacks.
    pub async fn list(&self, caller: &Caller, query: NotificationQuery) -> Result<NotificationPage, ServiceError> {
        let owner = owner(caller, Action::Read)?;
        let lag = self.lag().await?;
        Ok(NotificationPage { page: self.notifications.list_notifications(owner, query).await?, lag })
    }

    /// How many of the caller's notifications are unread.
    pub async fn unread_count(&self, caller: &Caller) -> Result<UnreadCount, ServiceError> {
        let owner = owner(caller, Action::Read)?;
        let lag = self.lag().await?;
        Ok(UnreadCount { unread: self.notifications.count_unread(owner).await?, lag })
    }

    /// Marks one of the caller's notifications as read.
    pub async fn read(&self, caller: &Caller, id: NotificationId) -> Result<Notification, ServiceError> {
        let owner = owner(caller, Action::Write)?;
        found(self.notifications.mark_read(owner, id, self.clock.now()).await?)
    }

    /// Marks all of the caller's notifications as read and answers how many were not.
    pub async fn read_all(&self, caller: &Caller) -> Result<u64, ServiceError> {
        let owner = owner(caller, Action::Write)?;
        self.lag().await?;
        Ok(self.notifications.mark_all_read(owner, self.clock.now()).await?)
    }

    /// Deletes one of the caller's notifications and answers it.
    pub async fn delete(&self, caller: &Caller, id: NotificationId) -> Result<Notification, ServiceError> {
        let owner = owner(caller, Action::Write)?;
        found(self.notifications.delete_notification(owner, id).await?)
    }

    async fn lag(&self) -> Result<u64, ServiceError> {
        let target = self.log.bounds().await?.head;
        Ok(self.gate.lag(ReaderName::Notification, target).await)
    }
}

fn owner(caller: &Caller, action: Action) -> Result<UserId, ServiceError> {
    permit(&caller.actor, action, ResourceKind::Notification)?;
    Ok(caller.actor.id)
}

fn found(notification: Option<Notification>) -> Result<Notification, ServiceError> {
    notification.ok_or(ServiceError::NotFound { kind: ResourceKind::Notification })
}
