//! Files over HTTP: streamed in and out, never held.

mod body;
mod content;
mod docs;
mod query;
mod read;
mod write;

use actix_web::http::Method;

use crate::endpoint::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/files";
    const ONE: &str = "/api/v1/files/{id}";
    vec![
        Endpoint::get(ALL, read::list, docs::LIST),
        Endpoint::on(Method::POST, ALL, write::upload, docs::UPLOAD),
        Endpoint::on(Method::POST, "/api/v1/episodes/{id}/files", write::upload_for_episode, docs::UPLOAD_FOR_EPISODE),
        Endpoint::get(ONE, read::get, docs::GET),
        Endpoint::get("/api/v1/files/{id}/content", content::content, docs::CONTENT),
        Endpoint::on(Method::DELETE, ONE, write::delete, docs::DELETE),
    ]
}
