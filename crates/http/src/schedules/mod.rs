//! Schedules over HTTP.

mod docs;
mod members;
mod read;
mod write;

use actix_web::http::Method;

use crate::endpoint::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/schedules";
    const ONE: &str = "/api/v1/schedules/{id}";
    vec![
        Endpoint::get(ALL, read::list, docs::LIST),
        Endpoint::on(Method::POST, ALL, write::create, docs::CREATE),
        Endpoint::get(ONE, read::get, docs::GET),
        Endpoint::on(Method::PUT, ONE, write::update, docs::PUT),
        Endpoint::on(Method::PATCH, ONE, write::update, docs::PATCH),
        Endpoint::on(Method::DELETE, ONE, write::delete, docs::DELETE),
    ]
}
