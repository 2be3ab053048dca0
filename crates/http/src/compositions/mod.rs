//! Compositions over HTTP.

mod docs;
mod history;
mod members;
mod previews;
mod query;
mod read;
mod render;
mod review;
mod write;

use actix_web::http::Method;

use crate::endpoint::Endpoint;

pub use previews::Previews;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/compositions";
    const ONE: &str = "/api/v1/compositions/{id}";
    vec![
        Endpoint::get(ALL, read::list, docs::LIST),
        Endpoint::on(Method::POST, ALL, write::create, docs::CREATE),
        Endpoint::get(ONE, read::get, docs::GET),
        Endpoint::on(Method::PUT, ONE, write::update, docs::PUT),
        Endpoint::on(Method::PATCH, ONE, write::update, docs::PATCH),
        Endpoint::on(Method::DELETE, ONE, write::delete, docs::DELETE),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/submit", review::submit, docs::SUBMIT),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/approve", review::approve, docs::APPROVE),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/reject", review::reject, docs::REJECT),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/primary", review::make_primary, docs::PRIMARY),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/render", render::render, docs::RENDER),
        Endpoint::get("/api/v1/compositions/{id}/preview.svg", render::preview, docs::PREVIEW),
        Endpoint::get("/api/v1/compositions/{id}/outputs", render::outputs, docs::OUTPUTS),
        Endpoint::get("/api/v1/compositions/{id}/versions", history::list, docs::VERSIONS),
        Endpoint::get("/api/v1/compositions/{id}/versions/{n}", history::get, docs::VERSION),
        Endpoint::get("/api/v1/compositions/{id}/versions/{a}/compare/{b}", history::compare, docs::COMPARE),
        Endpoint::on(Method::POST, "/api/v1/compositions/{id}/revert/{n}", history::revert, docs::REVERT),
    ]
}
