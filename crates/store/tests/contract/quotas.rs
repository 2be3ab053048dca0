//! What users have is counted no further than one may have, and what they have written is added up over nodes.

use showrunner_domain::identity::UserId;
use showrunner_domain::job::NewJob;

use super::on_both_stores;
use crate::jobs::{claim, kind, queue, work_on};
use crate::world::{World, editor, next_id};

on_both_stores!(live_jobs_of_a_user_are_counted_up_to_a_bound, bytes_that_nodes_have_written_are_added_up_for_a_day,);

async fn live_jobs_of_a_user_are_counted_up_to_a_bound(world: World) {
    for _ in 0..4 {
        queue(&world, NewJob::of(kind("test"))).await;
    }
    let ended = claim(&world, 1).await.remove(0);
    let count = async |user, most| world.ports.quotas.count_live_jobs(user, most).await.unwrap();
    let user = editor().actor.id;
    assert_eq!((count(user, 10).await, count(user, 3).await), (4, 3), "one that is being done is live");
    let work = work_on(&world.ports, &world.clock);
    work.complete(&editor(), ended.job.id, ended.receipt_handle, None).await.unwrap();
    assert_eq!((count(user, 10).await, count(UserId::new(next_id()), 10).await), (3, 0));
    assert_eq!(world.ports.quotas.count_schedules(user, 10).await.unwrap(), 0);
}

async fn bytes_that_nodes_have_written_are_added_up_for_a_day(world: World) {
    let (other, _) = world.second_node();
    let (one, two) = (UserId::new(next_id()), UserId::new(next_id()));
    let (today, tomorrow) = ("2026-11-27".parse().unwrap(), "2026-11-28".parse().unwrap());
    let here = world.ports.quotas.add_log_bytes(today, vec![(two, 7), (one, 5)]).await.unwrap();
    assert_eq!(here, [(one, 5), (two, 7)]);
    assert_eq!(other.quotas.add_log_bytes(today, vec![(one, 10)]).await.unwrap(), [(one, 15)]);
    assert_eq!(other.quotas.add_log_bytes(tomorrow, vec![(one, 1)]).await.unwrap(), [(one, 1)]);
}
