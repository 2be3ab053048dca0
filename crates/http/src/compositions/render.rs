//! The pictures of compositions.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::rt::time::sleep;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::Receiver;
use showrunner_domain::composition::{CompositionId, CompositionService};
use showrunner_web::{Identified, JsonBody, Problem};

use super::{Previews, members};
use crate::answer::{self, Answer};
use crate::answered::{Asked, answered};
use crate::{fields, path, query, terms};

/// How often it is asked whether the client of a preview is still there.
const LOOK_FOR_CLIENT_EVERY: Duration = Duration::from_millis(200);

/// Queues the job that renders.
pub(super) async fn render(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    compositions: web::Data<CompositionService>,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, compositions.clock.now())?;
    let wish = fields::read(body, members::wish)?;
    answered(Asked::Work, &compositions.render(&caller, id, &wish, &terms).await?)
}

/// The composition as a browser shows it: the document refers to nothing outside and runs nothing.
pub(super) async fn preview(
    Identified(caller): Identified,
    request: HttpRequest,
    previews: web::Data<Previews>,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    let format = query::read(&request, super::query::format)?;
    let receiver = request.conn_data::<Arc<dyn Receiver>>().cloned();
    let svg = tokio::select! {
        svg = previews.get(&caller, id, format) => svg?,
        () = gone(receiver) => return Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)),
    };
    let mut head = HttpResponse::Ok();
    head.insert_header((CONTENT_TYPE, "image/svg+xml")).insert_header((CACHE_CONTROL, "private, no-cache"));
    head.insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; img-src data:; sandbox"));
    Ok(head.body(svg))
}

/// Waits until the client is known to have gone: nobody is left to draw for.
async fn gone(receiver: Option<Arc<dyn Receiver>>) {
    let Some(receiver) = receiver else { return pending().await };
    while !receiver.is_gone() {
        sleep(LOOK_FOR_CLIENT_EVERY).await;
    }
}

pub(super) async fn outputs(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: web::Data<CompositionService>,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    Ok(answer::one(compositions.outputs(&caller, id).await?))
}
