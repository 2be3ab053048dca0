//! What the domain's ports promise, asked of both stores. Each test is one body that runs on SQLite and on Postgres.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is not as expected")]

mod accounts;
mod activity_counts;
mod commits;
mod compositions;
mod feed_audience;
mod files;
mod growth;
mod history;
mod jobs;
mod jobs_together;
mod keys;
mod lists;
mod memberships;
mod migrations;
mod moved_episodes;
mod notifications;
mod order;
mod plans;
mod preferences;
mod presence;
mod quotas;
mod readers;
mod references;
mod round_trips;
mod schedules;
mod shows;
mod sign_ins;
mod world;

/// Makes of `async fn name(world: World)` one test a store.
macro_rules! on_both_stores {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::on_sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::on_postgres()).await;
            })+
        }
    };
}
pub(crate) use on_both_stores;
