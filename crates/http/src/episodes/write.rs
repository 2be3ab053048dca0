//! Writing episodes.

use actix_web::{HttpRequest, web};
use serde_json::Map;
use showrunner_domain::episode::{EpisodeId, EpisodeService};
use showrunner_domain::removal::RemovalService;
use showrunner_domain::{FieldError, Terms};
use showrunner_web::{Identified, JsonBody, Problem, Query};

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
    removals: web::Data<RemovalService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    let Deletion { permanent, force } = query::read(&request, deletion)?;
    if force && !permanent {
        let reason =
            "has references cleared, which a deletion that can be undone leaves alone: give permanent=true too";
        return Err(Problem::invalid(vec![FieldError::new("force", reason)]));
    }
    let terms = Terms::from(etag::precondition(&request)?);
    let episode = if permanent {
        removals.erase_episode(&caller, id, force, &terms).await?
    } else {
        episodes.delete(&caller, id, &terms).await?
    };
    answered(Asked::Change, &episode)
}

/// How an episode is deleted.
pub(super) struct Deletion {
    /// Whether it is to be gone for good.
    permanent: bool,
    /// Whether what refers to it is to be changed.
    force: bool,
}

pub(super) fn deletion(query: &mut Query) -> Deletion {
    Deletion { permanent: query.switch("permanent"), force: query.switch("force") }
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
