//! The job's machine: every action in every state, and what is told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::identity::{Actor, Role, ShowRoles, UserId};
use crate::mocks::MockIdSource;
use crate::{Change, ServiceError, Timestamp};

const START: i64 = 1_000_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros((START + second) * 1_000_000).unwrap()
}

fn stamp(second: i64) -> Stamp {
    let actor =
        ActorStamp { id: Some(UserId::new(Uuid::from_u128(3))), name: "An editor".into(), email: Some("e@x".into()) };
    Stamp { id: EventId::new(Uuid::from_u128(9)), now: at(second), actor, origin: Origin::default() }
}

pub(super) fn job() -> Job {
    let new = NewJob::of(JobType::parse("bulk-export").unwrap());
    Job::create(JobId::new(Uuid::from_u128(1)), new, None, &stamp(0)).state().clone()
}

pub(super) fn handle(number: u128) -> ReceiptHandle {
    ReceiptHandle::new(Uuid::from_u128(number))
}

pub(super) fn leased(job: Job, number: u128, second: i64) -> Change<Job> {
    let lease = Lease { handle: handle(number), expires_at: at(second + 30) };
    job.lease(&WorkerName::parse("node-1").unwrap(), lease, &stamp(second))
}

/// A job in each state that there is.
fn in_every_state() -> [Job; 5] {
    let processing = leased(job(), 7, 1).state().clone();
    let completed = processing.clone().complete(handle(7), None, &stamp(2)).unwrap().state().clone();
    let failed = processing.clone().fail(handle(7), &JobError::of("no"), true, &stamp(2)).unwrap().state().clone();
    let cancelled = job().cancel(&stamp(2)).unwrap().state().clone();
    let states = [job(), processing, completed, failed, cancelled];
    assert_eq!(states.each_ref().map(|job| job.status), JobStatus::ALL);
    states
}

fn told(change: &Change<Job>) -> (&'static str, Value) {
    let event = &change.events()[0];
    (event.kind.as_str(), serde_json::from_str(&event.data).unwrap())
}

fn becomes(result: Result<Change<Job>, ServiceError>) -> Option<JobStatus> {
    match result {
        Ok(change) => Some(change.state().status),
        Err(ServiceError::LeaseLost | ServiceError::InvalidTransition { .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_action_leads_from_every_state_where_it_should_or_is_refused() {
    use JobStatus::{Cancelled, Completed, Failed, Pending};
    let row = |act: fn(Job) -> Result<Change<Job>, ServiceError>| in_every_state().map(|job| becomes(act(job)));
    let no = None;
    assert_eq!(row(|job| job.complete(handle(7), None, &stamp(5))), [no, Some(Completed), no, no, no]);
    assert_eq!(row(|job| job.complete(handle(8), None, &stamp(5))), [no; 5]);
    assert_eq!(row(|job| job.fail(handle(7), &JobError::of("x"), false, &stamp(5))), [no, Some(Pending), no, no, no]);
    assert_eq!(row(|job| job.fail(handle(7), &JobError::of("x"), true, &stamp(5))), [no, Some(Failed), no, no, no]);
    assert_eq!(row(|job| job.fail(handle(8), &JobError::of("x"), true, &stamp(5))), [no; 5]);
    assert_eq!(row(|job| job.hand_back(handle(7), &stamp(5))), [no, Some(Pending), no, no, no]);
    assert_eq!(row(|job| job.release(handle(7), &stamp(5))), [no, Some(Pending), no, no, no]);
    assert_eq!(row(|job| job.cancel(&stamp(5))), [Some(Cancelled), Some(Cancelled), no, no, no]);
    assert_eq!(row(|job| job.retry(&stamp(5))), [no, no, no, Some(Pending), Some(Pending)]);
}

#[test]
fn a_failing_job_waits_5_10_and_20_seconds_and_then_fails() {
    let (mut job, mut second, mut waits) = (job(), 0, Vec::new());
    for attempt in 1..=4_u32 {
        let claimed = leased(job, attempt.into(), second).state().clone();
        assert_eq!(claimed.attempt, attempt);
        let change = claimed.fail(handle(attempt.into()), &JobError::of("timeout"), false, &stamp(second)).unwrap();
        job = change.state().clone();
        let (name, data) = told(&change);
        if attempt == 4 {
            assert_eq!(
                (name, &data["retriesExhausted"], &data["error"]),
                ("job_failed", &json!(true), &json!("timeout"))
            );
            break;
        }
        assert_eq!((name, &data["retryCount"]), ("job_retry", &json!(attempt)));
        let wait = job.next_retry_at.unwrap().since(at(second)).unwrap();
        assert_eq!(u128::from(data["delayMs"].as_u64().unwrap()), wait.as_millis());
        waits.push(wait.as_secs_f64());
        second += 60;
    }
    assert_eq!(job.status, JobStatus::Failed);
    for (wait, expected) in waits.iter().zip([5.0, 10.0, 20.0]) {
        assert!((wait / expected - 1.0).abs() <= 0.1, "{waits:?}");
    }
}

#[test]
fn a_job_tells_of_itself_from_beginning_to_end() {
    let created = Job::create(job().id, NewJob::of(job().job_type), None, &stamp(0));
    let mut expected = json!({ "jobId": job().id, "jobType": "bulk-export", "createdBy": "e@x" });
    assert_eq!(told(&created), ("job_created", expected.clone()));
    let started = leased(created.state().clone(), 7, 1);
    expected = json!({ "jobId": job().id, "jobType": "bulk-export", "attempt": 1, "worker": "node-1" });
    assert_eq!(told(&started), ("job_started", expected));
    let done = started.state().clone().complete(handle(7), Some(json!([1])), &stamp(3)).unwrap();
    expected = json!({ "jobId": job().id, "jobType": "bulk-export", "results": [1], "durationMs": 2_000 });
    assert_eq!(told(&done), ("job_completed", expected));
    assert_eq!(done.events()[0].owner, job().created_by);
    let cancelled = created.state().clone().cancel(&stamp(3)).unwrap();
    assert_eq!(told(&cancelled).1["cancelledBy"], "e@x");
}

#[test]
fn results_that_are_too_large_to_be_copied_are_named_in_the_event_and_kept_in_the_job() {
    for (length, omitted) in [(60_000, None), (70_000, Some(json!(["results"])))] {
        let results = json!("x".repeat(length));
        let done = leased(job(), 7, 1).state().clone().complete(handle(7), Some(results.clone()), &stamp(3)).unwrap();
        let (_, data) = told(&done);
        assert_eq!(data["results"], if omitted.is_none() { results.clone() } else { serde_json::Value::Null });
        assert_eq!((data.get("omitted").cloned(), done.state().results.as_ref()), (omitted, Some(&results)));
    }
}

#[test]
fn whoever_may_not_do_what_a_job_does_may_not_have_it_done() {
    let actor = |role| Actor { role, granted: role, ..actor() };
    for (name, allowed) in [
        ("data-import", vec![Role::Admin]),
        ("batch-delete", vec![Role::Editor, Role::Admin]),
        ("composition-render", vec![Role::Editor, Role::Admin]),
        ("bulk-export", vec![Role::Editor, Role::Admin]),
        ("of-an-outside-worker", Role::ALL.to_vec()),
    ] {
        for role in Role::ALL {
            let permitted = JobType::parse(name).unwrap().permit(&actor(role)).is_ok();
            assert_eq!(permitted, allowed.contains(&role), "{name} {role}");
        }
    }
}

fn actor() -> Actor {
    Actor {
        id: UserId::new(Uuid::from_u128(3)),
        email: "e@x".into(),
        name: "An editor".into(),
        role: Role::Editor,
        shows: ShowRoles::default(),
        granted: Role::Editor,
        session: None,
        expires_at: at(1_000),
    }
}

fn claim() -> Claim {
    let mut ids = MockIdSource::new();
    let last = AtomicU64::new(100);
    ids.expect_next().returning(move || Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
    let (actor, origin) = (ActorStamp::system(), Origin::default());
    let worker = WorkerName::parse("node-2").unwrap();
    let lease = LeaseTime::parse(30).unwrap();
    Claim {
        job_types: vec![job().job_type],
        whose: Whose::Anybodys,
        worker,
        limit: 1,
        lease,
        actor,
        origin,
        ids: Arc::new(ids),
        receiver: None,
    }
}

#[test]
fn a_claim_takes_what_is_due_and_nothing_else() {
    let names = |job, second| claim().decide(job, at(second)).iter().map(|change| told(change).0).collect::<Vec<_>>();
    assert_eq!(names(job(), 0), ["job_started"]);
    assert_eq!(names(Job { run_at: at(60), ..job() }, 59), [""; 0]);
    assert_eq!(names(Job { run_at: at(60), ..job() }, 60), ["job_started"]);
    let held = leased(job(), 7, 0).state().clone();
    assert_eq!(names(held.clone(), 29), [""; 0]);
    assert_eq!(names(held.clone(), 30), ["job_retry", "job_started"]);
    let exhausted = Job { retry_count: 3, ..held };
    assert_eq!(names(exhausted, 30), ["job_failed"]);
    let [.., completed, failed, cancelled] = in_every_state();
    assert!([completed, failed, cancelled].into_iter().all(|job| names(job, 999).is_empty()));
}

#[test]
fn an_attempt_is_logged_when_it_ends_and_only_then() {
    let claimed = leased(job(), 7, 1);
    assert_eq!(JobAttempt::ended_by(&claimed), None);
    let held = || claimed.state().clone();
    let outcome = |change: Change<Job>| {
        let attempt = JobAttempt::ended_by(&change)?;
        assert_eq!((attempt.attempt, attempt.started_at, attempt.ended_at), (1, at(1), at(2)));
        Some((attempt.outcome, attempt.error.map(|error| error.as_str().to_owned())))
    };
    let failed = held().fail(handle(7), &JobError::of("no"), false, &stamp(2)).unwrap();
    assert_eq!(outcome(failed), Some((AttemptOutcome::Failed, Some("no".to_owned()))));
    let done = held().complete(handle(7), None, &stamp(2)).unwrap();
    assert_eq!(outcome(done), Some((AttemptOutcome::Completed, None)));
    assert_eq!(outcome(held().cancel(&stamp(2)).unwrap()), Some((AttemptOutcome::Cancelled, None)));
    let back = held().hand_back(handle(7), &stamp(2)).unwrap();
    assert_eq!(outcome(back), Some((AttemptOutcome::HandedBack, None)));
    assert_eq!(outcome(job().cancel(&stamp(2)).unwrap()), None);
}

#[test]
fn a_claim_that_nobody_received_leaves_the_job_as_it_was_and_no_attempt_behind() {
    let last_try = Job { max_retries: MaxRetries::parse(0).unwrap(), ..job() };
    let claimed = leased(last_try.clone(), 7, 1).state().clone();
    let released = claimed.clone().release(handle(7), &stamp(2)).unwrap();
    assert_eq!(JobAttempt::ended_by(&released), None);
    let now = released.state();
    assert_eq!((now.status, now.attempt, now.retry_count), (JobStatus::Pending, 0, 0));
    assert_eq!(now.due_at(), last_try.due_at());
    let (name, data) = told(&released);
    assert_eq!((name, &data["retryCount"], &data["delayMs"]), ("job_retry", &json!(0), &json!(0)));
    assert!(claimed.release(handle(8), &stamp(2)).is_err(), "a token that is not the latest releases nothing");
}

/// What may happen to a job.
#[derive(Debug, Clone, Copy)]
enum Act {
    Claim,
    Complete { stale: bool },
    Fail { stale: bool, permanent: bool },
    HandBack { stale: bool },
    Release { stale: bool },
    Cancel,
    Retry,
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Claim),
        2 => any::<bool>().prop_map(|stale| Act::Complete { stale }),
        4 => any::<(bool, bool)>().prop_map(|(stale, permanent)| Act::Fail { stale, permanent }),
        1 => any::<bool>().prop_map(|stale| Act::HandBack { stale }),
        1 => any::<bool>().prop_map(|stale| Act::Release { stale }),
        1 => Just(Act::Cancel),
        1 => Just(Act::Retry),
        4 => (1_i64..400).prop_map(Act::Wait),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_only_the_latest_claim_writes_and_every_version_follows_the_last(acts in prop::collection::vec(acts(), 1..60)) {
        let (mut job, mut second, mut latest) = (job(), 1, None::<ReceiptHandle>);
        let claim = claim();
        for act in acts {
            let now = stamp(second);
            let held = latest.unwrap_or(handle(1));
            let token = |stale| if stale { handle(2) } else { held };
            let changes = match act {
                Act::Wait(seconds) => { second += seconds; continue }
                Act::Claim => claim.decide(job.clone(), at(second)),
                Act::Complete { stale } => job.clone().complete(token(stale), None, &now).into_iter().collect(),
                Act::Fail { stale, permanent } => {
                    job.clone().fail(token(stale), &JobError::of("x"), permanent, &now).into_iter().collect()
                }
                Act::HandBack { stale } => job.clone().hand_back(token(stale), &now).into_iter().collect(),
                Act::Release { stale } => job.clone().release(token(stale), &now).into_iter().collect(),
                Act::Cancel => job.clone().cancel(&now).into_iter().collect(),
                Act::Retry => job.clone().retry(&now).into_iter().collect(),
            };
            for change in changes {
                let stale = matches!(
                    act,
                    Act::Complete { stale: true } | Act::Fail { stale: true, .. } | Act::HandBack { stale: true } | Act::Release { stale: true }
                );
                prop_assert!(!stale, "a token that is not the latest wrote something");
                prop_assert_eq!(change.expected(), Some(job.version));
                prop_assert_eq!(change.state().version, job.version.next());
                job = change.state().clone();
                latest = job.lease.map(|lease| lease.handle);
            }
            prop_assert_eq!(job.lease.is_some(), job.status == JobStatus::Processing);
            prop_assert_eq!(job.due_at().is_some(), job.status.is_live());
            prop_assert_eq!(job.completed_at.is_some(), !job.status.is_live());
            prop_assert!(job.retry_count <= job.max_retries.get());
        }
    }
}
