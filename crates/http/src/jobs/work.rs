//! What workers outside tell of the jobs that they have in hand.

use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::job::{JobId, WorkService};
use showrunner_web::{Identified, JsonBody};

use super::members;
use crate::answer::Answer;
use crate::{answer, fields, path, query};

type Work = web::Data<WorkService>;

pub(super) async fn heartbeat(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    work: Work,
) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let beat = fields::complete(body.read().await?, |fields| members::beat(fields, id))?;
    work.heartbeat(&caller, beat).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn complete(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    work: Work,
) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let (handle, results) = fields::complete(body.read().await?, members::completion)?;
    Ok(answer::one(work.complete(&caller, id, handle, results).await?))
}

pub(super) async fn fail(Identified(caller): Identified, request: HttpRequest, body: JsonBody, work: Work) -> Answer {
    let id: JobId = path::id(&request)?;
    query::none(&request)?;
    let (handle, failing) = fields::complete(body.read().await?, members::failure)?;
    Ok(answer::one(work.fail(&caller, id, handle, &failing).await?))
}
