//! The pictures of compositions.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::composition::{CompositionId, CompositionService};
use showrunner_web::{Identified, JsonBody};

use super::{Previews, members};
use crate::answer::{self, Answer};
use crate::answered::{Asked, answered};
use crate::{fields, path, query, terms};

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
    let svg = previews.get(&caller, id, format).await?;
    let mut head = HttpResponse::Ok();
    head.insert_header((CONTENT_TYPE, "image/svg+xml")).insert_header((CACHE_CONTROL, "private, no-cache"));
    head.insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; img-src data:; sandbox"));
    Ok(head.body(svg))
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
