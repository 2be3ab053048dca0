//! What one wants to be told of.

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use serde_json::{Value, json};
use showrunner_domain::notification::{Follows, MutedEvents, NotifiedEvent, Preferences};

use crate::harness::{Api, Response, editor, get, pilot, with_role};

const PATH: &str = "/api/v1/notifications/preferences";

fn with_preferences(preferences: Preferences) -> Api {
    let mut api = Api::with_pilot();
    api.shows.expect_find_show().returning(|_| Ok(None));
    api.preferences.expect_find_preferences().returning(move |_| Ok(preferences.clone()));
    api
}

async fn put(api: Api, body: &Value) -> Response {
    api.call(editor(TestRequest::put().uri(PATH).set_json(body))).await
}

#[actix_web::test]
async fn whoever_never_said_anything_is_told_everything() {
    let response = with_preferences(Preferences::default()).call(get(PATH)).await;
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "channels": {
          "episode_created": {
            "in_app": true
          },
          "episode_deleted": {
            "in_app": true
          },
          "job_completed": {
            "in_app": true
          },
          "job_failed": {
            "in_app": true
          }
        },
        "follows": [],
        "muted_events": []
      }
    }
    "#);
}

#[actix_web::test]
async fn what_is_given_is_set_and_the_rest_stays() {
    let before =
        Preferences { muted_events: MutedEvents::from_iter([NotifiedEvent::EpisodeCreated]), ..Preferences::default() };
    let mut api = with_preferences(before.clone());
    let follows: Follows =
        serde_json::from_value(json!([{"resource_type": "episode", "resource_id": pilot().id}])).unwrap();
    let after = Preferences { follows, ..before };
    api.preferences
        .expect_keep_preferences()
        .once()
        .withf(move |_, kept, _| *kept == after)
        .returning(|_, _, _| Ok(()));
    let response = put(api, &json!({"follows": [{"resource_type": "episode", "resource_id": pilot().id}]})).await;
    assert_eq!(response.status, 200, "{}", response.text);
    assert_eq!(response.json()["data"]["muted_events"], json!(["episode_created"]));
    assert_eq!(response.json()["data"]["follows"][0]["resource_id"], json!(pilot().id));
}

#[actix_web::test]
async fn what_cannot_be_wanted_is_refused_and_nothing_is_kept() {
    let stranger = "00000000-0000-7000-8000-00000000000a";
    for (body, field) in [
        (json!({"channels": {"episode_exploded": {"in_app": true}}}), "channels"),
        (json!({"channels": {"episode_created": {"pigeon": true}}}), "channels"),
        (json!({"muted_events": ["episode_created", "job_started"]}), "muted_events[1]"),
        (json!({"follows": {}}), "follows"),
        (json!({"follows": [{"resource_type": "user", "resource_id": stranger}]}), "follows[0]"),
        (json!({"follows": [{"resource_type": "show", "resource_id": stranger}]}), "follows"),
        (json!({"follows": [{"resource_type": "episode", "resource_id": stranger}]}), "follows"),
        (json!({"digest": "daily"}), "digest"),
    ] {
        assert_eq!(put(with_preferences(Preferences::default()), &body).await.refused(), [field], "{body}");
    }
}

#[actix_web::test]
async fn a_worker_has_no_preferences() {
    for request in [TestRequest::get(), TestRequest::put().set_json(json!({}))] {
        assert_eq!(Api::new().call(with_role(request.uri(PATH), "worker")).await.code(), "FORBIDDEN");
    }
}
