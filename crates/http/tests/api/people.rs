//! Signing in, and accounts.

use std::sync::{Arc, Mutex};

use actix_web::test::TestRequest;
use serde_json::{Value, json};
use showrunner_domain::identity::{Credentials, PasswordHash, UserId};
use showrunner_domain::{CommitError, Committed, Page, Receipt, Timestamp};
use uuid::Uuid;

use crate::harness::{Api, user, with_role};

const USER: &str = "/api/v1/users/00000000-0000-0000-0000-000000000002";

fn send(method: TestRequest, path: &str, body: &Value) -> TestRequest {
    method.uri(path).insert_header(("content-type", "application/json")).set_payload(body.to_string())
}

fn post(path: &str, body: &Value) -> TestRequest {
    send(TestRequest::post(), path, body)
}

fn admin(request: TestRequest) -> TestRequest {
    with_role(request, "admin")
}

/// An API whose store holds one user, with the password `correct horse`.
fn api() -> Api {
    let id = UserId::new(Uuid::from_u128(2));
    let mut api = Api::new();
    api.users.expect_find_user().returning(move |asked| Ok((asked == id).then(|| user(id))));
    api.ledger.expect_commit().returning(|_| Ok(Committed));
    api.hasher.expect_hash().returning(|_| Ok(PasswordHash("$argon2id$".into())));
    api.hasher.expect_verify().returning(|password, _| Ok(password.as_str() == "correct horse"));
    let password = Some(PasswordHash("$argon2id$".into()));
    let account = Credentials { user: user(id), password };
    api.sign_ins.expect_find_credentials().returning(move |_| Ok(Some(account.clone())));
    api.sign_ins.expect_begin_attempt().returning(|_, _| Ok(None));
    api.sign_ins.expect_settle_attempt().returning(|_, _| Ok(()));
    api
}

fn login(password: &str) -> TestRequest {
    post("/api/v1/auth/login", &json!({"email": "editor@example.com", "password": password}))
}

#[actix_web::test]
async fn signing_in_is_answered_with_tokens_that_nobody_keeps() {
    let response = api().call(login("correct horse")).await;
    assert_eq!((response.status.as_u16(), response.header("cache-control")), (200, Some("no-store")));
    let data = &response.json()["data"];
    assert_eq!((&data["token_type"], &data["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(data["access_token"], "access of editor@example.com");
    assert!(data["refresh_token"].as_str().unwrap().ends_with(".secret"));
    assert_eq!(data["user"]["email"], "editor@example.com");
    assert!(!response.text.contains("argon2"), "{}", response.text);
}

#[actix_web::test]
async fn a_wrong_password_is_unauthenticated_and_says_nothing_of_tokens() {
    let response = api().call(login("wrong")).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (401, "UNAUTHENTICATED"));
    assert_eq!(response.json()["detail"], "The address or the password is wrong.");
}

#[actix_web::test]
async fn whoever_has_to_wait_for_long_is_told_when_to_come_back() {
    let mut api = api();
    api.sign_ins.checkpoint();
    api.sign_ins.expect_find_credentials().returning(|_| Ok(None));
    api.sign_ins.expect_begin_attempt().returning(|_, _| Ok(Timestamp::from_micros(62_000_000)));
    let response = api.call(login("correct horse")).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(response.header("retry-after"), Some("60"));
}

#[actix_web::test]
async fn bodies_that_sign_nobody_in_name_every_field() {
    for (path, body, refused) in [
        ("login", json!({}), vec!["email", "password"]),
        ("login", json!({"email": "x", "password": 7, "token": "y"}), vec!["email", "password", "token"]),
        ("login", json!({"email": "a@b", "password": "x".repeat(1_025)}), vec!["password"]),
        ("refresh", json!({"refresh_token": null}), vec!["refresh_token"]),
        ("refresh", json!({"refresh_token": "x".repeat(256)}), vec!["refresh_token"]),
        ("setup", json!({"token": "x", "password": "short"}), vec!["password"]),
        ("setup", json!({"token": "x", "password": "correct horse", "role": "admin"}), vec!["role"]),
        (
            "setup",
            json!({"password": "line\nbreak in it", "email": "", "name": ""}),
            vec!["token", "password", "email", "name"],
        ),
    ] {
        let response = api().call(post(&format!("/api/v1/auth/{path}"), &body)).await;
        assert_eq!(response.refused(), refused, "{path} {body}");
    }
}

#[actix_web::test]
async fn what_is_no_refresh_token_or_link_is_unauthenticated() {
    for token in ["", "x", "00000000-0000-0000-0000-000000000006", "\u{0}.\u{0}"] {
        let response = api().call(post("/api/v1/auth/refresh", &json!({"refresh_token": token}))).await;
        assert_eq!((response.status.as_u16(), response.code().as_str()), (401, "UNAUTHENTICATED"), "{token:?}");
    }
    let mut api = api();
    api.sign_ins.expect_find_link().returning(|_, _| Ok(None));
    let body = json!({"token": "x", "password": "correct horse"});
    assert_eq!(api.call(post("/api/v1/auth/setup", &body)).await.code(), "UNAUTHENTICATED");
}

#[actix_web::test]
async fn only_admins_see_and_change_accounts() {
    for role in ["viewer", "editor", "worker"] {
        for request in [
            TestRequest::get().uri("/api/v1/users"),
            TestRequest::get().uri(USER),
            post("/api/v1/users", &json!({"email": "a@b", "name": "x", "role": "viewer"})),
            send(TestRequest::patch(), USER, &json!({"role": "admin"})),
            TestRequest::delete().uri(USER),
        ] {
            let response = api().call(with_role(request, role)).await;
            assert_eq!((response.status.as_u16(), response.code().as_str()), (403, "FORBIDDEN"), "{role}");
        }
    }
}

#[actix_web::test]
async fn an_account_is_created_read_changed_and_deleted() {
    let body = json!({"email": "New@Example.com", "name": "New", "role": "editor", "password": "correct horse"});
    let created = api().call(admin(post("/api/v1/users", &body))).await;
    assert_eq!((created.status.as_u16(), created.header("etag")), (201, Some("\"1\"")));
    let data = &created.json()["data"];
    assert_eq!((&data["email"], &data["role"]), (&json!("new@example.com"), &json!("editor")));
    assert!(created.header("location").unwrap().starts_with("/api/v1/users/"));
    assert!(!created.text.contains("password"), "{}", created.text);

    let read = api().call(admin(TestRequest::get().uri(USER))).await;
    assert_eq!((read.status.as_u16(), read.header("etag")), (200, Some("\"1\"")));
    let changed = api().call(admin(send(TestRequest::put(), USER, &json!({"name": "Other"})))).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, Some("\"2\"")));
    let stale = admin(send(TestRequest::patch(), USER, &json!({"name": "Other"}))).insert_header(("if-match", "\"7\""));
    assert_eq!(api().call(stale).await.code(), "VERSION_MISMATCH");
    let deleted = api().call(admin(TestRequest::delete().uri(USER))).await;
    assert_eq!((deleted.status.as_u16(), &deleted.json()["data"]["name"]), (200, &json!("An editor")));
}

#[actix_web::test]
async fn accounts_are_listed_like_everything_else() {
    let mut api = api();
    api.users.expect_list_users().withf(|query| query.total && query.limit.get() == 2).returning(|_| {
        let items = vec![user(UserId::new(Uuid::from_u128(2)))];
        Ok(Page { items, next: None, total: Some(1) })
    });
    let response = api.call(admin(TestRequest::get().uri("/api/v1/users?limit=2&total=true"))).await;
    assert_eq!(response.json()["page"], json!({"limit": 2, "next_cursor": null, "total": 1}));
    for (query, refused) in [("role=god", "role"), ("limit=0", "limit"), ("q=x", "q")] {
        let request = admin(TestRequest::get().uri(&format!("/api/v1/users?{query}")));
        assert_eq!(self::api().call(request).await.refused(), [refused]);
    }
}

#[actix_web::test]
async fn every_wrong_field_of_an_account_is_named_at_once() {
    let body = json!({"email": "x", "name": "", "role": "worker", "password": "short", "id": 1});
    let response = api().call(admin(post("/api/v1/users", &body))).await;
    assert_eq!(response.refused(), ["email", "name", "role", "password", "id"]);
    assert_eq!(api().call(admin(post("/api/v1/users", &json!({})))).await.refused(), ["email", "name", "role"]);
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let mut api = api();
    api.ledger.checkpoint();
    api.ledger.expect_commit().returning(|_| Err(CommitError::LastAdmin));
    let response = api.call(admin(TestRequest::delete().uri(USER))).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (409, "CONFLICT"));
    assert_eq!(response.json()["detail"], "This is the last administrator: make somebody else one first.");
}

#[actix_web::test]
async fn what_is_remembered_of_a_repeatable_request_tells_nothing_of_a_password() {
    let receipt = async |password: &str| -> Receipt {
        let (kept, mut api) = (Arc::new(Mutex::new(None)), api());
        api.ledger.checkpoint();
        api.ledger.expect_find_receipt().returning(|_| Ok(None));
        let keep = kept.clone();
        api.ledger.expect_commit().returning(move |set| {
            *keep.lock().unwrap() = set.receipt().cloned();
            Ok(Committed)
        });
        let body = json!({"email": "a@b", "name": "x", "role": "viewer", "password": password});
        let request = admin(post("/api/v1/users", &body)).insert_header(("idempotency-key", "key-1"));
        assert_eq!(api.call(request).await.status.as_u16(), 201);
        let kept = kept.lock().unwrap().take();
        kept.unwrap()
    };
    assert_eq!(receipt("correct horse").await, receipt("battery staple").await);
}

#[actix_web::test]
async fn ones_own_account_is_changed_by_oneself() {
    let me = "/api/v1/auth/me";
    let patch = |body: Value| with_role(send(TestRequest::patch(), me, &body), "viewer");
    let own = || {
        let mut api = api();
        api.users.checkpoint();
        api.users.expect_find_user().returning(|id| Ok(Some(user(id))));
        api
    };
    let renamed = own().call(patch(json!({"name": "Somebody"}))).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["data"]["name"]), (200, &json!("Somebody")));
    let both = json!({"current_password": "correct horse", "password": "battery staple"});
    assert_eq!(own().call(patch(both)).await.status.as_u16(), 200);
    let wrong = json!({"current_password": "wrong", "password": "battery staple"});
    assert_eq!(own().call(patch(wrong)).await.refused(), ["current_password"]);
    assert_eq!(own().call(patch(json!({"password": "battery staple"}))).await.refused(), ["current_password"]);
    assert_eq!(own().call(patch(json!({"role": "admin", "email": "a@b"}))).await.refused(), ["email", "role"]);
}
