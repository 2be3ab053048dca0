//! Schedules: fired once at each time that they name, however many nodes try, also where clocks are put forward and back;
//! and changed beside that without coming due twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use showrunner_calendar::WorldCalendar;
use showrunner_domain::identity::{Authority, Caller, Email, NewUser, OnBehalf, Role};
use showrunner_domain::job::{Job, JobQuery, JobType};
use showrunner_domain::mocks::MockScheduleStore;
use showrunner_domain::schedule::{
    CronExpression, FiringService, NewSchedule, Schedule, ScheduleName, SchedulePatch, ScheduleQuery, ScheduleService,
    TimeZone,
};
use showrunner_domain::{Clock as _, Limit, Line, Precondition, ServiceError, Terms, Timestamp, Version};
use showrunner_store::Ports;

use super::on_both_stores;
use crate::accounts::users_on;
use crate::world::{HandSetClock, Ids, World, editor, now};

on_both_stores!(
    each_time_is_fired_once_however_many_nodes_try,
    a_daily_job_is_fired_once_a_day_while_clocks_are_put_forward_and_back,
    times_that_passed_while_nobody_looked_are_fired_once,
    coming_due_makes_no_version_and_no_event_of_the_schedule,
    who_changes_a_schedule_while_it_is_fired_does_not_have_it_fired_again,
    who_has_read_a_schedule_before_it_was_fired_reads_it_again_to_change_it,
    a_schedule_whose_maker_is_gone_is_switched_off,
    schedules_are_kept_whole_and_listed_page_by_page,
);

fn schedules_on(ports: &Ports, clock: &Arc<HandSetClock>) -> ScheduleService {
    ScheduleService {
        schedules: ports.schedules.clone(),
        calendar: Arc::new(WorldCalendar),
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

fn firing_on(ports: &Ports, clock: &Arc<HandSetClock>) -> Arc<FiringService> {
    Arc::new(FiringService {
        schedules: ports.schedules.clone(),
        calendar: Arc::new(WorldCalendar),
        on_behalf: OnBehalf { users: ports.users.clone(), clock: clock.clone() },
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    })
}

/// A world whose clock stands at `time`, and somebody in it who may make schedules.
async fn begin(world: &World, time: &str) -> Caller {
    set(&world.clock, time);
    let (email, name) = (Email::parse("maker@example.com").unwrap(), Line::parse("A maker").unwrap());
    let new = NewUser { email, name, role: Role::Editor };
    let invited = users_on(&world.ports, &world.clock).create(Authority::Operator, new, None, &Terms::default()).await;
    let mut caller = editor();
    caller.actor.id = now(invited.unwrap()).id;
    caller
}

fn set(clock: &HandSetClock, time: &str) {
    let wanted = Timestamp::parse(time).unwrap();
    clock.move_by((wanted.micros() - clock.now().micros()) / 1_000_000);
}

async fn make(world: &World, maker: &Caller, cron: &str, time_zone: &str) -> Schedule {
    let new = NewSchedule {
        name: ScheduleName::parse(cron).unwrap(),
        cron: CronExpression::parse(cron).unwrap(),
        job_type: JobType::parse("test").unwrap(),
        others: SchedulePatch { time_zone: TimeZone::parse(time_zone).ok(), ..SchedulePatch::default() },
    };
    now(schedules_on(&world.ports, &world.clock).create(maker, new, &Terms::default()).await.unwrap())
}

/// Has two nodes fire on the same clock, twice each at the same moment.
struct Nodes([Arc<FiringService>; 2]);

impl Nodes {
    fn of(world: &World) -> Self {
        let (other, _) = world.second_node();
        Self([firing_on(&world.ports, &world.clock), firing_on(&other, &world.clock)])
    }

    async fn fire(&self) {
        let tries = (0..4).map(|place| {
            let node = self.0[place % 2].clone();
            tokio::spawn(async move { node.fire().await.map(drop) })
        });
        for tried in join_all(tries).await {
            tried.unwrap().unwrap();
        }
    }
}

async fn jobs(world: &World) -> Vec<Job> {
    let mut query = JobQuery { limit: Limit::MOST, ..JobQuery::default() };
    let mut jobs = Vec::new();
    loop {
        let page = world.ports.jobs.list_jobs(query.clone()).await.unwrap();
        jobs.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return jobs;
        }
    }
}

/// The times that jobs were queued for, in order, as text without fractions.
async fn fired(world: &World) -> Vec<String> {
    let mut times: Vec<Timestamp> = jobs(world).await.iter().map(|job| job.run_at).collect();
    times.sort_unstable();
    times.into_iter().map(|time| time.to_string().replace(".000000", "")).collect()
}

async fn each_time_is_fired_once_however_many_nodes_try(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    for second in 0..20 {
        make(&world, &maker, &format!("{second} * * * * *"), "UTC").await;
    }
    let nodes = Nodes::of(&world);
    nodes.fire().await;
    assert!(jobs(&world).await.is_empty(), "nothing is due yet");
    for _ in 0..3 {
        world.clock.move_by(60);
        nodes.fire().await;
    }
    let jobs = jobs(&world).await;
    let times: BTreeSet<Timestamp> = jobs.iter().map(|job| job.run_at).collect();
    assert_eq!((jobs.len(), times.len()), (60, 60));
    assert!(jobs.iter().all(|job| job.created_by == Some(maker.actor.id)));
    let told = world.log().await.into_iter().filter(|event| event.name == "job_created").count();
    assert_eq!(told, 60);
}

async fn a_daily_job_is_fired_once_a_day_while_clocks_are_put_forward_and_back(world: World) {
    let maker = begin(&world, "2027-03-26T12:00:00Z").await;
    make(&world, &maker, "30 2 * * *", "Europe/Berlin").await;
    let nodes = Nodes::of(&world);
    let pass = async |days: i64| {
        for _ in 0..days * 24 * 4 {
            world.clock.move_by(15 * 60);
            nodes.fire().await;
        }
    };
    pass(3).await;
    let spring = ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"];
    assert_eq!(fired(&world).await, spring);
    set(&world.clock, "2027-10-29T12:00:00Z");
    nodes.fire().await;
    pass(3).await;
    let autumn = ["2027-03-30T00:30:00Z", "2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"];
    assert_eq!(fired(&world).await, [&spring[..], &autumn].concat());
}

async fn times_that_passed_while_nobody_looked_are_fired_once(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let schedule = make(&world, &maker, "* * * * *", "UTC").await;
    world.clock.move_by(60 * 60);
    Nodes::of(&world).fire().await;
    assert_eq!(fired(&world).await, ["2026-01-10T00:01:00Z"]);
    let schedule = world.ports.schedules.find_schedule(schedule.id).await.unwrap().unwrap();
    assert_eq!(schedule.next_run_at, Timestamp::parse("2026-01-10T01:01:00Z"));
    assert!(schedule.last_run_at > Timestamp::parse("2026-01-10T01:00:30Z"));
}

async fn coming_due_makes_no_version_and_no_event_of_the_schedule(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let schedule = make(&world, &maker, "* * * * *", "UTC").await;
    world.clock.move_by(60);
    Nodes::of(&world).fire().await;
    let names: Vec<String> = world.log().await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["user_created", "schedule_created", "job_created"]);
    let seen = Terms::from(Precondition::OneOf(vec![schedule.version]));
    let patch = SchedulePatch { name: ScheduleName::parse("Renamed").ok(), ..SchedulePatch::default() };
    let renamed = schedules_on(&world.ports, &world.clock).update(&maker, schedule.id, &patch, &seen).await;
    let renamed = now(renamed.unwrap());
    assert_eq!(
        (renamed.version, renamed.next_run_at),
        (Version::FIRST.next(), Timestamp::parse("2026-01-10T00:02:00Z"))
    );
    assert!(renamed.last_run_at.is_some());
}

async fn who_changes_a_schedule_while_it_is_fired_does_not_have_it_fired_again(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let schedule = make(&world, &maker, "* * * * *", "UTC").await;
    let (nodes, service) = (Nodes::of(&world), schedules_on(&world.ports, &world.clock));
    for round in 0..30 {
        world.clock.move_by(60);
        let patch = SchedulePatch { name: ScheduleName::parse(round.to_string()).ok(), ..SchedulePatch::default() };
        let terms = Terms::default();
        let changing = service.update(&maker, schedule.id, &patch, &terms);
        let ((), changed) = futures_util::future::join(nodes.fire(), changing).await;
        changed.unwrap();
    }
    nodes.fire().await;
    let fired = fired(&world).await;
    assert_eq!((fired.len(), fired.iter().collect::<BTreeSet<_>>().len()), (30, 30));
}

async fn who_has_read_a_schedule_before_it_was_fired_reads_it_again_to_change_it(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let read = make(&world, &maker, "* * * * *", "UTC").await;
    world.clock.move_by(60);
    Nodes::of(&world).fire().await;
    let fired = world.ports.schedules.find_schedule(read.id).await.unwrap().unwrap();
    let (mut reads, mut schedules) = (vec![fired.clone(), read.clone()], MockScheduleStore::new());
    schedules.expect_find_schedule().times(2).returning(move |_| Ok(reads.pop()));
    let schedules = Arc::new(schedules);
    let late = ScheduleService { schedules, ..schedules_on(&world.ports, &world.clock) };
    let patch = SchedulePatch { name: ScheduleName::parse("Renamed").ok(), ..SchedulePatch::default() };
    let renamed = now(late.update(&maker, read.id, &patch, &Terms::default()).await.unwrap());
    assert_eq!((renamed.next_run_at, renamed.last_run_at), (fired.next_run_at, fired.last_run_at));
}

async fn a_schedule_whose_maker_is_gone_is_switched_off(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let schedule = make(&world, &maker, "* * * * *", "UTC").await;
    let users = users_on(&world.ports, &world.clock);
    users.delete(Authority::Operator, maker.actor.id, &Terms::default()).await.unwrap();
    world.clock.move_by(60);
    Nodes::of(&world).fire().await;
    let schedule = world.ports.schedules.find_schedule(schedule.id).await.unwrap().unwrap();
    assert_eq!((schedule.enabled, schedule.next_run_at, jobs(&world).await.len()), (false, None, 0));
    let told: Vec<String> = world.log().await.into_iter().map(|event| event.name).skip(3).collect();
    assert_eq!(told, ["schedule_updated"], "one node switches it off");
}

async fn schedules_are_kept_whole_and_listed_page_by_page(world: World) {
    let maker = begin(&world, "2026-01-10T00:00:30Z").await;
    let service = schedules_on(&world.ports, &world.clock);
    let first = make(&world, &maker, "*/5 * * * *", "Europe/Berlin").await;
    let patch = SchedulePatch {
        payload: json!({ "a": [1, null, "\u{0}é"] }).as_object().cloned(),
        enabled: Some(false),
        ..SchedulePatch::default()
    };
    let first = now(service.update(&maker, first.id, &patch, &Terms::default()).await.unwrap());
    assert_eq!(service.get(&maker, first.id).await.unwrap(), first);
    let second = make(&world, &maker, "@daily", "UTC").await;
    let mut query = ScheduleQuery { limit: Limit::parse(1).unwrap(), total: true, after: None };
    let page = service.list(&maker, query.clone()).await.unwrap();
    assert_eq!((&page.items[..], page.total), (&[second.clone()][..], Some(2)));
    query.after = page.next;
    let page = service.list(&maker, query).await.unwrap();
    assert_eq!((page.items, page.next), (vec![first.clone()], None));
    let deleted = now(service.delete(&maker, first.id, &Terms::default()).await.unwrap());
    assert_eq!(deleted.version, first.version.next());
    assert!(matches!(service.get(&maker, first.id).await, Err(ServiceError::NotFound { .. })));
    assert_eq!(world.ports.schedules.first_due().await.unwrap(), second.next_run_at);
}
