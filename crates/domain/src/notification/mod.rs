//! Notifications: what concerns one user.

mod interest;
mod notified;
mod port;
mod preference_service;
mod preferences;
mod reader;
mod record;
mod service;
mod words;

pub use interest::{Concern, Interest};
pub use notified::NotifiedEvent;
#[cfg(any(test, feature = "mocks"))]
pub use port::{MockNotificationStore, MockPreferenceStore};
pub use port::{NotificationStore, PreferenceStore};
pub use preference_service::PreferenceService;
pub use preferences::{ChannelMatrix, Channels, Followed, Follows, MutedEvents, Preferences, PreferencesPatch};
pub use reader::NotificationReader;
pub use record::{
    Notification, NotificationAfter, NotificationId, NotificationKind, NotificationPriority, NotificationQuery,
};
pub use service::{NotificationPage, NotificationService, UnreadCount};
