//! Who may do what: every role, and nobody, at every endpoint that the API has. An endpoint without a row fails.

use std::collections::BTreeSet;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;
use showrunner_http::document;

use crate::contract::operations;
use crate::harness::{Api, with_role};

/// The roles, in the order of a row.
const ROLES: [&str; 4] = ["viewer", "editor", "admin", "worker"];

/// Whom an endpoint lets in.
#[derive(Clone, Copy)]
enum Lets {
    /// Everybody, without a token too.
    Anybody,
    /// Whoever has one of these roles.
    In([bool; 4]),
    /// Another room answers, and has tests of its own.
    Elsewhere,
}

const READERS: Lets = Lets::In([true, true, true, false]);
const EDITORS: Lets = Lets::In([false, true, true, false]);
const ADMINS: Lets = Lets::In([false, false, true, false]);
const WORKERS: Lets = Lets::In([false, false, true, true]);

/// A query makes a row of its own where it asks for more.
const TABLE: [(&str, Lets); 100] = [
    ("GET /api/v1/shows", READERS),
    ("POST /api/v1/shows", EDITORS),
    ("GET /api/v1/shows/{id}", READERS),
    ("PUT /api/v1/shows/{id}", EDITORS),
    ("PATCH /api/v1/shows/{id}", EDITORS),
    ("DELETE /api/v1/shows/{id}", EDITORS),
    ("GET /api/v1/shows/{id}/episodes", READERS),
    ("GET /api/v1/shows/{id}/members", READERS),
    ("GET /api/v1/shows/{id}/members/{user_id}", READERS),
    ("PUT /api/v1/shows/{id}/members/{user_id}", ADMINS),
    ("DELETE /api/v1/shows/{id}/members/{user_id}", ADMINS),
    ("GET /api/v1/episodes", READERS),
    ("POST /api/v1/episodes", EDITORS),
    ("GET /api/v1/episodes/{id}", READERS),
    ("PUT /api/v1/episodes/{id}", EDITORS),
    ("PATCH /api/v1/episodes/{id}", EDITORS),
    ("DELETE /api/v1/episodes/{id}", EDITORS),
    ("DELETE /api/v1/episodes/{id}?permanent=true", ADMINS),
    ("POST /api/v1/episodes/{id}/restore", EDITORS),
    ("GET /api/v1/compositions", READERS),
    ("POST /api/v1/compositions", EDITORS),
    ("GET /api/v1/compositions/{id}", READERS),
    ("PUT /api/v1/compositions/{id}", EDITORS),
    ("PATCH /api/v1/compositions/{id}", EDITORS),
    ("DELETE /api/v1/compositions/{id}", EDITORS),
    ("POST /api/v1/compositions/{id}/submit", EDITORS),
    ("POST /api/v1/compositions/{id}/approve", ADMINS),
    ("POST /api/v1/compositions/{id}/reject", ADMINS),
    ("POST /api/v1/compositions/{id}/primary", EDITORS),
    ("POST /api/v1/compositions/{id}/render", EDITORS),
    ("GET /api/v1/compositions/{id}/preview.svg", READERS),
    ("GET /api/v1/compositions/{id}/outputs", READERS),
    ("GET /api/v1/compositions/{id}/versions", READERS),
    ("GET /api/v1/compositions/{id}/versions/{n}", READERS),
    ("GET /api/v1/compositions/{id}/versions/{a}/compare/{b}", READERS),
    ("POST /api/v1/compositions/{id}/revert/{n}", EDITORS),
    ("GET /api/v1/templates", READERS),
    ("POST /api/v1/templates", EDITORS),
    ("GET /api/v1/templates/{id}", READERS),
    ("PUT /api/v1/templates/{id}", EDITORS),
    ("PATCH /api/v1/templates/{id}", EDITORS),
    ("DELETE /api/v1/templates/{id}", EDITORS),
    ("GET /api/v1/files", READERS),
    ("POST /api/v1/files", EDITORS),
    ("POST /api/v1/episodes/{id}/files", EDITORS),
    ("GET /api/v1/files/{id}", READERS),
    ("GET /api/v1/files/{id}/content", READERS),
    ("DELETE /api/v1/files/{id}", EDITORS),
    ("GET /api/v1/jobs", READERS),
    ("POST /api/v1/jobs", EDITORS),
    ("GET /api/v1/jobs/stats", READERS),
    ("POST /api/v1/jobs/retry-failed", ADMINS),
    ("GET /api/v1/jobs/{id}", READERS),
    ("GET /api/v1/jobs/{id}/logs", READERS),
    ("POST /api/v1/jobs/{id}/cancel", EDITORS),
    ("PUT /api/v1/jobs/{id}/cancel", EDITORS),
    ("POST /api/v1/jobs/{id}/retry", EDITORS),
    ("GET /api/v1/episodes/{id}/status", READERS),
    ("POST /api/v1/jobs/claim", WORKERS),
    ("POST /api/v1/jobs/{id}/heartbeat", WORKERS),
    ("POST /api/v1/jobs/{id}/complete", WORKERS),
    ("POST /api/v1/jobs/{id}/fail", WORKERS),
    ("GET /api/v1/schedules", READERS),
    ("POST /api/v1/schedules", EDITORS),
    ("GET /api/v1/schedules/{id}", READERS),
    ("PUT /api/v1/schedules/{id}", EDITORS),
    ("PATCH /api/v1/schedules/{id}", EDITORS),
    ("DELETE /api/v1/schedules/{id}", EDITORS),
    ("GET /api/v1/activities", READERS),
    ("GET /api/v1/activities/stats", READERS),
    ("GET /api/v1/notifications", READERS),
    ("GET /api/v1/notifications/unread-count", READERS),
    ("POST /api/v1/notifications/read-all", READERS),
    ("GET /api/v1/notifications/preferences", READERS),
    ("PUT /api/v1/notifications/preferences", READERS),
    ("DELETE /api/v1/notifications/{id}", READERS),
    ("POST /api/v1/notifications/{id}/read", READERS),
    ("GET /api/v1/presence", READERS),
    ("PUT /api/v1/presence", READERS),
    ("GET /api/v1/presence/{resource_type}/{resource_id}", READERS),
    ("GET /api/v1/events", READERS),
    ("GET /ws", Lets::Elsewhere),
    ("POST /api/v1/auth/setup", Lets::Anybody),
    ("POST /api/v1/auth/login", Lets::Anybody),
    ("POST /api/v1/auth/refresh", Lets::Anybody),
    ("POST /api/v1/auth/logout", READERS),
    ("GET /api/v1/auth/me", READERS),
    ("PATCH /api/v1/auth/me", READERS),
    ("GET /api/v1/users", ADMINS),
    ("POST /api/v1/users", ADMINS),
    ("GET /api/v1/users/{id}", ADMINS),
    ("PUT /api/v1/users/{id}", ADMINS),
    ("PATCH /api/v1/users/{id}", ADMINS),
    ("DELETE /api/v1/users/{id}", ADMINS),
    ("GET /api/v1/openapi.json", Lets::Anybody),
    ("GET /docs", Lets::Anybody),
    ("GET /docs/{file}", Lets::Anybody),
    ("GET /livez", Lets::Anybody),
    ("GET /readyz", Lets::Anybody),
    ("GET /health", Lets::Anybody),
];

/// A request for `endpoint` with the body that the documentation has as its example.
fn request(document: &Value, endpoint: &str) -> TestRequest {
    let (method, path) = endpoint.split_once(' ').unwrap();
    let known = path.split('?').next().unwrap();
    let operation = &document["paths"][known][method.to_lowercase()];
    let id = "00000000-0000-7000-8000-000000000002";
    let path = path.replace("{id}", id).replace("{resource_type}", "episode").replace("{resource_id}", id);
    let path = path.replace("{file}", "start.js").replace("{user_id}", id);
    let path = path.replace("{n}", "1").replace("{a}", "1").replace("{b}", "2");
    let bytes = operation.pointer("/requestBody/content/application~1octet-stream").is_some();
    let path = if bytes { format!("{path}?name=a.png") } else { path };
    let request = TestRequest::default().method(method.parse::<Method>().unwrap()).uri(&path);
    match operation.pointer("/requestBody/content/application~1json/example") {
        Some(example) => request.set_json(example),
        None => request,
    }
}

#[test]
fn every_endpoint_has_a_row() {
    let document = document();
    let documented: BTreeSet<String> = operations(&document).into_iter().map(|(endpoint, _)| endpoint).collect();
    let rows = TABLE.iter().map(|(endpoint, _)| (*endpoint).to_owned()).filter(|endpoint| !endpoint.contains('?'));
    assert_eq!(rows.collect::<BTreeSet<_>>(), documented, "say in TABLE (left) whom each endpoint (right) lets in");
}

#[actix_web::test]
async fn every_endpoint_lets_in_whom_the_table_says() {
    let document = document();
    for (endpoint, lets) in TABLE {
        let roles = match lets {
            Lets::Anybody => [true; 4],
            Lets::In(roles) => roles,
            Lets::Elsewhere => continue,
        };
        let nobody = Api::obliging().call(request(&document, endpoint)).await;
        let expected = if matches!(lets, Lets::Anybody) { 200 } else { 401 };
        assert_eq!(nobody.status.as_u16(), expected, "nobody, {endpoint}: {}", nobody.text);
        for (role, may) in ROLES.into_iter().zip(roles) {
            let response = Api::obliging().call(with_role(request(&document, endpoint), role)).await;
            let status = response.status.as_u16();
            // What the record itself does not allow is told to those alone who may ask.
            let let_in = (200..300).contains(&status) || [404, 409].contains(&status);
            assert_eq!(status == 403, !may, "{role}, {endpoint}: {}", response.text);
            assert_eq!(let_in, may, "{role}, {endpoint}: {}", response.text);
        }
    }
}
