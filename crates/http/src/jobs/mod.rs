//! Jobs over HTTP: for those who want work done, and for workers outside.

mod claim;
mod delivery;
mod docs;
mod members;
mod query;
mod read;
mod work;
mod write;

use actix_web::http::Method;

use crate::endpoint::Endpoint;
pub(crate) use docs::job as example;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/jobs";
    const ONE: &str = "/api/v1/jobs/{id}";
    const CANCEL: &str = "/api/v1/jobs/{id}/cancel";
    vec![
        Endpoint::get(ALL, read::list, docs::LIST),
        Endpoint::on(Method::POST, ALL, write::create, docs::CREATE),
        Endpoint::get("/api/v1/jobs/stats", read::stats, docs::STATS),
        Endpoint::on(Method::POST, "/api/v1/jobs/retry-failed", write::retry_failed, docs::RETRY_FAILED),
        Endpoint::get(ONE, read::get, docs::GET),
        Endpoint::get("/api/v1/jobs/{id}/logs", read::logs, docs::LOGS),
        Endpoint::on(Method::POST, CANCEL, write::cancel, docs::CANCEL),
        Endpoint::on(Method::PUT, CANCEL, write::cancel, docs::PUT_CANCEL),
        Endpoint::on(Method::POST, "/api/v1/jobs/{id}/retry", write::retry, docs::RETRY),
        Endpoint::get("/api/v1/episodes/{id}/status", read::of_episode, docs::OF_EPISODE),
        Endpoint::on(Method::POST, "/api/v1/jobs/claim", claim::claim, docs::CLAIM),
        Endpoint::on(Method::POST, "/api/v1/jobs/{id}/heartbeat", work::heartbeat, docs::HEARTBEAT),
        Endpoint::on(Method::POST, "/api/v1/jobs/{id}/complete", work::complete, docs::COMPLETE),
        Endpoint::on(Method::POST, "/api/v1/jobs/{id}/fail", work::fail, docs::FAIL),
    ]
}
