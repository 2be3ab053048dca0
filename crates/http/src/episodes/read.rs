//! Reading episodes.

use actix_web::http::header::{CACHE_CONTROL, ETAG};
use actix_web::{HttpRequest, HttpResponse, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::episode::{Episode, EpisodeId, EpisodeService};
use showrunner_domain::presence::{Place, PresenceService, Viewer};
use showrunner_web::Identified;

use crate::answer::{self, Answer};
use crate::{etag, path, query};

/// An episode and who looks at it.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Watched<'a> {
    /// The episode.
    data: &'a Episode,
    /// Everybody who looks at it, the caller among them; one entry a user.
    viewers: &'a [Viewer],
}

pub(super) async fn list(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let query = query::read(&request, super::query::wanted)?;
    let limit = query.limit;
    let page = episodes.list(&caller, query).await?;
    Ok(answer::list(&page, limit))
}

/// Marks the caller as a viewer, so it is an answer of the moment: never stored and never 304.
pub(super) async fn get(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
    presence: web::Data<PresenceService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    query::none(&request)?;
    let episode = episodes.get(&caller, id).await?;
    let viewers = presence.look(&caller.actor, Place::Episode(id));
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag::of(episode.version)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Watched { data: &episode, viewers: &viewers }))
}
