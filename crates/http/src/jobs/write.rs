//! Queueing jobs, calling them off and trying them again.

use actix_web::{HttpRequest, web};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Map;
use showrunner_domain::job::{JobId, JobService};
use showrunner_web::{Identified, JsonBody};

use super::members;
use crate::answer::{self, Answer};
use crate::answered::{Asked, answered};
use crate::{fields, path, query, terms};

type Jobs = web::Data<JobService>;

/// How many jobs became pending again.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Retried {
    pub(super) retried: u64,
}

pub(super) async fn create(Identified(caller): Identified, request: HttpRequest, body: JsonBody, jobs: Jobs) -> Answer {
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &body, jobs.clock.now())?;
    let new = fields::complete(body, members::new)?;
    answered(Asked::Creation, &jobs.create(&caller, new, &terms).await?)
}

pub(super) async fn cancel(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), jobs.clock.now())?;
    answered(Asked::Change, &jobs.cancel(&caller, id, &terms).await?)
}

pub(super) async fn retry(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let terms = terms::of(&request, &caller, &Map::new(), jobs.clock.now())?;
    answered(Asked::Change, &jobs.retry(&caller, id, &terms).await?)
}

pub(super) async fn retry_failed(Identified(caller): Identified, request: HttpRequest, jobs: Jobs) -> Answer {
    query::none(&request)?;
    Ok(answer::one(Retried { retried: jobs.retry_failed(&caller).await? }))
}
