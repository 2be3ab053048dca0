//! Reading templates.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::composition::{TemplateId, TemplateQuery, TemplateService};
use showrunner_web::{Identified, Query};

use crate::answer::{self, Answer, Data};
use crate::query::{self, Parameters as _};
use crate::{etag, path};

/// Which templates are wanted.
pub(super) fn wanted(query: &mut Query) -> TemplateQuery {
    TemplateQuery { after: query.cursor(), limit: query.limit(), total: query.switch("total") }
}

pub(super) async fn list(
    Identified(caller): Identified,
    request: HttpRequest,
    templates: web::Data<TemplateService>,
) -> Answer {
    let query = query::read(&request, wanted)?;
    let limit = query.limit;
    Ok(answer::list(&templates.list(&caller, query).await?, limit))
}

pub(super) async fn get(
    Identified(caller): Identified,
    request: HttpRequest,
    templates: web::Data<TemplateService>,
) -> Answer {
    let id: TemplateId = path::id(&request)?;
    query::none(&request)?;
    let template = templates.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(template.version))).json(Data { data: template }))
}
