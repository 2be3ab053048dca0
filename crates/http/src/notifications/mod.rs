//! One's own notifications over HTTP.

mod docs;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::Invalid;
use showrunner_domain::notification::{NotificationId, NotificationKind, NotificationQuery, NotificationService};
use showrunner_web::{Identified, Query};

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::query::{self, Parameters as _};
use crate::{parse, path};

type Notifications = web::Data<NotificationService>;

/// How much is unread.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Unread {
    /// How many notifications are unread.
    unread: u64,
}

/// What was marked.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Read {
    /// How many notifications were unread until now.
    read: u64,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/notifications", list, docs::LIST),
        Endpoint::get("/api/v1/notifications/unread-count", unread_count, docs::UNREAD_COUNT),
        Endpoint::on(Method::POST, "/api/v1/notifications/read-all", read_all, docs::READ_ALL),
        Endpoint::on(Method::DELETE, "/api/v1/notifications/{id}", delete, docs::DELETE),
        Endpoint::on(Method::POST, "/api/v1/notifications/{id}/read", read, docs::READ),
    ]
}

async fn list(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    let query = query::read(&request, wanted)?;
    let found = notifications.list(&caller, query).await?;
    Ok(answer::lagging(answer::list(&found.page, query.limit), found.lag))
}

async fn unread_count(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    query::none(&request)?;
    let count = notifications.unread_count(&caller).await?;
    Ok(answer::lagging(answer::one(Unread { unread: count.unread }), count.lag))
}

async fn read(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    let id: NotificationId = path::id(&request)?;
    query::none(&request)?;
    Ok(answer::one(notifications.read(&caller, id).await?))
}

async fn read_all(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    query::none(&request)?;
    Ok(answer::one(Read { read: notifications.read_all(&caller).await? }))
}

async fn delete(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    let id: NotificationId = path::id(&request)?;
    query::none(&request)?;
    Ok(answer::one(notifications.delete(&caller, id).await?))
}

fn wanted(query: &mut Query) -> NotificationQuery {
    NotificationQuery {
        unread: query.take("unread", parse::boolean),
        kind: query.take("type", kind),
        limit: query.limit(),
        total: query.switch("total"),
        after: query.cursor(),
    }
}

fn kind(text: &str) -> Result<NotificationKind, Invalid> {
    NotificationKind::parse(text).ok_or(Invalid::Malformed { expected: "one of info, success, warning and error" })
}
