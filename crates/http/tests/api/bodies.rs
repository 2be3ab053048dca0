//! What bodies are taken and which are refused.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::harness::{Api, PILOT, patch, post, with_role};

#[actix_web::test]
async fn what_is_no_json_object_is_malformed() {
    let bodies: [&[u8]; 9] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\"x\"",
        b"{\"title\":\"a\",\"title\":\"b\"}",
        b"{\"title\":\"\xff\"}",
        b"{\"title\":\"\\ud800\"}",
        b"{} {}",
    ];
    for body in bodies {
        let response = Api::new().call(post(body)).await;
        assert_eq!((response.status.as_u16(), response.code().as_str()), (400, "MALFORMED"), "{body:?}");
    }
}

#[actix_web::test]
async fn any_json_type_is_taken_and_nothing_else() {
    for kind in ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"] {
        let request = patch("{}").insert_header(("content-type", kind));
        assert_eq!(Api::with_pilot().call(request).await.status, 200, "{kind}");
    }
    for kind in ["text/plain", "application/jsonp", "json", "", "multipart/form-data; boundary=x"] {
        let request = patch("{}").insert_header(("content-type", kind));
        assert_eq!(Api::with_pilot().call(request).await.code(), "UNSUPPORTED_TYPE", "{kind}");
    }
}

#[actix_web::test]
async fn an_announced_size_is_refused_before_the_body_is_read() {
    let request = patch("{}").insert_header(("content-length", "1048577"));
    assert_eq!(Api::with_pilot().call(request).await.code(), "TOO_LARGE");
}

#[actix_web::test]
async fn each_wrong_value_is_refused_under_its_field() {
    let wrong = [
        ("title", json!([1, null, true, [], {}, "", "  ", "a\nb", "nul\u{0}", "x".repeat(256)])),
        ("episode_number", json!([null, "1", 1.0, 1.5, true, -1, 1_000_001, u64::MAX, 1e300])),
        ("season_number", json!(["1", 1.0, -1, 10_001])),
        ("description", json!([null, 1, "bell\u{7}", "x".repeat(10_001)])),
        ("status", json!([null, 1, "", "Draft", "done"])),
        ("air_date", json!([1, "", "2008-1-2", "2007-02-29", "2008-01-20T00:00:00Z"])),
        ("categories", json!([null, "a", {}, vec!["a"; 51]])),
        ("director", json!([1, "", "a\u{9}b", "x".repeat(256)])),
        ("writer", json!([1, ""])),
        ("duration_minutes", json!(["1", 1.0, -1, 100_001])),
        ("rating", json!(["1", true, -0.1, 10.1])),
        ("genre", json!([1, ""])),
        ("thumbnail_url", json!([1, "", "javascript:alert(1)"])),
        ("show_id", json!([1, "", "7"])),
        ("version", json!([1])),
        ("nonsense", json!([1])),
    ];
    for (field, values) in wrong {
        for value in values.as_array().unwrap() {
            let mut body = json!({"title": "Pilot", "episode_number": 1});
            body[field] = value.clone();
            assert_eq!(Api::new().call(post(body.to_string())).await.refused(), [field], "{body}");
            let body = json!({field: value});
            assert_eq!(Api::with_pilot().call(patch(body.to_string())).await.refused(), [field], "{body}");
        }
    }
}

#[actix_web::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let body = r#"{"title": 1, "rating": 11, "categories": ["ok", "", 3], "colour": "red"}"#;
    let refused = Api::new().call(post(body)).await.refused();
    assert_eq!(refused, ["title", "episode_number", "categories[1]", "categories[2]", "rating", "colour"]);
}

#[actix_web::test]
async fn a_body_of_nothing_but_mistakes_does_not_make_a_larger_answer() {
    let body = format!(r#"{{"categories": [{}]}}"#, vec!["0"; 10_000].join(","));
    assert_eq!(Api::with_pilot().call(patch(body)).await.refused().len(), 100);
}

#[actix_web::test]
async fn null_empties_what_may_be_empty_and_means_nothing_in_a_new_episode() {
    let fields = [
        "show_id",
        "season_number",
        "air_date",
        "director",
        "writer",
        "duration_minutes",
        "rating",
        "genre",
        "thumbnail_url",
    ];
    for field in fields {
        assert_eq!(Api::with_pilot().call(patch(json!({field: null}).to_string())).await.status, 200, "{field}");
        let body = json!({"title": "Pilot", "episode_number": 1, field: null});
        let response = Api::with_pilot().call(post(body.to_string())).await;
        assert_eq!((response.status.as_u16(), &response.json()["data"][field]), (201, &json!(null)), "{field}");
    }
}

#[actix_web::test]
async fn nobody_learns_what_is_wrong_with_their_request_before_they_have_said_who_they_are() {
    let worse = |request: TestRequest| request.insert_header(("if-match", "3")).set_payload("{");
    for path in ["/api/v1/episodes?colour=red", "/api/v1/episodes"] {
        let response = Api::new().call(worse(TestRequest::post().uri(path))).await;
        assert_eq!(response.code(), "UNAUTHENTICATED");
    }
    for path in [PILOT, "/api/v1/episodes/7"] {
        let response = Api::new().call(with_role(worse(TestRequest::put().uri(path)), "stranger")).await;
        assert_eq!(response.code(), "UNAUTHENTICATED");
    }
}

#[actix_web::test]
async fn a_second_authorization_header_is_no_proof() {
    let request = crate::harness::get(PILOT).append_header(("authorization", "Bearer admin"));
    assert_eq!(Api::with_pilot().call(request).await.code(), "UNAUTHENTICATED");
}

#[actix_web::test]
async fn a_token_that_cannot_be_checked_now_is_not_called_wrong() {
    let response = Api::new().call(with_role(TestRequest::get().uri(PILOT), "unlucky")).await;
    assert_eq!(response.code(), "UNAVAILABLE");
}
