//! The API's own documentation: the OpenAPI document, and pages that show it.

mod docs;
mod page;

use std::sync::LazyLock;

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::{query, routes};

pub(crate) use page::files;

/// The document's text, made when it is asked for first.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| routes::document().to_string());

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/openapi.json", openapi, docs::OPENAPI),
        Endpoint::get("/docs", page::index, docs::PAGE),
        Endpoint::get("/docs/{file}", page::file, docs::FILE),
    ]
}

async fn openapi(request: HttpRequest) -> Answer {
    query::none(&request)?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(DOCUMENT.as_str()))
}
