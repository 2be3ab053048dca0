//! Jobs: handed out once, in order, taken from those that are not heard of any more, and ended by the latest token alone.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{
    AttemptOutcome, Beat, Failing, Hands, Job, JobError, JobId, JobQuery, JobQueue, JobService, JobStatus, JobType,
    LeaseTime, NewJob, Priority, Progress, ProgressMessage, ReceiptHandle, Receipted, Share, UniqueKey, Whose,
    WorkService, WorkerName,
};
use showrunner_domain::{Limit, Receiver, ServiceError, Terms, Timestamp, job::MaxRetries};
use showrunner_store::Ports;

use super::on_both_stores;
use crate::world::{HandSetClock, Ids, World, editor, next_id, now};

on_both_stores!(
    the_most_urgent_job_is_handed_out_first_and_then_the_longest_due,
    a_job_is_handed_out_once_however_many_ask_at_the_same_time,
    a_job_of_another_type_or_of_another_time_is_left_alone,
    jobs_of_others_are_handed_out_however_many_of_one_user_wait,
    a_job_whose_lease_ran_out_is_taken_over_and_the_old_token_counts_no_more,
    a_job_that_loses_every_worker_fails,
    an_expired_lease_that_nobody_took_over_is_still_good,
    of_many_jobs_with_one_key_one_is_queued_while_it_lives,
    attempts_are_listed_page_by_page,
    a_sign_of_life_makes_no_version,
    a_job_that_was_called_off_is_nobodys,
    jobs_are_listed_and_counted,
    a_page_of_large_jobs_ends_before_its_limit_and_leads_on,
    a_claim_gets_nothing_for_a_receiver_that_is_gone,
    a_claim_that_was_not_received_leaves_the_job_to_the_next_as_it_was,
);

pub(crate) fn jobs_on(ports: &Ports, clock: &Arc<HandSetClock>) -> JobService {
    JobService {
        jobs: ports.jobs.clone(),
        episodes: ports.episodes.clone(),
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

pub(crate) fn work_on(ports: &Ports, clock: &Arc<HandSetClock>) -> WorkService {
    let (jobs, ledger) = (ports.jobs.clone(), ports.ledger.clone());
    let queue = Arc::new(JobQueue { jobs, ledger, clock: clock.clone(), ids: Arc::new(Ids) });
    WorkService { queue }
}

pub(crate) fn kind(name: &str) -> JobType {
    JobType::parse(name).unwrap()
}

pub(crate) fn lease() -> LeaseTime {
    LeaseTime::parse(30).unwrap()
}

pub(crate) async fn queue(world: &World, new: NewJob) -> Job {
    now(jobs_on(&world.ports, &world.clock).create(&editor(), new, &Terms::default()).await.unwrap())
}

pub(crate) async fn claim(world: &World, limit: usize) -> Vec<Receipted> {
    let worker = WorkerName::parse("a worker").unwrap();
    work_on(&world.ports, &world.clock)
        .claim(&editor(), vec![kind("test")], worker, limit, lease(), None)
        .await
        .unwrap()
}

/// Claims one job of anybody but this user, and answers which.
pub(crate) async fn claim_of_others(world: &World, but: Option<UserId>) -> Option<JobId> {
    let share = Share { job_types: vec![kind("test")], whose: Whose::AnybodysBut(but), limit: 1 };
    let (worker, queue) = (WorkerName::parse("a worker").unwrap(), work_on(&world.ports, &world.clock).queue);
    let claimed = queue.claim_share(&Hands::own(), share, worker, lease()).await.unwrap();
    claimed.first().map(|claimed| claimed.job.id)
}

/// Lets every lease run out.
fn expire(world: &World) {
    let past = if world.is_postgres() { "to_timestamp(0)" } else { "0" };
    world.sql(&format!("update jobs set lease_expires_at = {past}, due_at = {past} where status = 'processing'"));
}

async fn find(world: &World, job: &Job) -> Job {
    world.ports.jobs.find_job(job.id).await.unwrap().unwrap()
}

pub(crate) async fn events(world: &World) -> Vec<String> {
    world.log().await.into_iter().map(|event| event.name).collect()
}

async fn the_most_urgent_job_is_handed_out_first_and_then_the_longest_due(world: World) {
    let mut queued = Vec::new();
    for priority in [0, -100, 7, 0, 100] {
        let new = NewJob { priority: Priority::parse(priority).unwrap(), ..NewJob::of(kind("test")) };
        queued.push(queue(&world, new).await);
    }
    let first: Vec<_> = claim(&world, 3).await.into_iter().map(|claimed| claimed.job.id).collect();
    let then: Vec<_> = claim(&world, 3).await.into_iter().map(|claimed| claimed.job.id).collect();
    let ids = [4, 2, 0, 3, 1].map(|place| queued[place].id);
    assert_eq!((&first[..], &then[..]), (&ids[..3], &ids[3..]));
    assert!(claim(&world, 3).await.is_empty());
}

async fn a_job_is_handed_out_once_however_many_ask_at_the_same_time(world: World) {
    for _ in 0..100 {
        queue(&world, NewJob::of(kind("test"))).await;
    }
    let (other, clock) = world.second_node();
    let services: Vec<_> = (0..8)
        .map(|place| if place % 2 == 0 { work_on(&world.ports, &world.clock) } else { work_on(&other, &clock) })
        .collect();
    let claims = services.iter().map(|service| async move {
        let mut ids = Vec::new();
        loop {
            let worker = WorkerName::parse("a worker").unwrap();
            let claimed = service.claim(&editor(), vec![kind("test")], worker, 3, lease(), None).await.unwrap();
            if claimed.is_empty() {
                return ids;
            }
            ids.extend(claimed.into_iter().map(|claimed| (claimed.job.id, claimed.receipt_handle)));
        }
    });
    let mut claimed: Vec<_> = join_all(claims).await.concat();
    // Whoever found the rest in others' hands went away; what they passed over is still there.
    claimed.extend(claim(&world, 100).await.into_iter().map(|claimed| (claimed.job.id, claimed.receipt_handle)));
    let (ids, handles): (HashSet<_>, HashSet<_>) = claimed.iter().copied().unzip();
    assert_eq!((claimed.len(), ids.len(), handles.len()), (100, 100, 100));
    assert_eq!(events(&world).await.iter().filter(|name| *name == "job_started").count(), 100);
}

async fn jobs_of_others_are_handed_out_however_many_of_one_user_wait(world: World) {
    let (one, mut other) = (editor(), editor());
    other.actor.id = UserId::new(next_id());
    for _ in 0..5 {
        queue(&world, NewJob { priority: Priority::parse(100).unwrap(), ..NewJob::of(kind("test")) }).await;
    }
    let service = jobs_on(&world.ports, &world.clock);
    let mut theirs = Vec::new();
    for priority in [-100, 0] {
        let new = NewJob { priority: Priority::parse(priority).unwrap(), ..NewJob::of(kind("test")) };
        theirs.push(now(service.create(&other, new, &Terms::default()).await.unwrap()).id);
    }
    let (one, other) = (Some(one.actor.id), Some(other.actor.id));
    assert_eq!(claim_of_others(&world, one).await, Some(theirs[1]), "the most urgent of theirs");
    assert_eq!(claim_of_others(&world, one).await, Some(theirs[0]));
    assert_eq!(claim_of_others(&world, one).await, None);
    assert!(claim_of_others(&world, other).await.is_some() && claim_of_others(&world, None).await.is_some());
}

async fn a_job_of_another_type_or_of_another_time_is_left_alone(world: World) {
    queue(&world, NewJob::of(kind("other"))).await;
    let later = Timestamp::parse("2100-01-01T00:00:00Z").unwrap();
    let urgent = Priority::parse(100).unwrap();
    queue(&world, NewJob { run_at: Some(later), priority: urgent, ..NewJob::of(kind("test")) }).await;
    assert!(claim(&world, 10).await.is_empty());
    let due = queue(&world, NewJob::of(kind("test"))).await;
    assert_eq!(claim(&world, 10).await[0].job.id, due.id);
}

async fn a_job_whose_lease_ran_out_is_taken_over_and_the_old_token_counts_no_more(world: World) {
    let job = queue(&world, NewJob::of(kind("test"))).await;
    let work = work_on(&world.ports, &world.clock);
    let first = claim(&world, 1).await.remove(0);
    assert!(claim(&world, 1).await.is_empty(), "while the lease lasts nobody else gets the job");
    expire(&world);
    let second = claim(&world, 1).await.remove(0);
    assert_eq!((second.job.id, second.job.attempt, second.job.retry_count), (job.id, 2, 1));
    assert_ne!(first.receipt_handle, second.receipt_handle);
    let late = work.complete(&editor(), job.id, first.receipt_handle, None).await;
    assert!(matches!(late, Err(ServiceError::LeaseLost)), "{late:?}");
    let beat = Beat { id: job.id, handle: first.receipt_handle, lease: lease(), progress: None, message: None };
    assert!(matches!(work.heartbeat(&editor(), beat).await, Err(ServiceError::LeaseLost)));
    let done = work.complete(&editor(), job.id, second.receipt_handle, Some(7.into())).await.unwrap();
    assert_eq!((done.status, done.results), (JobStatus::Completed, Some(7.into())));
    let expected = ["job_created", "job_started", "job_retry", "job_started", "job_completed"];
    assert_eq!(events(&world).await, expected);
    let log = world.ports.jobs.list_attempts(job.id, None, Limit::default()).await.unwrap().items;
    let outcomes: Vec<_> = log.iter().map(|attempt| (attempt.attempt, attempt.outcome)).collect();
    assert_eq!(outcomes, [(2, AttemptOutcome::Completed), (1, AttemptOutcome::Failed)]);
}

async fn a_job_that_loses_every_worker_fails(world: World) {
    let new = NewJob { max_retries: MaxRetries::parse(2).unwrap(), ..NewJob::of(kind("test")) };
    let job = queue(&world, new).await;
    for attempt in 1..=3 {
        assert_eq!(claim(&world, 1).await[0].job.attempt, attempt);
        expire(&world);
    }
    assert!(claim(&world, 1).await.is_empty());
    let job = find(&world, &job).await;
    assert_eq!((job.status, job.retry_count, job.attempt), (JobStatus::Failed, 2, 3));
    assert_eq!(events(&world).await.last().map(String::as_str), Some("job_failed"));
}

async fn an_expired_lease_that_nobody_took_over_is_still_good(world: World) {
    let job = queue(&world, NewJob::of(kind("test"))).await;
    let claimed = claim(&world, 1).await.remove(0);
    expire(&world);
    let work = work_on(&world.ports, &world.clock);
    let beat = Beat { id: job.id, handle: claimed.receipt_handle, lease: lease(), progress: None, message: None };
    work.heartbeat(&editor(), beat).await.unwrap();
    assert!(claim(&world, 1).await.is_empty(), "the lease was renewed");
    expire(&world);
    work.complete(&editor(), job.id, claimed.receipt_handle, None).await.unwrap();
    assert!(claim(&world, 1).await.is_empty());
}

async fn of_many_jobs_with_one_key_one_is_queued_while_it_lives(world: World) {
    let new = || NewJob { unique_key: Some(UniqueKey::parse("pilot").unwrap()), ..NewJob::of(kind("test")) };
    let (other, clock) = world.second_node();
    let services: Vec<_> = (0..20)
        .map(|place| if place % 2 == 0 { jobs_on(&world.ports, &world.clock) } else { jobs_on(&other, &clock) })
        .collect();
    let caller = editor();
    let terms = Terms::default();
    let answers = join_all(services.iter().map(|service| service.create(&caller, new(), &terms))).await;
    let refused = |answer: &&Result<_, _>| matches!(answer, Err(ServiceError::AlreadyExists { .. }));
    assert_eq!(answers.iter().filter(refused).count(), 19, "{answers:?}");
    queue(&world, NewJob { job_type: kind("other"), ..new() }).await;
    let claimed = claim(&world, 1).await.remove(0);
    assert!(services[0].create(&caller, new(), &terms).await.is_err(), "it lives while it is worked on");
    work_on(&world.ports, &world.clock).complete(&caller, claimed.job.id, claimed.receipt_handle, None).await.unwrap();
    queue(&world, new()).await;
}

async fn attempts_are_listed_page_by_page(world: World) {
    let new = NewJob { max_retries: MaxRetries::parse(100).unwrap(), ..NewJob::of(kind("test")) };
    let job = queue(&world, new).await;
    let (work, jobs) = (work_on(&world.ports, &world.clock), jobs_on(&world.ports, &world.clock));
    for attempt in 1..=5 {
        world.clock.move_by(400);
        let claimed = claim(&world, 1).await.remove(0);
        let failing = Failing { error: JobError::of(&format!("attempt {attempt}")), permanent: attempt == 5 };
        work.fail(&editor(), job.id, claimed.receipt_handle, &failing).await.unwrap();
    }
    let page = jobs.logs(&editor(), job.id, None, Limit::parse(3).unwrap()).await.unwrap();
    let errors: Vec<_> = page.items.iter().map(|attempt| attempt.error.as_ref().unwrap().as_str()).collect();
    assert_eq!(errors, ["attempt 5", "attempt 4", "attempt 3"]);
    let rest = jobs.logs(&editor(), job.id, page.next, Limit::parse(3).unwrap()).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (2, None));
    let failed = find(&world, &job).await;
    assert_eq!((failed.status, failed.retry_count), (JobStatus::Failed, 4));
    let retried = now(jobs.retry(&editor(), job.id, &Terms::default()).await.unwrap());
    assert_eq!((retried.status, retried.retry_count), (JobStatus::Pending, 0));
    assert_eq!(claim(&world, 1).await[0].job.attempt, 6);
}

async fn a_sign_of_life_makes_no_version(world: World) {
    queue(&world, NewJob::of(kind("test"))).await;
    let claimed = claim(&world, 1).await.remove(0);
    let before = world.log().await.len();
    let beat = |handle| Beat {
        id: claimed.job.id,
        handle,
        lease: LeaseTime::parse(3_600).unwrap(),
        progress: Some(Progress::parse(40).unwrap()),
        message: Some(ProgressMessage::parse("frame 4 of 10").unwrap()),
    };
    let stale = beat(ReceiptHandle::new(next_id()));
    let held = world.ports.jobs.beat(vec![stale, beat(claimed.receipt_handle)], claimed.job.updated_at).await.unwrap();
    assert_eq!(held, [false, true]);
    let job = find(&world, &claimed.job).await;
    assert_eq!((job.progress.get(), job.version), (40, claimed.job.version));
    assert_eq!(job.progress_message.as_ref().map(ProgressMessage::as_str), Some("frame 4 of 10"));
    assert!(job.lease.unwrap().expires_at > claimed.lease_expires_at);
    assert_eq!(world.log().await.len(), before);
}

async fn a_job_that_was_called_off_is_nobodys(world: World) {
    let job = queue(&world, NewJob::of(kind("test"))).await;
    let claimed = claim(&world, 1).await.remove(0);
    let jobs = jobs_on(&world.ports, &world.clock);
    jobs.cancel(&editor(), job.id, &Terms::default()).await.unwrap();
    let work = work_on(&world.ports, &world.clock);
    let failing = Failing { error: JobError::of("too late"), permanent: false };
    let late = work.fail(&editor(), job.id, claimed.receipt_handle, &failing).await;
    assert!(matches!(late, Err(ServiceError::LeaseLost)), "{late:?}");
    let again = jobs.cancel(&editor(), job.id, &Terms::default()).await;
    assert!(matches!(again, Err(ServiceError::InvalidTransition { .. })), "{again:?}");
    let log = world.ports.jobs.list_attempts(job.id, None, Limit::default()).await.unwrap().items;
    assert_eq!(log[0].outcome, AttemptOutcome::Cancelled);
    expire(&world);
    assert!(claim(&world, 1).await.is_empty());
}

async fn jobs_are_listed_and_counted(world: World) {
    for place in 0..5 {
        queue(&world, NewJob::of(kind(if place % 2 == 0 { "test" } else { "other" }))).await;
    }
    claim(&world, 2).await;
    let jobs = jobs_on(&world.ports, &world.clock);
    let mut query = JobQuery { limit: Limit::parse(2).unwrap(), total: true, ..JobQuery::default() };
    let mut listed = Vec::new();
    loop {
        let page = jobs.list(&editor(), query.clone()).await.unwrap();
        assert_eq!(page.total, Some(5));
        listed.extend(page.items.iter().map(|job| job.created_at));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert!(listed.len() == 5 && listed.is_sorted_by(|newer, older| newer > older));
    let counts = jobs.stats(&editor()).await.unwrap();
    let counted: Vec<_> = counts.iter().map(|c| (c.job_type.as_str(), c.status.as_str(), c.count)).collect();
    assert_eq!(counted, [("other", "pending", 2), ("test", "pending", 1), ("test", "processing", 2)]);
}

async fn a_page_of_large_jobs_ends_before_its_limit_and_leads_on(world: World) {
    let mut expected = Vec::new();
    for _ in 0..5 {
        let payload = serde_json::json!({"text": "x".repeat(600_000)}).as_object().cloned().unwrap();
        expected.insert(0, queue(&world, NewJob { payload, ..NewJob::of(kind("test")) }).await.id);
    }
    let (mut pages, mut listed, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let query = JobQuery { after, limit: Limit::parse(100).unwrap(), ..JobQuery::default() };
        let page = world.ports.jobs.list_jobs(query).await.unwrap();
        pages.push(page.items.len());
        listed.extend(page.items.iter().map(|job| job.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, listed), (vec![2, 2, 1], expected));
}

/// A worker that has gone.
struct Gone;

impl Receiver for Gone {
    fn is_gone(&self) -> bool {
        true
    }
}

async fn a_claim_gets_nothing_for_a_receiver_that_is_gone(world: World) {
    let job = queue(&world, NewJob::of(kind("test"))).await;
    let (work, worker) = (work_on(&world.ports, &world.clock), WorkerName::parse("gone").unwrap());
    let receiver: Arc<dyn Receiver> = Arc::new(Gone);
    let claimed = work.claim(&editor(), vec![kind("test")], worker, 1, lease(), Some(receiver)).await.unwrap();
    assert!(claimed.is_empty());
    assert_eq!(find(&world, &job).await, job);
    assert_eq!(claim(&world, 1).await[0].job.id, job.id);
}

async fn a_claim_that_was_not_received_leaves_the_job_to_the_next_as_it_was(world: World) {
    let last_try = NewJob { max_retries: MaxRetries::parse(0).unwrap(), ..NewJob::of(kind("test")) };
    let job = queue(&world, last_try).await;
    let work = work_on(&world.ports, &world.clock);
    for _ in 0..3 {
        let claimed = claim(&world, 1).await;
        assert_eq!((claimed[0].job.id, claimed[0].job.attempt, claimed[0].job.retry_count), (job.id, 1, 0));
        work.release(&editor(), claimed.clone()).await.unwrap();
        work.release(&editor(), claimed).await.unwrap();
    }
    let attempts = world.ports.jobs.list_attempts(job.id, None, Limit::default()).await.unwrap();
    assert!(attempts.items.is_empty(), "{attempts:?}");
}
