//! Whether the server runs, whether it can serve, and how it is. Nobody needs an identity to ask.

mod docs;

use actix_web::{HttpResponse, web};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_web::{Code, Problem};

use crate::answer::Answer;
use crate::endpoint::Endpoint;

/// Looks after everything that the server needs.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// What is needed and how it is now. MUST answer within seconds, also when something hangs, and MUST NOT tell
    /// secrets: anybody may read it.
    async fn check(&self) -> Vec<Check>;
}

/// How one thing is that the server needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// How it is, in a few words.
    pub detail: String,
}

/// That all is well.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Status {
    /// `ok`.
    status: &'static str,
}

/// How the server is.
#[derive(Serialize, JsonSchema)]
struct Health {
    /// `ok`, or `degraded` where a check failed.
    status: &'static str,
    /// The server's release.
    version: &'static str,
    /// What the server needs, and how it is.
    checks: Vec<Check>,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/livez", livez, docs::LIVEZ),
        Endpoint::get("/readyz", readyz, docs::READYZ),
        Endpoint::get("/health", health, docs::HEALTH),
    ]
}

/// The process runs.
async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(Status { status: "ok" })
}

/// The server can serve; otherwise 503 with what is wrong.
async fn readyz(readiness: web::Data<dyn Readiness>) -> Answer {
    let checks = readiness.check().await;
    let wrong: Vec<String> =
        checks.iter().filter(|check| !check.ok).map(|check| format!("{}: {}", check.name, check.detail)).collect();
    if wrong.is_empty() {
        return Ok(HttpResponse::Ok().json(Status { status: "ok" }));
    }
    Err(Problem::new(Code::Unavailable, format!("The server is not ready. {}", wrong.join("; "))))
}

/// The summary for people: 200 whenever the process can answer.
async fn health(readiness: web::Data<dyn Readiness>) -> HttpResponse {
    let checks = readiness.check().await;
    let status = if checks.iter().all(|check| check.ok) { "ok" } else { "degraded" };
    HttpResponse::Ok().json(Health { status, version: env!("CARGO_PKG_VERSION"), checks })
}
