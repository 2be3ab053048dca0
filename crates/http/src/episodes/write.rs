//! Writing episodes.

use actix_web::{HttpRequest, web};
use serde_json::Map;
use showrunner_domain::Terms;
use showrunner_domain::episode::{EpisodeId, EpisodeService};
use showrunner_web::{Identified, JsonBody, Query};

use super::members;
use crate::answer::Answer;
use crate::answered::{Asked, answered};
use crate::query::{self, Parameters as _};
use crate::{etag, fields, path, terms};

pub(super) async fn create(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, episodes.clock.now())?;
    let new = fields::complete(body, members::new)?;
    answered(Asked::Creation, &episodes.create(&caller, new, &terms).await?)
}

/// PUT and PATCH alike: fields that are not given stay as they are.
pub(super) async fn update(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, episodes.clock.now())?;
    let patch = fields::read(body, members::patch)?;
    answered(Asked::Change, &episodes.update(&caller, id, &patch, &terms).await?)
}

pub(super) async fn delete(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    let permanent = query::read(&request, permanent)?;
    let terms = Terms::from(etag::precondition(&request)?);
    let episode = if permanent {
        episodes.erase(&caller, id, &terms).await?
    } else {
        episodes.delete(&caller, id, &terms).await?
    };
    answered(Asked::Change, &episode)
}

/// Whether the episode is to be gone for good.
pub(super) fn permanent(query: &mut Query) -> bool {
    query.switch("permanent")
}

pub(super) async fn restore(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), episodes.clock.now())?;
    answered(Asked::Change, &episodes.restore(&caller, id, &terms).await?)
}
