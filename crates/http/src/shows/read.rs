//! Reading shows, and the episodes of one.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::episode::EpisodeService;
use showrunner_domain::show::{ShowId, ShowService};
use showrunner_web::Identified;

use crate::answer::{self, Answer, Data};
use crate::{episodes, etag, path, query};

pub(super) async fn list(
    Identified(caller): Identified,
    request: HttpRequest,
    shows: web::Data<ShowService>,
) -> Answer {
    let query = query::read(&request, super::query::wanted)?;
    let limit = query.limit;
    let page = shows.list(&caller, query).await?;
    Ok(answer::list(&page, limit))
}

pub(super) async fn get(Identified(caller): Identified, request: HttpRequest, shows: web::Data<ShowService>) -> Answer {
    let id: ShowId = path::id(&request)?;
    query::none(&request)?;
    let show = shows.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(show.version))).json(Data { data: show }))
}

/// The list of episodes, of one show that must exist.
pub(super) async fn episodes(
    Identified(caller): Identified,
    request: HttpRequest,
    shows: web::Data<ShowService>,
    episodes: web::Data<EpisodeService>,
) -> Answer {
    let id: ShowId = path::id(&request)?;
    let query = query::read(&request, |query| episodes::query_of_show(query, Some(id)))?;
    let limit = query.limit;
    shows.get(&caller, id).await?;
    let page = episodes.list(&caller, query).await?;
    Ok(answer::list(&page, limit))
}
