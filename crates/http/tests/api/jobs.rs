//! Jobs: queued, read, called off and tried again; and what workers outside say.

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use serde_json::json;
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Arrivals, Job, JobStatus, Lease, ReceiptHandle};
use showrunner_domain::{CommitError, Committed, Timestamp};
use uuid::Uuid;

use crate::harness::{Api, Response, editor, get, job, with_role};

const JOBS: &str = "/api/v1/jobs";
const JOB: &str = "/api/v1/jobs/00000000-0000-0000-0000-000000000004";
const HANDLE: &str = "00000000-0000-0000-0000-000000000007";

fn post(path: &str, body: &serde_json::Value) -> TestRequest {
    TestRequest::post().uri(path).set_json(body)
}

/// An API whose store holds `job` and takes every change.
fn holding(job: Job) -> Api {
    let mut api = Api::new();
    api.jobs.expect_find_job().returning(move |id| Ok((id == job.id).then(|| job.clone())));
    api.ledger.expect_commit().returning(|_| Ok(Committed));
    api
}

/// [`job`], in the hands of whoever has the token.
pub(crate) fn claimed() -> Job {
    let expires_at = Timestamp::from_micros(60_000_000).unwrap();
    let lease = Lease { handle: ReceiptHandle::new(Uuid::from_u128(7)), expires_at };
    Job { status: JobStatus::Processing, attempt: 1, started_at: Some(job().created_at), lease: Some(lease), ..job() }
}

async fn worker(api: Api, path: &str, body: serde_json::Value) -> Response {
    api.call(with_role(post(path, &body), "worker")).await
}

#[actix_web::test]
async fn a_job_of_any_type_is_queued_with_its_place_and_version() {
    let body = json!({ "job_type": "subtitles", "payload": { "language": "es" }, "priority": -7, "unique_key": "es" });
    let response = holding(job()).call(editor(post(JOBS, &body))).await;
    assert_eq!(response.status, 201, "{}", response.text);
    assert_eq!(response.header("etag"), Some("\"1\""));
    assert!(response.header("location").unwrap().starts_with(JOBS));
    assert_snapshot!(format!("{:#}", response.json()["data"]), @r#"
    {
      "attempt": 0,
      "completed_at": null,
      "created_at": "1970-01-01T00:00:02.000000Z",
      "created_by": "00000000-0000-0000-0000-000000000005",
      "episode_id": null,
      "error_message": null,
      "id": "00000000-0000-0000-0000-000000000065",
      "job_type": "subtitles",
      "max_retries": 3,
      "next_retry_at": null,
      "payload": {
        "language": "es"
      },
      "priority": -7,
      "progress": 0,
      "progress_message": null,
      "results": null,
      "retry_count": 0,
      "run_at": "1970-01-01T00:00:02.000000Z",
      "started_at": null,
      "status": "pending",
      "unique_key": "es",
      "updated_at": "1970-01-01T00:00:02.000000Z",
      "version": 1,
      "worker": null
    }
    "#);
}

#[actix_web::test]
async fn each_wrong_field_of_a_job_is_refused_under_its_name() {
    let body = json!({
        "job_type": "Subtitles", "payload": [], "priority": 101, "max_retries": -1, "episode_id": 7,
        "run_at": "tomorrow", "unique_key": "", "status": "completed",
    });
    let response = holding(job()).call(editor(post(JOBS, &body))).await;
    let expected = ["job_type", "payload", "priority", "max_retries", "episode_id", "run_at", "unique_key", "status"];
    assert_eq!(response.refused(), expected);
    assert_eq!(holding(job()).call(editor(post(JOBS, &json!({})))).await.refused(), ["job_type"]);
}

#[actix_web::test]
async fn a_job_for_an_episode_that_does_not_exist_is_refused() {
    let mut api = holding(job());
    api.episodes.expect_find_episode().returning(|_| Ok(None));
    let body = json!({ "job_type": "subtitles", "episode_id": HANDLE });
    assert_eq!(api.call(editor(post(JOBS, &body))).await.refused(), ["episode_id"]);
}

#[actix_web::test]
async fn a_second_job_with_the_key_of_a_live_one_is_refused() {
    let mut api = holding(job());
    api.ledger.checkpoint();
    api.ledger.expect_commit().returning(|_| Err(CommitError::AlreadyExists { what: "a live job" }));
    let response = api.call(editor(post(JOBS, &json!({ "job_type": "subtitles", "unique_key": "es" })))).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (409, "ALREADY_EXISTS"));
}

#[actix_web::test]
async fn one_calls_off_ones_own_jobs_and_an_admin_those_of_others() {
    let others = || Job { created_by: Some(UserId::new(Uuid::from_u128(99))), ..job() };
    let cancel = async |job, role| {
        let request = TestRequest::post().uri(&format!("{JOB}/cancel"));
        holding(job).call(with_role(request, role)).await
    };
    let own = cancel(job(), "editor").await;
    assert_eq!((own.status.as_u16(), &own.json()["data"]["status"]), (200, &json!("cancelled")));
    assert_eq!(cancel(others(), "editor").await.code(), "FORBIDDEN");
    assert_eq!(cancel(others(), "admin").await.status, 200);
    let over = Job { status: JobStatus::Completed, ..job() };
    assert_eq!(cancel(over, "editor").await.code(), "INVALID_TRANSITION");
}

#[actix_web::test]
async fn a_failed_job_is_tried_again_and_a_pending_one_is_not() {
    let retry = async |job| holding(job).call(editor(TestRequest::post().uri(&format!("{JOB}/retry")))).await;
    let failed = Job { status: JobStatus::Failed, retry_count: 3, ..job() };
    let response = retry(failed).await;
    assert_eq!(
        (&response.json()["data"]["status"], &response.json()["data"]["retry_count"]),
        (&json!("pending"), &json!(0))
    );
    assert_eq!(retry(job()).await.code(), "INVALID_TRANSITION");
}

#[actix_web::test]
async fn a_claim_answers_jobs_with_their_tokens() {
    let mut api = Api::new();
    api.jobs.expect_arrivals().returning(Arrivals::default);
    api.jobs.expect_claim().returning(|claim, _| {
        assert_eq!((claim.limit, claim.lease.get(), claim.job_types.len()), (5, 30, 2));
        Ok(vec![claimed()])
    });
    let body = json!({ "job_types": ["subtitles", "dubbing", "dubbing"], "worker": "w", "limit": 5 });
    let response = worker(api, "/api/v1/jobs/claim", body).await;
    let claimed = &response.json()["data"][0];
    assert_eq!((&claimed["receipt_handle"], &claimed["id"]), (&json!(HANDLE), &json!(job().id)));
    let hidden = holding(self::claimed()).call(editor(get(JOB))).await;
    assert!(!hidden.text.contains(HANDLE), "whoever reads a job does not get its token: {}", hidden.text);
}

#[actix_web::test]
async fn a_claim_waits_for_a_job_as_long_as_it_was_asked_to() {
    let mut api = Api::new();
    let mut tries = 0;
    api.jobs.expect_claim().times(2).returning(move |_, _| {
        tries += 1;
        Ok(if tries == 2 { vec![claimed()] } else { vec![] })
    });
    api.jobs.expect_arrivals().returning(|| Arrivals::new(7));
    api.jobs.expect_wait_for_arrivals().once().returning(|seen| assert_eq!(seen.get(), 7));
    let body = json!({ "job_types": ["subtitles"], "worker": "w", "wait_seconds": 30 });
    let response = worker(api, "/api/v1/jobs/claim", body).await;
    assert_eq!(response.json()["data"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn what_a_worker_asks_for_is_bounded() {
    let claim = async |body| worker(Api::new(), "/api/v1/jobs/claim", body).await.refused();
    assert_eq!(claim(json!({})).await, ["job_types", "worker"]);
    assert_eq!(claim(json!({ "job_types": [], "worker": "" })).await, ["job_types", "worker"]);
    let beyond =
        json!({ "job_types": ["a", "B"], "worker": "w", "limit": 101, "lease_seconds": 0, "wait_seconds": 31 });
    assert_eq!(claim(beyond).await, ["job_types[1]", "limit", "lease_seconds", "wait_seconds"]);
}

#[actix_web::test]
async fn the_holder_of_the_token_ends_the_job_and_nobody_else() {
    let end = async |action: &str, body| worker(holding(claimed()), &format!("{JOB}/{action}"), body).await;
    let done = end("complete", json!({ "receipt_handle": HANDLE, "results": { "lines": 300 } })).await;
    assert_eq!(
        (&done.json()["data"]["status"], &done.json()["data"]["results"]["lines"]),
        (&json!("completed"), &json!(300))
    );
    let again = end("fail", json!({ "receipt_handle": HANDLE, "error": "no dictionary" })).await;
    assert_eq!((&again.json()["data"]["status"], &again.json()["data"]["retry_count"]), (&json!("pending"), &json!(1)));
    let given_up = end("fail", json!({ "receipt_handle": HANDLE, "error": "", "permanent": true })).await;
    assert_eq!(given_up.json()["data"]["error_message"], "the worker gave no reason");
    let stale = "00000000-0000-0000-0000-000000000008";
    for (action, body) in
        [("complete", json!({ "receipt_handle": stale })), ("fail", json!({ "receipt_handle": stale, "error": "x" }))]
    {
        let late = end(action, body).await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "LEASE_LOST"));
    }
}

#[actix_web::test]
async fn a_heartbeat_says_whether_the_claim_still_counts() {
    let beat = async |held| {
        let mut api = holding(claimed());
        api.jobs.expect_beat().returning(move |_, _| Ok(vec![held]));
        worker(api, &format!("{JOB}/heartbeat"), json!({ "receipt_handle": HANDLE, "progress": 40, "message": "x" }))
            .await
    };
    assert_eq!(beat(true).await.status, 204);
    assert_eq!(beat(false).await.code(), "LEASE_LOST");
}
