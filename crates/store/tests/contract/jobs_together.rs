//! Jobs that are queued, claimed and ended at the same time: they may share a transaction, and nobody notices.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use showrunner_domain::job::{Done, Hands, JobId, JobStatus, NewJob, WorkerName};
use showrunner_domain::{ServiceError, Terms};
use tokio::join;
use tokio::time::timeout;

use super::on_both_stores;
use crate::jobs::{claim, events, jobs_on, kind, lease, queue, work_on};
use crate::world::{World, editor};

on_both_stores!(
    an_end_that_comes_too_late_takes_no_others_along,
    claims_of_many_types_share_what_there_is,
    who_waits_for_jobs_hears_of_those_of_this_process_and_of_others,
);

async fn an_end_that_comes_too_late_takes_no_others_along(world: World) {
    for _ in 0..10 {
        queue(&world, NewJob::of(kind("test"))).await;
    }
    let claimed = claim(&world, 10).await;
    let called_off = claimed[4].job.id;
    jobs_on(&world.ports, &world.clock).cancel(&editor(), called_off, &Terms::default()).await.unwrap();
    let (queue, hands, done) = (work_on(&world.ports, &world.clock).queue, Hands::own(), Done::default());
    let ends = claimed.into_iter().map(|claimed| queue.complete(&hands, claimed.job, claimed.receipt_handle, &done));
    let ends = join_all(ends).await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 9, "{ends:?}");
    assert!(matches!(ends[4], Err(ServiceError::LeaseLost)), "{ends:?}");
    assert_eq!(queue.find(called_off).await.unwrap().status, JobStatus::Cancelled);
    assert_eq!(events(&world).await.iter().filter(|name| *name == "job_completed").count(), 9);
}

async fn claims_of_many_types_share_what_there_is(world: World) {
    for place in 0..30 {
        queue(&world, NewJob::of(kind(["one", "two", "three"][place % 3]))).await;
    }
    let work = work_on(&world.ports, &world.clock);
    let wishes = [vec!["one"], vec!["two", "one"], vec!["one"], vec!["three"], vec!["three", "two"], vec!["one"]];
    let hands = Hands::own();
    let claims = wishes.iter().map(|types| {
        let worker = WorkerName::parse("a worker").unwrap();
        work.queue.claim(&hands, types.iter().map(|name| kind(name)).collect(), worker, 7, lease(), None)
    });
    let mut handed_out: HashSet<JobId> = HashSet::new();
    for (types, got) in wishes.iter().zip(join_all(claims).await) {
        let got = got.unwrap();
        assert!(got.len() <= 7 && got.iter().all(|claimed| types.contains(&claimed.job.job_type.as_str())), "{got:?}");
        assert!(got.into_iter().all(|claimed| handed_out.insert(claimed.job.id)), "one job is in two hands");
    }
    // Claims that met in different transactions may have passed over what others held. What they left is still there.
    for types in wishes {
        let worker = WorkerName::parse("a worker").unwrap();
        let types = types.into_iter().map(kind).collect();
        let rest = work.queue.claim(&hands, types, worker, 100, lease(), None).await.unwrap();
        assert!(rest.into_iter().all(|claimed| handed_out.insert(claimed.job.id)), "one job is in two hands");
    }
    assert_eq!(handed_out.len(), 30);
}

async fn who_waits_for_jobs_hears_of_those_of_this_process_and_of_others(world: World) {
    let (other, _) = world.second_node();
    for work in [work_on(&world.ports, &world.clock), work_on(&other, &world.clock)] {
        let waiting = async {
            loop {
                let seen = work.queue.arrivals();
                let worker = WorkerName::parse("a worker").unwrap();
                let got = work.queue.claim(&Hands::own(), vec![kind("test")], worker, 1, lease(), None).await.unwrap();
                if let [claimed] = &got[..] {
                    return claimed.job.id;
                }
                work.queue.wait_for_arrivals(seen).await;
            }
        };
        let (got, queued) = join!(timeout(Duration::from_secs(30), waiting), queue(&world, NewJob::of(kind("test"))));
        assert_eq!(got.unwrap(), queued.id);
    }
}
