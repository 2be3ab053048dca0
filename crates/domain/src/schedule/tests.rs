//! What becomes of schedules: when they come due, who may change them, and what is queued when they fire.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_executor::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::identity::{Actor, Bearer, Caller, Email, OnBehalf, Role, ShowRoles, User, UserId};
use crate::job::{JobId, JobType};
use crate::mocks::{MockClock, MockIdSource, MockLedger, MockUserStore};
use crate::{
    Change, ChangeSet, CommitError, Committed, FieldError, Line, RecordChange, ServiceError, StoreError, Terms,
    Timestamp, Version,
};

/// Takes every expression for one that comes true each minute, but `never` and what is `unreadable`.
struct EachMinute;

impl Calendar for EachMinute {
    fn next(
        &self,
        cron: &CronExpression,
        _: &TimeZone,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, Vec<FieldError>> {
        match cron.as_str() {
            "never" => Ok(None),
            "unreadable" => Err(vec![FieldError::new("cron", "must be readable")]),
            _ => Ok(Timestamp::from_micros((after.micros() / 60_000_000 + 1) * 60_000_000)),
        }
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000).unwrap()
}

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn stamp(second: i64) -> Stamp {
    let actor = ActorStamp { id: Some(user(3)), name: "An editor".into(), email: Some("e@x".into()) };
    Stamp { id: EventId::new(Uuid::from_u128(9)), now: at(second), actor, origin: Origin::default() }
}

fn cron(text: &str) -> CronExpression {
    CronExpression::parse(text).unwrap()
}

fn new(text: &str, others: SchedulePatch) -> NewSchedule {
    let (name, job_type) = (ScheduleName::parse("Nightly").unwrap(), JobType::parse("sweep").unwrap());
    NewSchedule { name, cron: cron(text), job_type, others }
}

fn create(text: &str, others: SchedulePatch) -> Result<Change<Schedule>, ServiceError> {
    Schedule::create(ScheduleId::new(Uuid::from_u128(1)), new(text, others), Role::Editor, &EachMinute, &stamp(10))
}

/// A schedule of user 3, due at second 60.
fn schedule() -> Schedule {
    create("each minute", SchedulePatch::default()).unwrap().state().clone()
}

fn change(schedule: Schedule, patch: SchedulePatch, second: i64) -> Option<Change<Schedule>> {
    schedule.update(patch, Role::Editor, &EachMinute, &stamp(second)).unwrap()
}

fn switch(enabled: bool) -> SchedulePatch {
    SchedulePatch { enabled: Some(enabled), ..SchedulePatch::default() }
}

fn refused(answer: Result<Change<Schedule>, ServiceError>) -> Vec<String> {
    let Err(ServiceError::Invalid(errors)) = answer else { panic!("{answer:?}") };
    errors.into_iter().map(|error| error.field).collect()
}

#[test]
fn a_new_schedule_comes_due_at_the_next_time_that_its_expression_names() {
    let created = create("each minute", SchedulePatch::default()).unwrap();
    let schedule = created.state();
    assert_eq!((schedule.next_run_at, schedule.last_run_at, schedule.created_by), (Some(at(60)), None, Some(user(3))));
    assert_eq!((schedule.time_zone.as_str(), schedule.enabled), ("UTC", true));
    let data: Value = serde_json::from_str(&created.events()[0].data).unwrap();
    assert_eq!(data, json!({ "schedule": schedule, "createdBy": "e@x" }));
    assert_eq!(create("each minute", switch(false)).unwrap().state().next_run_at, None);
}

#[test]
fn a_payload_that_is_too_large_to_be_copied_is_named_in_the_events_and_kept_in_the_schedule() {
    let payload = |length: usize| json!({ "text": "x".repeat(length) }).as_object().unwrap().clone();
    let patch = |length| SchedulePatch { payload: Some(payload(length)), ..SchedulePatch::default() };
    let data = |change: &Change<Schedule>| serde_json::from_str::<Value>(&change.events()[0].data).unwrap();
    let created = create("each minute", patch(70_000)).unwrap();
    assert_eq!(created.state().payload, payload(70_000));
    assert_eq!((&data(&created)["schedule"]["payload"], &data(&created)["omitted"]), (&json!({}), &json!(["payload"])));
    let smaller = change(created.state().clone(), patch(9), 70).unwrap();
    assert_eq!(data(&smaller)["schedule"]["payload"], json!(payload(9)));
    assert_eq!(
        (&data(&smaller)["changedFields"], &data(&smaller)["omitted"]),
        (&json!(["payload"]), &json!(["payload"]))
    );
    assert_eq!(data(&smaller)["changes"], json!({}));
    let smallest = change(smaller.state().clone(), patch(1), 80).unwrap();
    assert_eq!(data(&smallest)["changes"]["payload"], json!([payload(9), payload(1)]));
    assert_eq!(data(&smallest).get("omitted"), None);
}

#[test]
fn a_schedule_that_can_never_come_due_is_refused_even_while_it_is_switched_off() {
    for text in ["never", "unreadable"] {
        assert_eq!(refused(create(text, SchedulePatch::default())), ["cron"], "{text}");
        assert_eq!(refused(create(text, switch(false))), ["cron"], "{text}");
    }
    let patch = SchedulePatch { cron: Some(cron("never")), ..SchedulePatch::default() };
    assert!(schedule().update(patch, Role::Editor, &EachMinute, &stamp(70)).is_err());
}

#[test]
fn only_what_says_when_it_comes_due_has_it_come_due_anew() {
    let payload = Some(json!({ "depth": 3 }).as_object().unwrap().clone());
    let changed = change(schedule(), SchedulePatch { payload, ..SchedulePatch::default() }, 500).unwrap();
    assert_eq!((changed.state().next_run_at, changed.state().version), (Some(at(60)), Version::FIRST.next()));
    assert_eq!((changed.expected(), changed.before()), (Some(Version::FIRST), Some(&schedule())));
    let data: Value = serde_json::from_str(&changed.events()[0].data).unwrap();
    assert_eq!(
        (&data["changedFields"], &data["changes"], &data["updatedBy"]),
        (&json!(["payload"]), &json!({ "payload": [{}, { "depth": 3 }] }), &json!("e@x"))
    );
    let anew = SchedulePatch { cron: Some(cron("otherwise")), ..SchedulePatch::default() };
    assert_eq!(change(schedule(), anew, 500).unwrap().state().next_run_at, Some(at(540)));
    let elsewhere = SchedulePatch { time_zone: TimeZone::parse("Asia/Tokyo").ok(), ..SchedulePatch::default() };
    assert_eq!(change(schedule(), elsewhere, 500).unwrap().state().next_run_at, Some(at(540)));
    assert!(change(schedule(), switch(true), 500).is_none());
}

#[test]
fn what_is_switched_off_does_not_come_due_and_begins_anew_when_it_is_switched_on() {
    let off = change(schedule(), switch(false), 20).unwrap().state().clone();
    assert_eq!(off.next_run_at, None);
    let anew = SchedulePatch { cron: Some(cron("otherwise")), ..SchedulePatch::default() };
    assert_eq!(change(off.clone(), anew, 30).unwrap().state().next_run_at, None);
    assert_eq!(change(off, switch(true), 500).unwrap().state().next_run_at, Some(at(540)));
}

#[test]
fn a_schedule_never_does_more_than_the_lowest_token_with_which_it_was_written() {
    let by_admin = Schedule::create(
        ScheduleId::new(Uuid::from_u128(1)),
        new("each minute", SchedulePatch::default()),
        Role::Admin,
        &EachMinute,
        &stamp(10),
    );
    let changed = change(by_admin.unwrap().state().clone(), switch(false), 20).unwrap().state().clone();
    assert_eq!(changed.granted, Role::Editor);
    let by_admin = changed.update(switch(true), Role::Admin, &EachMinute, &stamp(30)).unwrap().unwrap();
    assert_eq!(by_admin.state().granted, Role::Editor);
}

#[test]
fn a_deleted_schedule_leaves_with_its_last_state() {
    let deleted = schedule().delete(&stamp(20));
    assert!(deleted.is_erased());
    let data: Value = serde_json::from_str(&deleted.events()[0].data).unwrap();
    assert_eq!(data, json!({ "scheduleId": schedule().id, "name": "Nightly", "deletedBy": "e@x" }));
}

proptest! {
    #[test]
    fn firing_queues_one_job_of_the_time_that_has_come_and_moves_on_beyond_now(late in 0_i64..100_000) {
        let set = schedule().fire(JobId::new(Uuid::from_u128(4)), &EachMinute, &stamp(60 + late)).unwrap();
        let [RecordChange::Firing(firing), RecordChange::Job(queued)] = set.changes() else { panic!("{set:?}") };
        let job = queued.state();
        prop_assert_eq!((job.run_at, job.created_by, job.granted), (at(60), Some(user(3)), Some(Role::Editor)));
        prop_assert_eq!((firing.due, firing.version, firing.fired_at), (at(60), Version::FIRST, Some(at(60 + late))));
        let next = firing.next_run_at.unwrap();
        prop_assert!(next > at(60 + late) && next <= at(120 + late), "missed times are fired once: {}", next);
        let told: Vec<_> = set.events().map(|event| event.kind.as_str()).collect();
        prop_assert_eq!(told, ["job_created"]);
    }
}

fn caller(number: u128, role: Role) -> Caller {
    let (id, email, name, granted) = (user(number), "e@x".into(), "An editor".into(), role);
    let (shows, session, expires_at) = (ShowRoles::default(), None, at(i64::from(u32::MAX)));
    Caller { actor: Actor { id, email, name, role, shows, granted, session, expires_at }, origin: Origin::default() }
}

fn ids() -> Arc<MockIdSource> {
    let mut ids = MockIdSource::new();
    ids.expect_next().returning(|| Uuid::from_u128(77));
    Arc::new(ids)
}

fn clock(second: i64) -> Arc<MockClock> {
    let mut clock = MockClock::new();
    clock.expect_now().returning(move || at(second));
    Arc::new(clock)
}

#[test]
fn one_changes_ones_own_schedules_and_an_admin_those_of_others() {
    for (who, role, may) in [
        (3, Role::Editor, true),
        (4, Role::Editor, false),
        (4, Role::Admin, true),
        (3, Role::Viewer, false),
        (3, Role::Worker, false),
    ] {
        let (mut schedules, mut ledger) = (MockScheduleStore::new(), MockLedger::new());
        schedules.expect_find_schedule().returning(|_| Ok(Some(schedule())));
        ledger.expect_commit().returning(|_| Ok(Committed));
        let (schedules, calendar, ledger) = (Arc::new(schedules), Arc::new(EachMinute), Arc::new(ledger));
        let service = ScheduleService { schedules, calendar, ledger, clock: clock(20), ids: ids() };
        let (caller, terms) = (caller(who, role), Terms::default());
        let id = schedule().id;
        assert_eq!(block_on(service.update(&caller, id, &switch(false), &terms)).is_ok(), may, "{who} {role}");
        assert_eq!(block_on(service.delete(&caller, id, &terms)).is_ok(), may, "{who} {role}");
        assert_eq!(block_on(service.get(&caller, id)).is_ok(), role != Role::Worker, "{role}");
    }
}

/// What firing does at second 70 with schedules that stand one after the other at the head of those that come due, while
/// the account of whoever made them is as `made_by` says and commits are answered so: what was committed, and the answer.
fn fire(
    heads: Vec<Schedule>,
    made_by: Result<Option<Role>, ()>,
    answers: Vec<Result<Committed, CommitError>>,
) -> (Vec<ChangeSet>, Result<Option<Duration>, ServiceError>) {
    let heads: Arc<Mutex<VecDeque<Schedule>>> = Arc::new(Mutex::new(heads.into()));
    let (mut schedules, mut users, mut ledger) = (MockScheduleStore::new(), MockUserStore::new(), MockLedger::new());
    let first = heads.clone();
    schedules
        .expect_first_due()
        .returning(move || Ok(first.lock().unwrap().front().and_then(|schedule| schedule.next_run_at)));
    schedules.expect_due().returning(move |_, _| Ok(heads.lock().unwrap().pop_front().into_iter().collect()));
    users.expect_find_bearer().returning(move |id, _, _| {
        let role = made_by.map_err(|()| StoreError::new("gone"))?;
        let (email, name) = (Email::parse("e@x.org").unwrap(), Line::parse("An editor").unwrap());
        let (created_at, updated_at, version) = (at(0), at(0), Version::FIRST);
        let bearer = |role| Bearer {
            user: User { id, email, name, role, created_at, updated_at, version },
            memberships: Vec::new(),
        };
        Ok(role.map(bearer))
    });
    let committed: Arc<Mutex<Vec<ChangeSet>>> = Arc::default();
    let (keep, mut answers) = (committed.clone(), answers.into_iter());
    ledger.expect_commit().returning(move |set| {
        keep.lock().unwrap().push(set);
        answers.next().unwrap()
    });
    let service = FiringService {
        schedules: Arc::new(schedules),
        calendar: Arc::new(EachMinute),
        on_behalf: OnBehalf { users: Arc::new(users), clock: clock(70) },
        ledger: Arc::new(ledger),
        clock: clock(70),
        ids: ids(),
    };
    let answer = block_on(service.fire());
    let committed = std::mem::take(&mut *committed.lock().unwrap());
    (committed, answer)
}

fn told(set: &ChangeSet) -> Vec<&'static str> {
    set.events().map(|event| event.kind.as_str()).collect()
}

#[test]
fn what_has_come_due_is_fired_and_the_time_of_the_next_answered() {
    let later = Schedule { next_run_at: Some(at(90)), ..schedule() };
    let (committed, next) =
        fire(vec![schedule(), schedule(), later], Ok(Some(Role::Editor)), vec![Err(CommitError::Stale), Ok(Committed)]);
    assert_eq!(next.unwrap(), Some(Duration::from_secs(20)));
    assert_eq!(committed.iter().map(told).collect::<Vec<_>>(), [["job_created"], ["job_created"]]);
}

#[test]
fn a_schedule_that_a_wrong_clock_has_moved_too_far_on_comes_back_and_no_other() {
    let (day, year) = (86_400, 31_536_000);
    for (next, last, now, expected) in [
        // In its place.
        (60, None, 20, None),
        // A clock was a hundred days ahead, and has fired it or not.
        (100 * day + 60, None, 20, Some(60)),
        (100 * day + 60, Some(100 * day), 20, Some(60)),
        // The clock was put back by a day.
        (year + day, Some(year + day - 60), year, Some(year + 60)),
        // Another node, whose clock is a little ahead, has fired it already.
        (120, Some(60), 59, None),
        (180, Some(61), 59, Some(120)),
    ] {
        let schedule = Schedule { next_run_at: Some(at(next)), last_run_at: last.map(at), ..schedule() };
        let firing = schedule.realign(&EachMinute, at(now));
        assert_eq!(firing.as_ref().and_then(|firing| firing.next_run_at), expected.map(at), "{next} {last:?} {now}");
        assert!(firing.is_none_or(|firing| (firing.due, firing.fired_at) == (at(next), None)));
    }
    let off = Schedule { next_run_at: None, ..schedule() };
    assert_eq!(off.realign(&EachMinute, at(20)), None);
}

#[test]
fn what_nobody_may_queue_any_more_is_switched_off_and_told() {
    let unreadable = Schedule { cron: cron("unreadable"), ..schedule() };
    for (due, made_by) in [(schedule(), None), (schedule(), Some(Role::Viewer)), (unreadable, Some(Role::Editor))] {
        let (committed, next) = fire(vec![due], Ok(made_by), vec![Ok(Committed)]);
        assert_eq!((told(&committed[0]), next.unwrap()), (vec!["schedule_updated"], None));
        let [RecordChange::Schedule(off)] = committed[0].changes() else { panic!("{committed:?}") };
        assert_eq!((off.state().enabled, off.state().next_run_at), (false, None));
        assert_eq!(off.events()[0].actor, ActorStamp::system());
    }
}

#[test]
fn what_the_store_refuses_is_switched_off_and_holds_up_no_other_schedule() {
    let refusal = Err(StoreError::refusal("a value is out of range").into());
    let heads = vec![schedule(), schedule()];
    let (committed, next) = fire(heads, Ok(Some(Role::Editor)), vec![refusal, Ok(Committed), Ok(Committed)]);
    assert_eq!(next.unwrap(), None);
    let told: Vec<_> = committed.iter().map(told).collect();
    assert_eq!(told, [["job_created"], ["schedule_updated"], ["job_created"]]);
}

#[test]
fn a_store_that_fails_is_told_and_switches_nothing_off() {
    let (committed, answer) = fire(vec![schedule()], Err(()), vec![]);
    assert!(matches!(answer, Err(ServiceError::Unavailable(_))) && committed.is_empty(), "{answer:?}");
    let (_, answer) = fire(vec![schedule()], Ok(Some(Role::Admin)), vec![Err(StoreError::new("gone").into())]);
    assert!(matches!(answer, Err(ServiceError::Unavailable(_))), "{answer:?}");
}
