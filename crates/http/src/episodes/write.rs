//! Writing episodes.

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use showrunner_domain::episode::{Episode, EpisodeId, EpisodeService};
use showrunner_web::{Identified, JsonBody};

use super::fields;
use crate::answer::{Answer, Data};
use crate::query::{self, Query};
use crate::{etag, path};

pub(super) async fn create(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    query::none(&request)?;
    let new = fields::new(body.read().await?)?;
    let episode = episodes.create(&caller, new).await?;
    let location = format!("/api/v1/episodes/{}", episode.id);
    Ok(record(HttpResponse::Created().insert_header((LOCATION, location)), &episode))
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
    let precondition = etag::precondition(&request)?;
    let patch = fields::patch(body.read().await?)?;
    let episode = episodes.update(&caller, id, &patch, &precondition).await?;
    Ok(record(&mut HttpResponse::Ok(), &episode))
}

pub(super) async fn delete(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    let mut query = Query::of(&request)?;
    let permanent = query.switch("permanent");
    query.finish()?;
    let precondition = etag::precondition(&request)?;
    let episode = if permanent {
        episodes.erase(&caller, id, &precondition).await?
    } else {
        episodes.delete(&caller, id, &precondition).await?
    };
    Ok(record(&mut HttpResponse::Ok(), &episode))
}

pub(super) async fn restore(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    query::none(&request)?;
    let precondition = etag::precondition(&request)?;
    let episode = episodes.restore(&caller, id, &precondition).await?;
    Ok(record(&mut HttpResponse::Ok(), &episode))
}

fn record(response: &mut HttpResponseBuilder, episode: &Episode) -> HttpResponse {
    response.insert_header((ETAG, etag::of(episode.version))).json(Data { data: episode })
}
