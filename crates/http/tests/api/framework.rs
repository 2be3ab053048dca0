//! What surrounds the API: health, unknown paths, request ids and careful headers.

use actix_web::test::TestRequest;
use showrunner_http::Check;

use crate::harness::{Api, PILOT, get};

fn check(name: &'static str, ok: bool) -> Check {
    Check { name, ok, detail: "3 pending".into() }
}

#[actix_web::test]
async fn a_server_that_lacks_something_runs_but_is_not_ready() {
    let ask = |path: &'static str, ok| {
        let api = Api { checks: vec![check("database", true), check("migrations", ok)], ..Api::new() };
        api.call(TestRequest::get().uri(path))
    };
    assert_eq!(ask("/livez", false).await.status, 200);
    assert_eq!(ask("/readyz", true).await.status, 200);
    assert_eq!(ask("/health", true).await.json()["status"], "ok");
    assert_eq!(ask("/health", false).await.json()["status"], "degraded");
    let unready = ask("/readyz", false).await;
    assert_eq!((unready.status.as_u16(), unready.code().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(unready.json()["detail"], "The server is not ready. migrations: 3 pending");
}

#[actix_web::test]
async fn a_path_that_does_not_exist_is_a_problem_too() {
    for path in ["/", "/api/v1", "/api/v1/nothing", "/api/v1/episodes/", &format!("{PILOT}/viewers")] {
        let response = Api::new().call(get(path)).await;
        assert_eq!((response.status.as_u16(), response.code().as_str()), (404, "NOT_FOUND"), "{path}");
        assert_eq!(response.json()["instance"], path);
        assert_eq!(response.header("x-request-id"), response.json()["request_id"].as_str());
    }
}

#[actix_web::test]
async fn the_methods_that_a_path_offers_are_named() {
    for (path, allow) in [
        (PILOT, "GET, HEAD, PUT, PATCH, DELETE"),
        (&format!("{PILOT}/restore"), "POST"),
        ("/api/v1/notifications/read-all", "POST"),
        ("/livez", "GET, HEAD"),
    ] {
        let response = Api::new().call(TestRequest::default().method("TRACE".parse().unwrap()).uri(path)).await;
        assert_eq!(response.status, 405, "{path}");
        assert_eq!(response.header("allow"), Some(allow), "{path}");
    }
}

#[actix_web::test]
async fn head_works_where_get_does() {
    let head = get(PILOT).method("HEAD".parse().unwrap());
    let response = Api::with_pilot().call(head).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (200, Some("\"3\"")));
}

#[actix_web::test]
async fn a_request_keeps_the_identifier_that_it_came_with_if_that_is_acceptable() {
    let response = Api::with_pilot().call(get(PILOT).insert_header(("x-request-id", "abc-1"))).await;
    assert_eq!(response.header("x-request-id"), Some("abc-1"));
    for unacceptable in ["", "a b", "x".repeat(129).as_str()] {
        let response = Api::with_pilot().call(get(PILOT).insert_header(("x-request-id", unacceptable))).await;
        assert_eq!(response.header("x-request-id").unwrap().len(), 36);
    }
}

#[actix_web::test]
async fn browsers_are_told_to_be_careful() {
    for path in ["/livez", "/nothing", PILOT] {
        let response = Api::with_pilot().call(get(path)).await;
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
}
