//! Writing shows.

use actix_web::{HttpRequest, web};
use showrunner_domain::Terms;
use showrunner_domain::removal::RemovalService;
use showrunner_domain::show::{ShowId, ShowService};
use showrunner_web::{Identified, JsonBody};

use super::members;
use crate::answer::Answer;
use crate::answered::{Asked, answered};
use crate::{etag, fields, path, query, terms};

pub(super) async fn create(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    shows: web::Data<ShowService>,
) -> Answer {
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, shows.clock.now())?;
    let new = fields::complete(body, members::new)?;
    answered(Asked::Creation, &shows.create(&caller, new, &terms).await?)
}

/// PUT and PATCH alike: fields that are not given stay as they are.
pub(super) async fn update(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    shows: web::Data<ShowService>,
) -> Answer {
    let id: ShowId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, shows.clock.now())?;
    let patch = fields::read(body, members::patch)?;
    answered(Asked::Change, &shows.update(&caller, id, &patch, &terms).await?)
}

pub(super) async fn delete(
    Identified(caller): Identified,
    request: HttpRequest,
    removals: web::Data<RemovalService>,
) -> Answer {
    let id: ShowId = path::id(&request)?;
    let force = query::read(&request, query::force)?;
    let terms = Terms::from(etag::precondition(&request)?);
    answered(Asked::Change, &removals.delete_show(&caller, id, force, &terms).await?)
}
