//! Reading compositions.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::composition::{CompositionId, CompositionService};
use showrunner_web::Identified;

use crate::answer::{self, Answer, Data};
use crate::{etag, path, query};

pub(super) async fn list(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: web::Data<CompositionService>,
) -> Answer {
    let query = query::read(&request, super::query::wanted)?;
    let limit = query.limit;
    Ok(answer::list(&compositions.list(&caller, query).await?, limit))
}

pub(super) async fn get(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: web::Data<CompositionService>,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let composition = compositions.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(composition.version))).json(Data { data: composition }))
}
