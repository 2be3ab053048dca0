//! Writes that demand a version.

use actix_web::test::TestRequest;

use crate::harness::{Api, PILOT, editor, get, patch, with_role};

async fn status_with(if_match: &[&str]) -> u16 {
    let request = if_match
        .iter()
        .fold(patch(r#"{"title": "Later"}"#), |request, value| request.append_header(("if-match", *value)));
    Api::with_pilot().call(request).await.status.as_u16()
}

#[actix_web::test]
async fn a_write_happens_where_one_of_the_named_versions_is_current() {
    for (if_match, status) in [
        (&["\"3\""][..], 200),
        (&["*"], 200),
        (&["\"1\", \"3\""], 200),
        (&["\"1\"", "\"3\""], 200),
        (&[], 200),
        (&["\"2\""], 412),
        (&["W/\"3\""], 412),
        (&["\"03\""], 412),
        (&["\"x\""], 412),
        (&["3"], 400),
        (&["\"3"], 400),
        (&[""], 400),
        (&["*", "\"3\""], 400),
    ] {
        assert_eq!(status_with(if_match).await, status, "{if_match:?}");
    }
}

#[actix_web::test]
async fn every_kind_of_write_is_conditional() {
    let restore = format!("{PILOT}/restore");
    let json = ("content-type", "application/json");
    for request in [
        editor(TestRequest::put().uri(PILOT)).insert_header(json).set_payload("{}"),
        editor(TestRequest::delete().uri(PILOT)),
        with_role(TestRequest::delete().uri(&format!("{PILOT}?permanent=true")), "admin"),
        editor(TestRequest::post().uri(&restore)),
    ] {
        let response = Api::with_pilot().call(request.insert_header(("if-match", "\"2\""))).await;
        assert_eq!((response.code().as_str(), &response.json()["version"]), ("VERSION_MISMATCH", &3.into()));
    }
}

#[actix_web::test]
async fn a_read_is_never_not_modified() {
    let response = Api::with_pilot().call(get(PILOT).insert_header(("if-none-match", "\"3\""))).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (200, Some("\"3\"")));
    assert_eq!(response.header("cache-control"), Some("no-store"));
}
