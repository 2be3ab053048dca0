//! Requests with a key, sent more than once.

use std::sync::{Arc, Mutex};

use showrunner_domain::{Committed, Receipt, StoredReceipt};

use crate::harness::{Api, editor, patch, post};

const NEW: &str = r#"{"title": "Pilot", "episode_number": 1}"#;
const KEY: (&str, &str) = ("idempotency-key", "key-1");

/// What the ledger was asked for, by a request that is sent to an empty store.
async fn receipt_of(request: actix_web::test::TestRequest) -> Option<Receipt> {
    let found = Arc::new(Mutex::new(None));
    let (keep, mut api) = (found.clone(), Api::with_pilot());
    api.ledger.checkpoint();
    api.ledger.expect_find_receipt().returning(|_| Ok(None));
    api.ledger.expect_commit().returning(move |set| {
        *keep.lock().unwrap() = set.receipt().cloned();
        Ok(Committed)
    });
    assert!(api.call(request).await.status.is_success());
    found.lock().unwrap().take()
}

#[actix_web::test]
async fn a_key_is_remembered_for_one_caller_method_and_path() {
    let receipt = receipt_of(post(NEW).insert_header(KEY)).await.unwrap();
    assert!(receipt.scope.ends_with(" POST /api/v1/episodes key-1"), "{}", receipt.scope);
    let receipt = receipt_of(patch(r#"{"title": "Later"}"#).insert_header(KEY)).await.unwrap();
    assert!(receipt.scope.contains(" PATCH /api/v1/episodes/"), "{}", receipt.scope);
    assert_eq!(receipt_of(post(NEW)).await, None);
}

#[actix_web::test]
async fn equal_bodies_are_told_by_what_they_say_and_not_by_how_they_are_written() {
    let fingerprint = async |body: &'static str| receipt_of(post(body).insert_header(KEY)).await.unwrap().fingerprint;
    let first = fingerprint(NEW).await;
    assert_eq!(fingerprint(r#"{"episode_number":1,"title":"Pilot"}"#).await, first);
    assert_ne!(fingerprint(r#"{"episode_number":2,"title":"Pilot"}"#).await, first);
}

#[actix_web::test]
async fn a_repeated_request_is_answered_as_the_first_was() {
    let id = "00000000-0000-0000-0000-000000000009";
    let mut api = Api::new();
    api.ledger.expect_find_receipt().returning(move |receipt| {
        let record = format!(r#"{{"id":"{id}","version":1,"title":"Pilot"}}"#);
        Ok(Some(StoredReceipt { fingerprint: receipt.fingerprint, created: true, record }))
    });
    let response = api.call(post(NEW).insert_header(KEY)).await;
    assert_eq!(response.status.as_u16(), 201);
    assert_eq!(response.text, format!(r#"{{"data":{{"id":"{id}","version":1,"title":"Pilot"}}}}"#));
    assert_eq!(response.header("etag"), Some("\"1\""));
    assert_eq!(response.header("location"), Some(format!("/api/v1/episodes/{id}").as_str()));
    assert_eq!(response.header("content-type"), Some("application/json"));
}

#[actix_web::test]
async fn a_key_of_another_request_is_refused() {
    let mut api = Api::new();
    api.ledger
        .expect_find_receipt()
        .returning(|_| Ok(Some(StoredReceipt { fingerprint: "another".into(), created: true, record: "{}".into() })));
    let response = api.call(post(NEW).insert_header(KEY)).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
}

#[actix_web::test]
async fn what_is_no_key_is_malformed() {
    for key in ["", "with blank", &"x".repeat(256)] {
        let response = Api::new().call(editor(post(NEW)).insert_header(("idempotency-key", key))).await;
        assert_eq!(response.code(), "MALFORMED", "{key:?}");
    }
    let twice = post(NEW).append_header(("idempotency-key", "a")).append_header(("idempotency-key", "b"));
    assert_eq!(Api::new().call(twice).await.code(), "MALFORMED");
}
