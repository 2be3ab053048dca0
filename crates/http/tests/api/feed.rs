//! Activities, notifications and the log.

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use showrunner_domain::activity::{
    ActionCount, Activity, ActivityAction, ActivityAfter, ActivityId, ActivityStats, DayCount, Period, ResourceCount,
    UserCount,
};
use showrunner_domain::event::{ActorStamp, Audience, EventId, LogPage, LoggedEvent, Origin, Seq};
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{
    Notification, NotificationAfter, NotificationId, NotificationKind, NotificationPriority,
};
use showrunner_domain::{Page, ResourceKind, Subject, Timestamp};
use uuid::Uuid;

use crate::harness::{Api, editor, get, with_role};

const NOTIFICATION: &str = "/api/v1/notifications/00000000-0000-0000-0000-000000000008";

fn time() -> Timestamp {
    Timestamp::from_micros(1).unwrap()
}

fn activity() -> Activity {
    Activity {
        id: ActivityId::new(Uuid::from_u128(7)),
        seq: Seq::new(4).unwrap(),
        user_id: None,
        user_name: "system".into(),
        action: ActivityAction::Create,
        resource_type: "episode".into(),
        resource_id: Uuid::from_u128(2),
        resource_name: "Pilot".into(),
        metadata: serde_json::Map::new(),
        ip: Some("203.0.113.9".into()),
        user_agent: None,
        request_id: None,
        created_at: time(),
        audience: Audience::Readers,
    }
}

fn notification() -> Notification {
    Notification {
        id: NotificationId::new(Uuid::from_u128(8)),
        user_id: UserId::new(Uuid::from_u128(5)),
        seq: Seq::new(4).unwrap(),
        kind: NotificationKind::Info,
        event: "episode_created".into(),
        title: "New episode".into(),
        message: "Pilot was created.".into(),
        priority: NotificationPriority::Normal,
        data: serde_json::Map::new(),
        read_at: None,
        expires_at: None,
        created_at: time(),
    }
}

fn event(seq: i64) -> LoggedEvent {
    LoggedEvent {
        seq: Seq::new(seq).unwrap(),
        id: EventId::new(Uuid::from_u128(1)),
        name: "episode_created".into(),
        data: r#"{"b":1.0,"a":[]}"#.into(),
        timestamp: time(),
        actor: ActorStamp::system(),
        origin: Origin::default(),
        subject: Subject::new(ResourceKind::Episode, Uuid::from_u128(2)),
        show: None,
        owner: None,
        audience: Audience::Readers,
    }
}

#[actix_web::test]
async fn the_feed_says_what_it_lacks_and_hides_addresses_from_editors() {
    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 3);
    api.activities.expect_list_activities().once().withf(|query| query.after.is_none()).returning(|_| {
        let next = Some(ActivityAfter { created_at: time(), seq: Seq::new(4).unwrap() });
        Ok(Page { items: vec![activity()], next, total: None })
    });
    let response = api.call(get("/api/v1/activities?action=CREATE&from=1970-01-01T00:00:00Z")).await;
    assert_eq!(response.header("showrunner-lag"), Some("3"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": [
        {
          "action": "CREATE",
          "createdAt": "1970-01-01T00:00:00.000001Z",
          "id": "00000000-0000-0000-0000-000000000007",
          "metadata": {},
          "requestId": null,
          "resourceId": "00000000-0000-0000-0000-000000000002",
          "resourceName": "Pilot",
          "resourceType": "episode",
          "userId": null,
          "userName": "system"
        }
      ],
      "page": {
        "limit": 20,
        "next_cursor": "eyJjcmVhdGVkX2F0IjoiMTk3MC0wMS0wMVQwMDowMDowMC4wMDAwMDFaIiwic2VxIjo0fQ"
      }
    }
    "#);
}

#[actix_web::test]
async fn stats_say_what_they_lack_and_which_days_they_cover() {
    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 3);
    api.activities.expect_count_activities().once().returning(|query, Period { from, to }| {
        assert_eq!(query.action, Some(ActivityAction::Create));
        Ok(ActivityStats {
            from,
            to,
            total: 2,
            by_action: vec![ActionCount { action: ActivityAction::Create, count: 2 }],
            by_resource: vec![ResourceCount { resource_type: "episode".into(), count: 2 }],
            by_user: vec![UserCount { user_id: None, user_name: "system".into(), count: 2 }],
            by_day: vec![DayCount { day: to, count: 2 }],
        })
    });
    let response = api.call(get("/api/v1/activities/stats?action=CREATE&from=1969-12-30&to=1970-01-01")).await;
    assert_eq!(response.header("showrunner-lag"), Some("3"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": {
        "by_action": [
          {
            "action": "CREATE",
            "count": 2
          }
        ],
        "by_day": [
          {
            "count": 2,
            "day": "1970-01-01"
          }
        ],
        "by_resource": [
          {
            "count": 2,
            "resource_type": "episode"
          }
        ],
        "by_user": [
          {
            "count": 2,
            "user_id": null,
            "user_name": "system"
          }
        ],
        "from": "1969-12-30",
        "to": "1970-01-01",
        "total": 2
      }
    }
    "#);
}

#[actix_web::test]
async fn a_cursor_of_the_feed_leads_back_and_belongs_to_no_other_list() {
    let cursor = "eyJjcmVhdGVkX2F0IjoiMTk3MC0wMS0wMVQwMDowMDowMC4wMDAwMDFaIiwic2VxIjo0fQ";
    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 0);
    let place = ActivityAfter { created_at: time(), seq: Seq::new(4).unwrap() };
    api.activities
        .expect_list_activities()
        .once()
        .withf(move |query| query.after == Some(place))
        .returning(|_| Ok(Page { items: Vec::new(), next: None, total: None }));
    let response = api.call(get(&format!("/api/v1/activities?cursor={cursor}"))).await;
    assert_eq!((response.status.as_u16(), response.header("showrunner-lag")), (200, None));
    let response = Api::new().call(get(&format!("/api/v1/notifications?cursor={cursor}"))).await;
    assert_eq!(response.code(), "MALFORMED");
}

#[actix_web::test]
async fn wrong_parameters_of_the_feeds_are_refused_under_their_names() {
    for (path, field) in [
        ("activities?user_id=7", "user_id"),
        ("activities?action=create", "action"),
        ("activities?resource_type=", "resource_type"),
        ("activities?resource_id=x", "resource_id"),
        ("activities?from=2008-01-01", "from"),
        ("activities?to=now", "to"),
        ("activities/stats?from=2008-01-20T00:00:00Z", "from"),
        ("activities/stats?from=1968-01-01", "from"),
        ("activities/stats?action=create", "action"),
        ("activities/stats?limit=1", "limit"),
        ("notifications?unread=1", "unread"),
        ("notifications?type=INFO", "type"),
        ("events?since=-1", "since"),
        ("events?since=x", "since"),
        ("events?topics=", "topics"),
        ("events?topics=feed,job", "topics"),
        ("events?limit=101", "limit"),
        ("events?total=true", "total"),
    ] {
        assert_eq!(Api::new().call(get(&format!("/api/v1/{path}"))).await.refused(), [field], "{path}");
    }
}

#[actix_web::test]
async fn ones_notifications_are_listed_counted_read_and_deleted() {
    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 1);
    api.notifications.expect_list_notifications().returning(|_, query| {
        assert_eq!((query.unread, query.kind), (Some(true), Some(NotificationKind::Info)));
        let next = Some(NotificationAfter { seq: notification().seq, id: notification().id });
        Ok(Page { items: vec![notification()], next, total: Some(1) })
    });
    let response = api.call(get("/api/v1/notifications?unread=true&type=info&total=true")).await;
    assert_eq!(response.header("showrunner-lag"), Some("1"));
    assert_snapshot!(format!("{:#}", response.json()), @r#"
    {
      "data": [
        {
          "created_at": "1970-01-01T00:00:00.000001Z",
          "data": {},
          "event": "episode_created",
          "expires_at": null,
          "id": "00000000-0000-0000-0000-000000000008",
          "message": "Pilot was created.",
          "priority": "normal",
          "read_at": null,
          "title": "New episode",
          "type": "info"
        }
      ],
      "page": {
        "limit": 20,
        "next_cursor": "eyJzZXEiOjQsImlkIjoiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDA4In0",
        "total": 1
      }
    }
    "#);

    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 0);
    api.notifications.expect_count_unread().returning(|_| Ok(2));
    let response = api.call(get("/api/v1/notifications/unread-count")).await;
    assert_eq!(response.text, r#"{"data":{"unread":2}}"#);

    let mut api = Api::with_log(1, 4);
    api.gate.expect_lag().returning(|_, _| 0);
    api.notifications.expect_mark_all_read().returning(|_, _| Ok(2));
    let response = api.call(editor(TestRequest::post().uri("/api/v1/notifications/read-all"))).await;
    assert_eq!(response.text, r#"{"data":{"read":2}}"#);

    let mut api = Api::new();
    api.notifications.expect_mark_read().returning(|_, _, _| Ok(Some(notification())));
    let response = api.call(editor(TestRequest::post().uri(&format!("{NOTIFICATION}/read")))).await;
    assert_eq!(response.json()["data"]["type"], "info");

    let mut api = Api::new();
    api.notifications.expect_delete_notification().returning(|_, _| Ok(None));
    let response = api.call(editor(TestRequest::delete().uri(NOTIFICATION))).await;
    assert_eq!(response.code(), "NOT_FOUND");
}

#[actix_web::test]
async fn the_log_is_answered_as_it_was_stored() {
    let mut api = Api::with_log(1, 3);
    let page = || LogPage { events: vec![event(2), event(3)], scanned: event(3).seq };
    api.log.expect_read().returning(move |_, _| Ok(page()));
    let request =
        get("/api/v1/events?since=1&topics=episodes,me&limit=2").insert_header(("accept", "text/event-stream"));
    let response = api.call(request).await;
    let [second, third] = [2, 3].map(|seq| event(seq).envelope());
    assert_eq!(response.text, format!(r#"{{"data":[{second},{third}],"page":{{"limit":2,"next_cursor":"3"}}}}"#));
    assert_eq!(response.header("content-type"), Some("application/json"));
}

#[actix_web::test]
async fn at_the_head_the_log_has_nothing_and_the_cursor_stays() {
    let response = Api::with_log(1, 3).call(get("/api/v1/events?since=3")).await;
    assert_eq!(response.text, r#"{"data":[],"page":{"limit":20,"next_cursor":"3"}}"#);
    let response = Api::with_log(1, 3).call(get("/api/v1/events?since=4")).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (410, "LOG_TRUNCATED"));
}

#[actix_web::test]
async fn who_names_another_event_than_the_log_holds_is_told_to_begin_again() {
    let id = "01a2045d-0000-7000-8000-00000000000a";
    let response = Api::with_log(1, 3).call(get(&format!("/api/v1/events?since=2&since_id={id}"))).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (410, "LOG_TRUNCATED"));
    for query in ["since=2&since_id=2", "since=2&since_id=", &format!("since_id={id}")] {
        let response = Api::with_log(1, 3).call(get(&format!("/api/v1/events?{query}"))).await;
        assert_eq!((response.status.as_u16(), response.code().as_str()), (400, "MALFORMED"), "{query}");
    }
}

#[actix_web::test]
async fn a_topic_without_events_is_scanned_in_pages_that_tell_how_far_they_came() {
    let mut api = Api::with_log(1, 1_000_000);
    api.log.expect_read().returning(|after, limit| {
        let places = after.get() + 1..=after.get() + i64::try_from(limit.events).unwrap();
        let events: Vec<_> = places.map(event).collect();
        Ok(LogPage { scanned: events[events.len() - 1].seq, events })
    });
    let response = api.call(get("/api/v1/events?since=5&topics=shows")).await;
    assert_eq!(response.text, r#"{"data":[],"page":{"limit":20,"next_cursor":"10005"}}"#);
}

#[actix_web::test]
async fn a_worker_reads_nothing() {
    for path in ["episodes", "activities", "activities/stats", "notifications", "events"] {
        let request = TestRequest::get().uri(&format!("/api/v1/{path}"));
        assert_eq!(Api::new().call(with_role(request, "worker")).await.code(), "FORBIDDEN", "{path}");
    }
}
