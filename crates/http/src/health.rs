//! Whether the server runs, whether it can serve, and how it is. Nobody needs an identity to ask.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use async_trait::async_trait;
use serde::Serialize;
use showrunner_web::{Code, Problem};

use crate::answer::Answer;

/// Looks after everything that the server needs.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// What is needed and how it is now. MUST answer within seconds, also when something hangs, and MUST NOT tell
    /// secrets: anybody may read it.
    async fn check(&self) -> Vec<Check>;
}

/// How one thing is that the server needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// How it is, in a few words.
    pub detail: String,
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    checks: Vec<Check>,
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/livez").get(livez).head(livez))
        .service(web::resource("/readyz").get(readyz).head(readyz))
        .service(web::resource("/health").get(health).head(health));
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
