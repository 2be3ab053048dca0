//! One's own notifications over HTTP.

use actix_web::HttpRequest;
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;
use showrunner_domain::Invalid;
use showrunner_domain::notification::{NotificationId, NotificationKind, NotificationQuery, NotificationService};
use showrunner_web::{Identified, Problem, Query};

use crate::answer::{self, Answer};
use crate::query::{self, Parameters as _};
use crate::{parse, path};

type Notifications = web::Data<NotificationService>;

#[derive(Serialize)]
struct Unread {
    unread: u64,
}

#[derive(Serialize)]
struct Read {
    read: u64,
}

/// Fixed names stand before `{id}`, which would take them.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/notifications").get(list).head(list))
        .service(web::resource("/notifications/unread-count").get(unread_count).head(unread_count))
        .service(web::resource("/notifications/read-all").post(read_all))
        .service(web::resource("/notifications/{id}").delete(delete))
        .service(web::resource("/notifications/{id}/read").post(read));
}

async fn list(Identified(caller): Identified, request: HttpRequest, notifications: Notifications) -> Answer {
    let query = wanted(&request)?;
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

fn wanted(request: &HttpRequest) -> Result<NotificationQuery, Problem> {
    let mut query = Query::of(request)?;
    let wanted = NotificationQuery {
        unread: query.take("unread", parse::boolean),
        kind: query.take("type", kind),
        limit: query.limit(),
        total: query.switch("total"),
        after: query.cursor()?,
    };
    query.finish()?;
    Ok(wanted)
}

fn kind(text: &str) -> Result<NotificationKind, Invalid> {
    NotificationKind::parse(text).ok_or(Invalid::Malformed { expected: "one of info, success, warning and error" })
}
