//! Reading jobs.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::episode::{EpisodeId, EpisodeService};
use showrunner_domain::job::{JobId, JobService};
use showrunner_web::Identified;

use crate::answer::{self, Answer, Data};
use crate::query::{self, Parameters as _};
use crate::{etag, path};

type Jobs = web::Data<JobService>;

pub(super) async fn list(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    let query = query::read(&request, super::query::wanted)?;
    let limit = query.limit;
    Ok(answer::list(&jobs.list(&caller, query).await?, limit))
}

/// The jobs of one episode that must exist.
pub(super) async fn of_episode(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
    jobs: Jobs,
) -> Answer {
    let id: EpisodeId = path::id(&request)?;
    let query = query::read(&request, |query| super::query::of_episode(query, Some(id)))?;
    let limit = query.limit;
    episodes.get(&caller, id).await?;
    Ok(answer::list(&jobs.list(&caller, query).await?, limit))
}

pub(super) async fn get(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let job = jobs.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(job.version))).json(Data { data: job }))
}

pub(super) async fn logs(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    let id: JobId = path::id(&request)?;
    let (before, limit) = query::read(&request, |query| (query.cursor(), query.limit()))?;
    Ok(answer::list(&jobs.logs(&caller, id, before, limit).await?, limit))
}

pub(super) async fn stats(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    query::none(&request)?;
    Ok(answer::one(jobs.stats(&caller).await?))
}
