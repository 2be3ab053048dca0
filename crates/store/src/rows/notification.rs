//! Notifications as rows.

use diesel::prelude::*;
use serde_json::Value;
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{Notification, NotificationId, NotificationKind, NotificationPriority};

use super::Place;
use crate::failure::Failure;
use crate::schema::notifications;
use crate::types::{DbId, DbInstant, DbJson};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub(crate) struct NotificationRow {
    id: DbId,
    user_id: DbId,
    seq: i64,
    kind: String,
    event: String,
    title: String,
    message: String,
    priority: String,
    data: DbJson,
    read_at: Option<DbInstant>,
    expires_at: Option<DbInstant>,
    created_at: DbInstant,
}

impl From<&Notification> for NotificationRow {
    fn from(notification: &Notification) -> Self {
        let notification = notification.clone();
        Self {
            id: DbId(notification.id.uuid()),
            user_id: DbId(notification.user_id.uuid()),
            seq: notification.seq.get(),
            kind: notification.kind.as_str().to_owned(),
            event: notification.event,
            title: notification.title,
            message: notification.message,
            priority: notification.priority.as_str().to_owned(),
            data: DbJson(Value::Object(notification.data)),
            read_at: notification.read_at.map(DbInstant),
            expires_at: notification.expires_at.map(DbInstant),
            created_at: DbInstant(notification.created_at),
        }
    }
}

impl TryFrom<NotificationRow> for Notification {
    type Error = Failure;

    fn try_from(row: NotificationRow) -> Result<Self, Failure> {
        let at = Place { table: "notifications", row: row.id.0 };
        Ok(Self {
            id: NotificationId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            seq: at.seq(row.seq)?,
            kind: at.known("kind", NotificationKind::parse(&row.kind))?,
            event: row.event,
            title: row.title,
            message: row.message,
            priority: at.known("priority", NotificationPriority::parse(&row.priority))?,
            data: at.read("data", serde_json::from_value(row.data.0))?,
            read_at: row.read_at.map(|at| at.0),
            expires_at: row.expires_at.map(|at| at.0),
            created_at: row.created_at.0,
        })
    }
}
