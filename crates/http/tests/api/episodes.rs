//! Episodes: what is answered when all is well.

use actix_web::test::TestRequest;
use insta::assert_snapshot;

use crate::harness::{Api, PILOT, editor, get, patch, pilot, post, with_role};

#[actix_web::test]
async fn a_new_episode_is_answered_with_its_place_and_version() {
    let body = r#"{"title": "Pilot", "episode_number": 1, "rating": 7, "categories": ["a"], "air_date": "2008-01-20"}"#;
    let response = Api::with_pilot().call(post(body)).await;
    assert_eq!(response.status, 201);
    let id = response.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(response.header("location"), Some(format!("/api/v1/episodes/{id}").as_str()));
    assert_eq!(response.header("etag"), Some("\"1\""));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "air_date": "2008-01-20",
        "categories": [
          "a"
        ],
        "created_at": "1970-01-01T00:00:02.000000Z",
        "deleted_at": null,
        "description": "",
        "director": null,
        "duration_minutes": null,
        "episode_number": 1,
        "genre": null,
        "id": "00000000-0000-0000-0000-000000000065",
        "rating": 7.0,
        "season_number": null,
        "show_id": null,
        "status": "draft",
        "thumbnail_url": null,
        "title": "Pilot",
        "updated_at": "1970-01-01T00:00:02.000000Z",
        "version": 1,
        "writer": null
      }
    }
    "#);
}

#[actix_web::test]
async fn an_episode_is_read_with_those_who_look_at_it() {
    let response = Api::with_pilot().call(get(PILOT)).await;
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "air_date": null,
        "categories": [],
        "created_at": "1970-01-01T00:00:01.000000Z",
        "deleted_at": null,
        "description": "",
        "director": null,
        "duration_minutes": null,
        "episode_number": 1,
        "genre": null,
        "id": "00000000-0000-0000-0000-000000000002",
        "rating": null,
        "season_number": null,
        "show_id": null,
        "status": "draft",
        "thumbnail_url": null,
        "title": "Pilot",
        "updated_at": "1970-01-01T00:00:01.000000Z",
        "version": 3,
        "writer": null
      },
      "viewers": [
        {
          "since": "1970-01-01T00:00:02.000000Z",
          "userId": "00000000-0000-0000-0000-000000000005",
          "userName": "An editor"
        }
      ]
    }
    "#);
}

/// Presence that asked its store would panic: nothing is expected of that.
#[actix_web::test]
async fn looking_at_an_episode_asks_the_store_for_the_episode_alone() {
    let mut api = Api::new();
    api.episodes.expect_find_episode().times(1).returning(|_| Ok(Some(pilot())));
    let response = api.call(get(PILOT)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["viewers"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn put_and_patch_both_merge() {
    let put = editor(TestRequest::put().uri(PILOT)).insert_header(("content-type", "application/json"));
    for request in [patch(r#"{"genre": "Drama"}"#), put.set_payload(r#"{"genre": "Drama"}"#)] {
        let response = Api::with_pilot().call(request).await;
        let data = &response.json()["data"];
        assert_eq!((&data["title"], &data["genre"], &data["version"]), (&"Pilot".into(), &"Drama".into(), &4.into()));
        assert_eq!(response.header("etag"), Some("\"4\""));
    }
}

#[actix_web::test]
async fn a_deleted_episode_is_answered_a_last_time() {
    let response = Api::with_pilot().call(editor(TestRequest::delete().uri(PILOT))).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (200, Some("\"4\"")));
    assert!(response.json()["data"]["deleted_at"].is_string());
}

#[actix_web::test]
async fn only_an_administrator_deletes_for_good() {
    let path = format!("{PILOT}?permanent=true");
    let request = |role| with_role(TestRequest::delete().uri(&path), role);
    assert_eq!(Api::with_pilot().call(request("editor")).await.code(), "FORBIDDEN");
    assert_eq!(Api::with_pilot().call(request("admin")).await.status, 200);
}

#[actix_web::test]
async fn a_parameter_that_means_nothing_is_refused_everywhere() {
    let restore = format!("{PILOT}/restore?a=1");
    for request in [
        get(&format!("{PILOT}?a=1")),
        editor(TestRequest::delete().uri(&format!("{PILOT}?a=1&permanent=false"))),
        editor(TestRequest::post().uri(&restore)),
        get("/api/v1/auth/me?a=1"),
        get("/api/v1/episodes?a=1"),
        get("/api/v1/activities?a=1"),
        get("/api/v1/notifications?a=1"),
        get("/api/v1/events?a=1"),
    ] {
        assert_eq!(Api::with_pilot().call(request).await.refused(), ["a"]);
    }
    let request = editor(TestRequest::delete().uri(&format!("{PILOT}?permanent=yes")));
    assert_eq!(Api::with_pilot().call(request).await.refused(), ["permanent"]);
}

#[actix_web::test]
async fn one_learns_who_one_is_but_a_worker_does_not() {
    let response = Api::new().call(get("/api/v1/auth/me")).await;
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "email": "editor@example.com",
        "expires_at": "1970-01-01T00:00:09.000000Z",
        "id": "00000000-0000-0000-0000-000000000005",
        "name": "An editor",
        "role": "editor"
      }
    }
    "#);
    let request = with_role(TestRequest::get().uri("/api/v1/auth/me"), "worker");
    assert_eq!(Api::new().call(request).await.code(), "FORBIDDEN");
}
