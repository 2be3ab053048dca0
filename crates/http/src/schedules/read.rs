//! Reading schedules.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::schedule::{ScheduleId, ScheduleQuery, ScheduleService};
use showrunner_web::{Identified, Query};

use crate::answer::{self, Answer, Data};
use crate::query::{self, Parameters as _};
use crate::{etag, path};

/// The query that `query` asks for.
pub(super) fn wanted(query: &mut Query) -> ScheduleQuery {
    ScheduleQuery { after: query.cursor(), limit: query.limit(), total: query.switch("total") }
}

pub(super) async fn list(
    Identified(caller): Identified,
    request: HttpRequest,
    schedules: web::Data<ScheduleService>,
) -> Answer {
    let query = query::read(&request, wanted)?;
    let limit = query.limit;
    Ok(answer::list(&schedules.list(&caller, query).await?, limit))
}

pub(super) async fn get(
    Identified(caller): Identified,
    request: HttpRequest,
    schedules: web::Data<ScheduleService>,
) -> Answer {
    let id: ScheduleId = path::id(&request)?;
    query::none(&request)?;
    let schedule = schedules.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(schedule.version))).json(Data { data: schedule }))
}
