//! Reading files' records.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::file::{FileId, FileService};
use showrunner_web::Identified;

use crate::answer::{self, Answer, Data};
use crate::{etag, path, query};

type Files = web::Data<FileService>;

pub(super) async fn list(Identified(caller): Identified, request: HttpRequest, files: Files) -> Answer {
    let query = query::read(&request, super::query::wanted)?;
    let limit = query.limit;
    Ok(answer::list(&files.list(&caller, query).await?, limit))
}

pub(super) async fn get(Identified(caller): Identified, request: HttpRequest, files: Files) -> Answer {
    let id: FileId = path::id(&request)?;
    query::none(&request)?;
    let file = files.get(&caller, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(file.version))).json(Data { data: file }))
}
