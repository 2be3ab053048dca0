//! Deciding about compositions.

use actix_web::{HttpRequest, web};
use serde_json::Map;
use showrunner_domain::composition::{CompositionId, CompositionService};
use showrunner_web::{Identified, JsonBody};

use super::members;
use crate::answer::Answer;
use crate::answered::{Asked, answered};
use crate::{fields, path, query, terms};

type Compositions = web::Data<CompositionService>;

pub(super) async fn submit(Identified(caller): Identified, request: HttpRequest, compositions: Compositions) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), compositions.clock.now())?;
    answered(Asked::Change, &compositions.submit(&caller, id, &terms).await?)
}

pub(super) async fn approve(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: Compositions,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), compositions.clock.now())?;
    answered(Asked::Change, &compositions.approve(&caller, id, &terms).await?)
}

pub(super) async fn reject(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    compositions: Compositions,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, compositions.clock.now())?;
    let reason = fields::read(body, members::reason)?;
    answered(Asked::Change, &compositions.reject(&caller, id, reason, &terms).await?)
}

pub(super) async fn make_primary(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: Compositions,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), compositions.clock.now())?;
    answered(Asked::Change, &compositions.make_primary(&caller, id, &terms).await?)
}
