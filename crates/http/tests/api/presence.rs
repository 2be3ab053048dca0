//! Who is there, and who looks at what.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::harness::{Api, Response, editor, get, with_role};

const VIEWERS: &str = "/api/v1/presence/episode/00000000-0000-0000-0000-000000000002";

async fn put(body: &'static str) -> Response {
    let request = editor(TestRequest::put().uri("/api/v1/presence"));
    Api::new().call(request.insert_header(("content-type", "application/json")).set_payload(body)).await
}

#[actix_web::test]
async fn whoever_asks_who_is_there_is_among_them() {
    let response = Api::new().call(get("/api/v1/presence?total=true")).await;
    let entry = json!({
        "user_id": "00000000-0000-0000-0000-000000000005", "user_name": "An editor", "state": "online",
        "status_message": null, "since": "1970-01-01T00:00:02.000000Z",
    });
    let page = json!({"limit": 20, "next_cursor": null, "total": 1});
    assert_eq!(response.json(), json!({"data": [entry], "page": page}));
}

#[actix_web::test]
async fn a_choice_is_answered_as_others_see_it() {
    let response = put(r#"{"state": "busy", "status_message": "Cutting"}"#).await;
    let data = &response.json()["data"];
    assert_eq!((&data["state"], &data["status_message"]), (&json!("busy"), &json!("Cutting")));
    assert_eq!(put(r#"{"status_message": null}"#).await.json()["data"]["state"], "online");
    assert_eq!(put("{}").await.status, 200);
}

#[actix_web::test]
async fn a_choice_that_cannot_be_is_refused_field_by_field() {
    let refused = put(r#"{"state": "asleep", "status_message": "", "mood": 7}"#).await.refused();
    assert_eq!(refused, ["state", "status_message", "mood"]);
    let long = format!(r#"{{"status_message": "{}"}}"#, "x".repeat(141));
    assert_eq!(put(Box::leak(long.into_boxed_str())).await.refused(), ["status_message"]);
    assert_eq!(put(r#"{"state": null}"#).await.refused(), ["state"]);
}

#[actix_web::test]
async fn viewers_are_listed_to_whoever_may_read_the_record() {
    let response = Api::with_pilot().call(get(VIEWERS)).await;
    assert_eq!(response.json(), json!({"data": [], "version": 0}));
    let absent = "/api/v1/presence/episode/00000000-0000-0000-0000-000000000003";
    assert_eq!(Api::with_pilot().call(get(absent)).await.status, 404);
    for path in ["/api/v1/presence/episode/2", "/api/v1/presence/user/00000000-0000-0000-0000-000000000005"] {
        assert_eq!(Api::new().call(get(path)).await.code(), "MALFORMED", "{path}");
    }
}

#[actix_web::test]
async fn a_worker_has_no_part_in_presence() {
    for path in ["/api/v1/presence", VIEWERS] {
        let response = Api::with_pilot().call(with_role(TestRequest::get().uri(path), "worker")).await;
        assert_eq!(response.status, 403, "{path}");
    }
}
