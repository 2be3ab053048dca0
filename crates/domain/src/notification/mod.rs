//! Notifications: what concerns one user.

mod port;
mod reader;
mod record;
mod service;

#[cfg(any(test, feature = "mocks"))]
pub use port::MockNotificationStore;
pub use port::NotificationStore;
pub use reader::NotificationReader;
pub use record::{
    Notification, NotificationAfter, NotificationId, NotificationKind, NotificationPriority, NotificationQuery,
};
pub use service::{NotificationPage, NotificationService, UnreadCount};
