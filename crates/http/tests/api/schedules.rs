//! Schedules: made, read, changed and deleted.

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use serde_json::{Value, json};
use showrunner_domain::identity::UserId;
use showrunner_domain::schedule::{Schedule, ScheduleAfter};
use showrunner_domain::{Committed, FieldError, Page};
use uuid::Uuid;

use crate::harness::{Api, editor, get, nightly, with_role};

const SCHEDULES: &str = "/api/v1/schedules";
const SCHEDULE: &str = "/api/v1/schedules/00000000-0000-0000-0000-00000000000b";

/// An API whose store holds `schedule` and takes every change, and whose calendar takes every expression for "in a minute".
fn holding(schedule: Schedule) -> Api {
    let mut api = Api::new();
    api.schedules.expect_find_schedule().returning(move |id| Ok((id == schedule.id).then(|| schedule.clone())));
    api.calendar.expect_next().returning(|_, _, after| Ok(Some(after.plus_seconds(60))));
    api.ledger.expect_commit().returning(|_| Ok(Committed));
    api
}

fn post(body: &Value) -> TestRequest {
    TestRequest::post().uri(SCHEDULES).set_json(body)
}

fn patch(body: &Value) -> TestRequest {
    TestRequest::patch().uri(SCHEDULE).set_json(body)
}

#[actix_web::test]
async fn a_new_schedule_is_answered_with_its_place_its_version_and_when_it_comes_due() {
    let body =
        json!({ "name": "Nightly", "cron": "30 2 * * *", "job_type": "subtitles", "payload": { "language": "es" } });
    let response = holding(nightly()).call(editor(post(&body))).await;
    assert_eq!(response.status, 201, "{}", response.text);
    assert_eq!(response.header("etag"), Some("\"1\""));
    assert!(response.header("location").unwrap().starts_with(SCHEDULES));
    assert_snapshot!(format!("{:#}", response.json()["data"]), @r#"
    {
      "created_at": "1970-01-01T00:00:02.000000Z",
      "created_by": "00000000-0000-0000-0000-000000000005",
      "cron": "30 2 * * *",
      "enabled": true,
      "id": "00000000-0000-0000-0000-000000000065",
      "job_type": "subtitles",
      "last_run_at": null,
      "max_retries": 3,
      "name": "Nightly",
      "next_run_at": "1970-01-01T00:01:02.000000Z",
      "payload": {
        "language": "es"
      },
      "priority": 0,
      "time_zone": "UTC",
      "updated_at": "1970-01-01T00:00:02.000000Z",
      "version": 1
    }
    "#);
}

#[actix_web::test]
async fn a_schedule_is_read_changed_and_deleted_under_its_entity_tag() {
    let response = holding(nightly()).call(get(SCHEDULE)).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (200, Some("\"3\"")));
    for method in [TestRequest::put(), TestRequest::patch()] {
        let request = method.uri(SCHEDULE).set_json(json!({ "enabled": false }));
        let response = holding(nightly()).call(editor(request)).await;
        let data = &response.json()["data"];
        assert_eq!(response.header("etag"), Some("\"4\""));
        assert_eq!((&data["enabled"], &data["next_run_at"]), (&json!(false), &json!(null)));
    }
    let response = holding(nightly()).call(editor(TestRequest::delete().uri(SCHEDULE))).await;
    assert_eq!((response.status.as_u16(), &response.json()["data"]["version"]), (200, &4.into()));
    let stale = editor(patch(&json!({ "enabled": false }))).insert_header(("if-match", "\"2\""));
    assert_eq!(holding(nightly()).call(stale).await.code(), "VERSION_MISMATCH");
    let elsewhere = SCHEDULE.replace("0b", "0c");
    assert_eq!(holding(nightly()).call(get(&elsewhere)).await.code(), "NOT_FOUND");
}

#[actix_web::test]
async fn each_wrong_field_of_a_schedule_is_refused_under_its_name() {
    let body = json!({
        "name": "", "cron": "", "time_zone": "Europe/Zürich", "job_type": "Subtitles", "payload": [], "priority": 101,
        "max_retries": -1, "enabled": "yes", "next_run_at": null,
    });
    let response = holding(nightly()).call(editor(post(&body))).await;
    let expected =
        ["name", "cron", "job_type", "time_zone", "payload", "priority", "max_retries", "enabled", "next_run_at"];
    assert_eq!(response.refused(), expected);
    assert_eq!(holding(nightly()).call(editor(post(&json!({})))).await.refused(), ["name", "cron", "job_type"]);
}

#[actix_web::test]
async fn what_the_calendar_does_not_understand_is_refused_under_its_name() {
    let puzzled = || {
        let mut api = holding(nightly());
        api.calendar.checkpoint();
        api.calendar.expect_next().returning(|_, _, _| {
            Err(vec![FieldError::new("cron", "must be an expression"), FieldError::new("time_zone", "must be known")])
        });
        api
    };
    let body = json!({ "name": "Nightly", "cron": "daily", "time_zone": "Mars", "job_type": "subtitles" });
    assert_eq!(puzzled().call(editor(post(&body))).await.refused(), ["cron", "time_zone"]);
    assert_eq!(puzzled().call(editor(patch(&json!({ "cron": "daily" })))).await.refused(), ["cron", "time_zone"]);
    let mut never = holding(nightly());
    never.calendar.checkpoint();
    never.calendar.expect_next().returning(|_, _, _| Ok(None));
    assert_eq!(never.call(editor(post(&body))).await.refused(), ["cron"]);
}

#[actix_web::test]
async fn one_changes_ones_own_schedules_and_an_admin_those_of_others() {
    let others = || Schedule { created_by: Some(UserId::new(Uuid::from_u128(99))), ..nightly() };
    for request in [|| patch(&json!({ "enabled": false })), || TestRequest::delete().uri(SCHEDULE)] {
        assert_eq!(holding(others()).call(editor(request())).await.code(), "FORBIDDEN");
        assert_eq!(holding(others()).call(with_role(request(), "admin")).await.status, 200);
    }
}

#[actix_web::test]
async fn schedules_are_listed_page_by_page() {
    let mut api = Api::new();
    api.schedules
        .expect_list_schedules()
        .once()
        .withf(|query| query.limit.get() == 1 && query.total)
        .returning(|_| Ok(Page { items: vec![nightly()], next: Some(ScheduleAfter::of(&nightly())), total: Some(2) }));
    let page = api.call(get(&format!("{SCHEDULES}?limit=1&total=true"))).await.json()["page"].clone();
    assert_eq!(page["total"], 2);
    let mut api = Api::new();
    let place = Some(ScheduleAfter::of(&nightly()));
    api.schedules
        .expect_list_schedules()
        .once()
        .withf(move |query| query.after == place)
        .returning(|_| Ok(Page { items: Vec::new(), next: None, total: None }));
    let next = format!("{SCHEDULES}?cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(api.call(get(&next)).await.status, 200);
    assert_eq!(Api::new().call(get(&format!("{SCHEDULES}?enabled=true"))).await.refused(), ["enabled"]);
}
