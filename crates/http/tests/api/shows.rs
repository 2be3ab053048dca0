//! Shows, and the episodes of one.

use actix_web::test::TestRequest;
use actix_web::web;
use insta::assert_snapshot;
use serde_json::json;
use showrunner_domain::episode::EpisodeAfter;
use showrunner_domain::show::{ShowAfter, ShowQuery, ShowSort, ShowStatus};
use showrunner_domain::{CommitError, Page, Reference, References, ResourceKind};

use crate::harness::{Api, Response, SERIES, editor, get, patch, pilot, post, series, with_role};

const SHOWS: &str = "/api/v1/shows";

fn new_show(body: impl Into<web::Bytes>) -> TestRequest {
    let request = editor(TestRequest::post().uri(SHOWS));
    request.insert_header(("content-type", "application/json")).set_payload(body)
}

fn change(method: TestRequest, body: &'static str) -> TestRequest {
    editor(method.uri(SERIES)).insert_header(("content-type", "application/json")).set_payload(body)
}

#[actix_web::test]
async fn a_new_show_is_answered_with_its_place_and_version() {
    let response = Api::with_series().call(new_show(r#"{"name": "Breaking Bad", "status": "active"}"#)).await;
    assert_eq!(response.status, 201);
    let id = response.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(response.header("location"), Some(format!("{SHOWS}/{id}").as_str()));
    assert_eq!(response.header("etag"), Some("\"1\""));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "created_at": "1970-01-01T00:00:02.000000Z",
        "description": "",
        "id": "00000000-0000-0000-0000-000000000065",
        "name": "Breaking Bad",
        "slug": "breaking-bad",
        "status": "active",
        "updated_at": "1970-01-01T00:00:02.000000Z",
        "version": 1
      }
    }
    "#);
}

#[actix_web::test]
async fn a_show_is_read_changed_and_deleted_under_its_entity_tag() {
    let response = Api::with_series().call(get(SERIES)).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (200, Some("\"3\"")));
    assert_eq!(response.json()["data"]["slug"], "breaking-bad");
    for method in [TestRequest::put(), TestRequest::patch()] {
        let response = Api::with_series().call(change(method, r#"{"name": "Better Call Saul"}"#)).await;
        assert_eq!(response.header("etag"), Some("\"4\""));
        assert_eq!(
            (&response.json()["data"]["slug"], &response.json()["data"]["status"]),
            (&"breaking-bad".into(), &"active".into())
        );
    }
    let response = Api::with_series().call(editor(TestRequest::delete().uri(SERIES))).await;
    assert_eq!((response.status.as_u16(), &response.json()["data"]["version"]), (200, &4.into()));
    let stale = editor(TestRequest::delete().uri(SERIES)).insert_header(("if-match", "\"2\""));
    assert_eq!(Api::with_series().call(stale).await.code(), "VERSION_MISMATCH");
}

#[actix_web::test]
async fn what_the_store_refuses_is_told_in_words_that_say_what_to_do() {
    let answer = async |request: TestRequest, refusal: fn() -> CommitError| {
        let mut api = Api::with_series();
        api.ledger.checkpoint();
        api.ledger.expect_commit().returning(move |_| Err(refusal()));
        api.episodes.expect_find_episode().returning(|_| Ok(Some(pilot())));
        api.references.expect_references().returning(|_, _| {
            let name = "Pilot".to_owned();
            let first = vec![Reference { kind: ResourceKind::Episode, id: pilot().id.uuid(), name }];
            Ok(References { first, total: 21 })
        });
        api.call(request).await
    };
    let taken = answer(new_show(r#"{"name": "A", "slug": "a"}"#), || CommitError::AlreadyExists {
        what: "a show with this slug",
    })
    .await;
    assert_eq!((taken.status.as_u16(), taken.code().as_str()), (409, "ALREADY_EXISTS"));
    let used = answer(editor(TestRequest::delete().uri(SERIES)), || CommitError::InUse {
        reason: "episodes belong to this show",
    });
    let used = used.await;
    assert_eq!((used.status.as_u16(), used.code().as_str()), (409, "CONFLICT"));
    let named = json!([{ "type": "episode", "id": pilot().id, "name": "Pilot" }]);
    assert_eq!((&used.json()["used_by"], &used.json()["used_by_total"]), (&named, &json!(21)));
    let dangling: fn() -> CommitError = || CommitError::Dangling { field: "show_id" };
    let id = series().id;
    let body = format!(r#"{{"title": "Pilot", "episode_number": 1, "show_id": "{id}"}}"#);
    assert_eq!(answer(post(body), dangling).await.refused(), ["show_id"]);
    assert_eq!(answer(patch(format!(r#"{{"show_id": "{id}"}}"#)), dangling).await.refused(), ["show_id"]);
}

#[actix_web::test]
async fn each_wrong_field_is_refused_under_its_name() {
    for (body, fields) in [
        ("{}", &["name"][..]),
        (
            r#"{"name": "", "slug": "A", "description": 7, "status": "over", "id": 1}"#,
            &["name", "slug", "description", "status", "id"],
        ),
        (r#"{"name": "A", "slug": ""}"#, &["slug"]),
        (r#"{"name": "A", "slug": null}"#, &["slug"]),
    ] {
        assert_eq!(Api::with_series().call(new_show(body)).await.refused(), fields, "{body}");
    }
    for show in ["7", r#""7""#, "true"] {
        let body = format!(r#"{{"title": "Pilot", "episode_number": 1, "show_id": {show}}}"#);
        assert_eq!(Api::with_pilot().call(post(body)).await.refused(), ["show_id"]);
    }
}

#[actix_web::test]
async fn a_viewer_writes_no_show() {
    for request in [TestRequest::post().uri(SHOWS), TestRequest::patch().uri(SERIES)] {
        let request = with_role(request, "viewer").insert_header(("content-type", "application/json"));
        assert_eq!(Api::with_series().call(request.set_payload(r#"{"name": "A"}"#)).await.code(), "FORBIDDEN");
    }
    assert_eq!(
        Api::with_series().call(with_role(TestRequest::delete().uri(SERIES), "viewer")).await.code(),
        "FORBIDDEN"
    );
    assert_eq!(Api::with_series().call(with_role(TestRequest::get().uri(SERIES), "worker")).await.code(), "FORBIDDEN");
}

/// Asks for a list and expects that the store is asked for what `expected` says.
async fn list(query: &str, expected: impl Fn(&ShowQuery) -> bool + Send + 'static) -> Response {
    let mut api = Api::new();
    api.shows.expect_list_shows().once().withf(expected).returning(|query| {
        let next = Some(ShowAfter::of(&series(), query.sort));
        Ok(Page { items: vec![series()], next, total: query.total.then_some(7) })
    });
    api.call(get(&format!("{SHOWS}{query}"))).await
}

#[actix_web::test]
async fn a_list_is_filtered_sorted_and_continued() {
    let response = list("?status=cancelled&q=%C3%A4&total=true", |query| {
        query.filter.status == Some(ShowStatus::Cancelled) && query.filter.q.as_ref().is_some_and(|q| q.as_str() == "ä")
    });
    assert_eq!(response.await.json()["page"]["total"], 7);
    for sort in ["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] {
        let cursor = list(&format!("?sort={sort}"), |_| true).await.json()["page"]["next_cursor"].clone();
        let query = format!("?sort={sort}&cursor={}", cursor.as_str().unwrap());
        let place = ShowAfter::of(&series(), ShowSort::parse(sort).unwrap());
        assert_eq!(list(&query, move |query| query.after.as_ref() == Some(&place)).await.status, 200, "{sort}");
        let crossed = format!("{SHOWS}?sort=slug&cursor={}", cursor.as_str().unwrap());
        assert_eq!(Api::new().call(get(&crossed)).await.refused(), ["sort"]);
    }
    let cursor = list("?sort=name", |_| true).await.json()["page"]["next_cursor"].clone();
    let foreign = format!("{SHOWS}?sort=-name&cursor={}", cursor.as_str().unwrap());
    assert_eq!(Api::new().call(get(&foreign)).await.code(), "MALFORMED");
}

#[actix_web::test]
async fn the_episodes_of_a_show_are_a_list_of_episodes() {
    let mut api = Api::with_series();
    api.episodes.expect_list_episodes().once().withf(|query| query.filter.show_id == Some(series().id)).returning(
        |query| Ok(Page { items: vec![pilot()], next: Some(EpisodeAfter::of(&pilot(), query.sort)), total: None }),
    );
    let response = api.call(get(&format!("{SERIES}/episodes?sort=title&limit=1"))).await;
    assert_eq!((response.status.as_u16(), &response.json()["data"][0]["title"]), (200, &"Pilot".into()));
    let elsewhere = SERIES.replace('7', "8");
    assert_eq!(Api::with_series().call(get(&format!("{elsewhere}/episodes"))).await.code(), "NOT_FOUND");
    let twice = format!("{SERIES}/episodes?show_id={}", series().id);
    assert_eq!(Api::with_series().call(get(&twice)).await.refused(), ["show_id"]);
}

#[actix_web::test]
async fn episodes_are_filtered_by_their_show() {
    let mut api = Api::new();
    api.episodes
        .expect_list_episodes()
        .once()
        .withf(|query| query.filter.show_id == Some(series().id))
        .returning(|_| Ok(Page { items: Vec::new(), next: None, total: None }));
    assert_eq!(api.call(get(&format!("/api/v1/episodes?show_id={}", series().id))).await.status, 200);
}
