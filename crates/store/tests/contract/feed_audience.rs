//! The feed holds for each reader what they may learn of, also of what was written before entries knew whom they are for.

use showrunner_domain::activity::{Activity, ActivityAction, ActivityQuery, ActivityStats, Period, StatsQuery};
use showrunner_domain::identity::{Actor, Authority, Role, UserPatch, Visibility};
use showrunner_domain::{Limit, Terms};

use super::on_both_stores;
use crate::accounts::{account, users_on};
use crate::activity_counts::{day, migrate_back_and_forth, write_feed};
use crate::world::{World, editor, now, titled};

on_both_stores!(
    a_viewer_gets_pages_without_what_was_done_to_accounts,
    what_was_written_before_entries_had_an_audience_is_shown_to_the_same_people,
);

fn viewer() -> Visibility {
    Visibility::of(&Actor { role: Role::Viewer, ..editor().actor })
}

fn admin() -> Visibility {
    Visibility::of(&editor().actor)
}

/// Episodes that change, among accounts that change and sign in.
async fn a_busy_day(world: &World) {
    for number in 0..6 {
        let episode = world.create(&format!("Episode {number}")).await;
        let user = account(world, &format!("user-{number}"), Role::Editor, None).await;
        let demoted = UserPatch { role: Some(Role::Viewer), ..UserPatch::default() };
        let users = users_on(&world.ports, &world.clock);
        now(users.update(Authority::Operator, user.id, &demoted, None, &Terms::default()).await.unwrap());
        let renamed = titled(&format!("Renamed {number}"));
        now(world.episodes().update(&editor(), episode.id, &renamed, &Terms::default()).await.unwrap());
    }
    write_feed(world).await;
}

/// All that is visible, page by page, and how much that is said to be.
async fn feed(world: &World, query: ActivityQuery) -> (Vec<Activity>, u64) {
    let mut query = ActivityQuery { limit: Limit::parse(5).unwrap(), total: true, ..query };
    let (mut all, mut total) = (Vec::new(), 0);
    loop {
        let page = world.ports.activities.list_activities(query.clone()).await.unwrap();
        total = page.total.unwrap_or(total);
        all.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return (all, total);
        }
    }
}

async fn count(world: &World, visible: Visibility) -> ActivityStats {
    let period = Period { from: day("2023-11-14"), to: day("2023-11-15") };
    let query = StatsQuery { visible, ..StatsQuery::default() };
    world.ports.activities.count_activities(query, period).await.unwrap()
}

async fn a_viewer_gets_pages_without_what_was_done_to_accounts(world: World) {
    a_busy_day(&world).await;
    let (seen, total) = feed(&world, ActivityQuery { visible: viewer(), ..ActivityQuery::default() }).await;
    assert_eq!((seen.len(), total), (12, 12));
    assert!(seen.iter().all(|activity| activity.resource_type == "episode"), "{seen:?}");
    assert!(seen.is_sorted_by_key(|activity| std::cmp::Reverse(activity.seq)));
    let (all, total) = feed(&world, ActivityQuery { visible: admin(), ..ActivityQuery::default() }).await;
    assert_eq!((all.len(), total), (24, 24));
    let account = all.iter().find(|activity| activity.resource_type == "user").unwrap();
    let of =
        |visible: Visibility| ActivityQuery { resource_id: Some(account.resource_id), visible, ..Default::default() };
    assert_eq!((feed(&world, of(viewer())).await.0.len(), feed(&world, of(admin())).await.0.len()), (0, 2));
    let updates = |visible| ActivityQuery { action: Some(ActivityAction::Update), visible, ..Default::default() };
    assert_eq!((feed(&world, updates(viewer())).await.1, feed(&world, updates(admin())).await.1), (6, 12));
    assert!(feed(&world, ActivityQuery::default()).await.0.is_empty(), "by default nothing is visible");

    let (seen, all) = (count(&world, viewer()).await, count(&world, admin()).await);
    assert_eq!((seen.total, all.total), (12, 24));
    assert!(seen.by_resource.iter().all(|count| count.resource_type == "episode"), "{seen:?}");
    assert_eq!(seen.by_action.iter().map(|count| count.count).collect::<Vec<_>>(), [6, 6]);
    assert_eq!(seen.by_user.len(), 1, "the operator's deeds are for administrators: {seen:?}");
}

async fn what_was_written_before_entries_had_an_audience_is_shown_to_the_same_people(world: World) {
    a_busy_day(&world).await;
    let all = || async {
        let list = |visible| feed(&world, ActivityQuery { visible, ..ActivityQuery::default() });
        (list(viewer()).await, list(admin()).await, count(&world, viewer()).await, count(&world, admin()).await)
    };
    let before = all().await;
    migrate_back_and_forth(&world);
    assert_eq!(all().await, before);
}
