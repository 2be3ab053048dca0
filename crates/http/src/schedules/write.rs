//! Writing schedules.

use actix_web::{HttpRequest, web};
use showrunner_domain::Terms;
use showrunner_domain::schedule::{ScheduleId, ScheduleService};
use showrunner_web::{Identified, JsonBody};

use super::members;
use crate::answer::Answer;
use crate::answered::{Asked, answered};
use crate::{etag, fields, path, query, terms};

pub(super) async fn create(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    schedules: web::Data<ScheduleService>,
) -> Answer {
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, schedules.clock.now())?;
    let new = fields::complete(body, members::new)?;
    answered(Asked::Creation, &schedules.create(&caller, new, &terms).await?)
}

/// PUT and PATCH alike: fields that are not given stay as they are.
pub(super) async fn update(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    schedules: web::Data<ScheduleService>,
) -> Answer {
    let id: ScheduleId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, schedules.clock.now())?;
    let patch = fields::read(body, members::patch)?;
    answered(Asked::Change, &schedules.update(&caller, id, &patch, &terms).await?)
}

pub(super) async fn delete(
    Identified(caller): Identified,
    request: HttpRequest,
    schedules: web::Data<ScheduleService>,
) -> Answer {
    let id: ScheduleId = path::id(&request)?;
    query::none(&request)?;
    let terms = Terms::from(etag::precondition(&request)?);
    answered(Asked::Change, &schedules.delete(&caller, id, &terms).await?)
}
