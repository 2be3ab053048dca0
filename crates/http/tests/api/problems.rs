//! One problem of every code, to the letter.

use std::time::Duration;

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use showrunner_domain::CommitError;
use showrunner_web::{BodyLimits, Code, Problem};

use crate::harness::{Api, PILOT, Response, broken, editor, get, patch, pilot, post, with_role};

fn assert_problem(response: &Response) {
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.json()["status"], response.status.as_u16());
    assert_eq!(response.header("x-request-id"), response.json()["request_id"].as_str());
}

#[actix_web::test]
async fn malformed() {
    let response = Api::new().call(get("/api/v1/episodes/7")).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "MALFORMED",
      "detail": "The id in the path must be a UUID, as in the field `id` of a record.",
      "instance": "/api/v1/episodes/7",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 400,
      "title": "The request cannot be read",
      "type": "/problems/malformed"
    }
    "#);
}

#[actix_web::test]
async fn unauthenticated() {
    let response = Api::new().call(TestRequest::get().uri("/api/v1/episodes")).await;
    assert_problem(&response);
    assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "UNAUTHENTICATED",
      "detail": "The header `Authorization` is missing. Send a valid token as `Authorization: Bearer <token>`.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 401,
      "title": "Authentication is needed",
      "type": "/problems/unauthenticated"
    }
    "#);
}

#[actix_web::test]
async fn forbidden() {
    let request = with_role(TestRequest::delete().uri(PILOT), "viewer");
    let response = Api::new().call(request).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "FORBIDDEN",
      "detail": "Your role does not allow this on episode records: ask an administrator.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000002",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 403,
      "title": "This is not allowed",
      "type": "/problems/forbidden"
    }
    "#);
}

#[actix_web::test]
async fn not_found() {
    let path = "/api/v1/episodes/00000000-0000-0000-0000-000000000009";
    let response = Api::with_pilot().call(get(path)).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "NOT_FOUND",
      "detail": "There is no episode with this id: it may have been deleted.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000009",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 404,
      "title": "There is no such thing",
      "type": "/problems/not-found"
    }
    "#);
}

#[actix_web::test]
async fn method_not_allowed() {
    let response = Api::new().call(editor(TestRequest::put().uri("/api/v1/episodes"))).await;
    assert_problem(&response);
    assert_eq!(response.header("allow"), Some("GET, HEAD, POST"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "METHOD_NOT_ALLOWED",
      "detail": "Use one of the methods that the header `Allow` names.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 405,
      "title": "This method is not offered here",
      "type": "/problems/method-not-allowed"
    }
    "#);
}

#[actix_web::test]
async fn request_timeout() {
    let limits = BodyLimits { time: Duration::ZERO, ..BodyLimits::default() };
    let response = Api { limits, endless: true, ..Api::new() }.call(post("")).await;
    assert_problem(&response);
    assert!(response.closes);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "REQUEST_TIMEOUT",
      "detail": "Send the whole body within 0 seconds.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 408,
      "title": "The request took too long",
      "type": "/problems/request-timeout"
    }
    "#);
}

#[actix_web::test]
async fn invalid_transition() {
    let response = Api::with_pilot().call(patch(r#"{"status": "rejected"}"#)).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "INVALID_TRANSITION",
      "detail": "This episode cannot go from draft to rejected: take a status that draft leads to.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000002",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 409,
      "title": "The status does not allow this",
      "type": "/problems/invalid-transition"
    }
    "#);
}

#[actix_web::test]
async fn already_exists() {
    let mut api = Api::new();
    api.ledger.expect_commit().returning(|_| Err(CommitError::AlreadyExists { what: "an episode of this number" }));
    let response = api.call(post(r#"{"title": "Pilot", "episode_number": 1}"#)).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "ALREADY_EXISTS",
      "detail": "An episode of this number already exists: change that one or choose another.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 409,
      "title": "This exists already",
      "type": "/problems/already-exists"
    }
    "#);
}

#[actix_web::test]
async fn conflict() {
    let mut api = Api::new();
    api.episodes.expect_find_episode().returning(|_| Ok(Some(pilot())));
    api.ledger.expect_commit().returning(|_| Err(CommitError::Stale));
    let response = api.call(patch(r#"{"title": "Later"}"#)).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "CONFLICT",
      "detail": "Others kept changing this record: try again.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000002",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 409,
      "title": "The record does not allow this now",
      "type": "/problems/conflict"
    }
    "#);
}

#[actix_web::test]
async fn log_truncated() {
    let response = Api::with_log(5, 9).call(get("/api/v1/events?since=3")).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "LOG_TRUNCATED",
      "detail": "The log holds the events from 5 to 9: read the records anew and go on from 9.",
      "first_seq": 5,
      "head": 9,
      "instance": "/api/v1/events",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 410,
      "title": "The log does not reach back that far",
      "type": "/problems/log-truncated"
    }
    "#);
}

#[actix_web::test]
async fn version_mismatch() {
    let request = patch(r#"{"title": "Later"}"#).insert_header(("if-match", "\"2\""));
    let response = Api::with_pilot().call(request).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "VERSION_MISMATCH",
      "detail": "The record is in version 3: read it again before changing it.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000002",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 412,
      "title": "The record is in another version",
      "type": "/problems/version-mismatch",
      "version": 3
    }
    "#);
}

#[actix_web::test]
async fn too_large() {
    let response = Api::new().call(post(vec![b' '; (1 << 20) + 1])).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "TOO_LARGE",
      "detail": "Send a body of at most 1048576 bytes.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 413,
      "title": "The body is too large",
      "type": "/problems/too-large"
    }
    "#);
}

#[actix_web::test]
async fn unsupported_type() {
    let request = editor(TestRequest::post().uri("/api/v1/episodes")).set_payload("{}");
    let response = Api::new().call(request).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "UNSUPPORTED_TYPE",
      "detail": "Send a JSON object with `Content-Type: application/json`.",
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 415,
      "title": "The body is of another type than expected",
      "type": "/problems/unsupported-type"
    }
    "#);
}

#[actix_web::test]
async fn validation_failed() {
    let response = Api::new().call(post(r#"{"episode_number": "1", "series": null, "categories": ["a", 1]}"#)).await;
    assert_problem(&response);
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "VALIDATION_FAILED",
      "detail": "Correct what `errors` names and send the request again.",
      "errors": [
        {
          "field": "title",
          "message": "is missing"
        },
        {
          "field": "episode_number",
          "message": "must be a whole number"
        },
        {
          "field": "categories[1]",
          "message": "must be a string"
        },
        {
          "field": "series",
          "message": "is not a known field"
        }
      ],
      "instance": "/api/v1/episodes",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 422,
      "title": "Some fields were refused",
      "type": "/problems/validation-failed"
    }
    "#);
}

#[actix_web::test]
async fn unavailable() {
    let mut api = Api::new();
    api.episodes.expect_find_episode().returning(|_| Err(broken()));
    let response = api.call(get(PILOT)).await;
    assert_problem(&response);
    assert!(!response.text.contains("disk"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "code": "UNAVAILABLE",
      "detail": "The store cannot be reached at the moment: try again later.",
      "instance": "/api/v1/episodes/00000000-0000-0000-0000-000000000002",
      "request_id": "00000000-0000-0000-0000-000000000064",
      "status": 503,
      "title": "The server cannot do this now",
      "type": "/problems/unavailable"
    }
    "#);
}

#[test]
fn rate_limited() {
    let problem = Problem::new(Code::RateLimited, "Wait a moment and send the request again.");
    let document: serde_json::Value = serde_json::from_str(&problem.document(Some("/"), Some("r"))).unwrap();
    assert_snapshot!(format!("{document:#}"), @r#"
    {
      "code": "RATE_LIMITED",
      "detail": "Wait a moment and send the request again.",
      "instance": "/",
      "request_id": "r",
      "status": 429,
      "title": "Too many requests",
      "type": "/problems/rate-limited"
    }
    "#);
}

#[test]
fn every_code_has_a_type_of_its_own() {
    let mut types: Vec<String> = Code::ALL.into_iter().map(Code::type_uri).collect();
    types.sort_unstable();
    types.dedup();
    assert_eq!(types.len(), Code::ALL.len());
}
