//! How the stores find what is asked for often: by an index, in its order, never by looking at a whole table.
//!
//! Diesel tells each statement that it runs; each is then explained on a connection from outside, as it is.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use showrunner_domain::composition::{Approval, CompositionAfter, CompositionFilter, CompositionQuery};
use showrunner_domain::episode::{EpisodeFilter, EpisodeId, EpisodeQuery, EpisodeSort};
use showrunner_domain::event::{Effects, ReaderName, Seq};
use showrunner_domain::file::{FileFilter, FileQuery, FileType, Sha256};
use showrunner_domain::job::{JobFilter, JobQuery, JobStatus, JobType, NewJob};
use showrunner_domain::notification::NotificationQuery;
use showrunner_domain::schedule::ScheduleQuery;
use showrunner_domain::show::ShowId;
use showrunner_domain::{Advance, Clock as _, Limit, Terms};
use showrunner_store::{Location, open};

use crate::compositions;
use crate::jobs::{claim, queue};
use crate::on_both_stores;
use crate::world::{World, editor, next_id, titled};

/// Held by each test that listens: where tests share a process they share what is told.
static LISTENING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Each once: the store also runs statements beside those that are asked for.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn told() -> BTreeSet<String> {
    std::mem::take(&mut TOLD.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Every statement that `world`'s store runs from now on is told, on new connections.
fn listen_to(world: &mut World) {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();
                let text = text.split(" -- binds:").next().unwrap_or_default().to_owned();
                TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
            }
        }))
    })
    .unwrap();
    world.ports = open(&world.location).unwrap();
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// How the store would run `statement`, line by line.
fn plan(location: &Location, statement: &str) -> Vec<String> {
    match location {
        Location::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
            let steps: Vec<Step> =
                diesel::sql_query(format!("explain query plan {statement}")).load(&mut conn).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            let mut run = |sql: String| diesel::sql_query(sql).execute(&mut conn).unwrap();
            // An empty table is scanned and sorted gladly. So both are made dear: who does it still has no other way.
            run("set enable_seqscan = off".to_owned());
            run("set enable_sort = off".to_owned());
            run("set plan_cache_mode = force_generic_plan".to_owned());
            run(format!("prepare told as {statement}"));
            let binds = (1..=99).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "null");
            let binds: Vec<_> = binds.collect();
            let arguments = if binds.is_empty() { String::new() } else { format!("({})", binds.join(", ")) };
            let lines: Vec<Line> =
                diesel::sql_query(format!("explain execute told{arguments}")).load(&mut conn).unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The steps of a plan that look at a whole table or sort what they have found. `log_head` has one row.
fn dear(plan: &[String]) -> Vec<&String> {
    let scans = |step: &str| {
        let table = step.contains("Seq Scan") || (step.starts_with("SCAN ") && !step.contains(" USING "));
        table && !step.contains("log_head") && !step.contains("CONSTANT ROW")
    };
    let sorts = |step: &str| step.contains("Sort") || step.contains("USE TEMP B-TREE");
    plan.iter().filter(|step| scans(step) || sorts(step)).collect()
}

/// Explains what was told; answers how many statements that were.
fn assert_cheap(world: &World, what: &str) -> usize {
    let mut explained = 0;
    for statement in told() {
        let explainable = ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.starts_with(verb));
        // Names are quoted in each store's own way: threads of another test's store may still be running.
        let own = statement.contains(if world.is_postgres() { '"' } else { '`' });
        if explainable && own {
            let plan = plan(&world.location, &statement);
            assert!(dear(&plan).is_empty(), "{what}: {statement}\n{}", plan.join("\n"));
            explained += 1;
        }
    }
    explained
}

async fn hot_statements_find_their_rows_by_an_index(mut world: World) {
    let _listening = LISTENING.lock().await;
    let first = world.create("Pilot").await;
    world.create("Second").await;
    listen_to(&mut world);

    world.ports.episodes.find_episode(first.id).await.unwrap();
    assert!(assert_cheap(&world, "get") >= 1);

    for key in ["title", "episode_number", "air_date", "created_at", "updated_at", "status"] {
        for sort in [key.to_owned(), format!("-{key}")] {
            let sort = EpisodeSort::parse(&sort).unwrap();
            let query = EpisodeQuery { sort, limit: Limit::parse(1).unwrap(), ..EpisodeQuery::default() };
            let page = world.ports.episodes.list_episodes(query.clone()).await.unwrap();
            assert!(assert_cheap(&world, "the first page") >= 1);
            assert!(page.next.is_some());
            world.ports.episodes.list_episodes(EpisodeQuery { after: page.next, ..query }).await.unwrap();
            assert!(assert_cheap(&world, "a further page") >= 1);
            let filter = EpisodeFilter { show_id: Some(ShowId::new(next_id())), ..EpisodeFilter::default() };
            let of_show = EpisodeQuery { filter, sort, ..EpisodeQuery::default() };
            world.ports.episodes.list_episodes(of_show).await.unwrap();
            assert!(assert_cheap(&world, "a show's page") >= 1);
        }
    }

    let patch = titled("Renamed");
    world.episodes().update(&editor(), first.id, &patch, &Terms::default()).await.unwrap();
    assert!(assert_cheap(&world, "update") >= 3);

    let user = editor().actor.id;
    world.ports.users.find_user(user).await.unwrap();
    world.ports.notifications.list_notifications(user, NotificationQuery::default()).await.unwrap();
    world.ports.notifications.count_unread(user).await.unwrap();
    world.ports.log.read(Seq::START, 10).await.unwrap();
    let from = world.ports.log.cursor(ReaderName::Activity).await.unwrap();
    let step = Advance { reader: ReaderName::Activity, from, to: from.next(), effects: Effects::default() };
    world.ports.ledger.advance(step).await.unwrap();
    assert!(assert_cheap(&world, "what runs beside every request") >= 6);
}

async fn jobs_files_and_schedules_are_found_by_an_index(mut world: World) {
    let _listening = LISTENING.lock().await;
    let kind = JobType::parse("test").unwrap();
    for _ in 0..2 {
        queue(&world, NewJob::of(kind.clone())).await;
    }
    listen_to(&mut world);

    let filters = [
        JobFilter::default(),
        JobFilter { status: Some(JobStatus::Pending), ..JobFilter::default() },
        JobFilter { job_type: Some(kind), ..JobFilter::default() },
        JobFilter { episode_id: Some(EpisodeId::new(next_id())), ..JobFilter::default() },
    ];
    for filter in filters {
        let query = JobQuery { filter, limit: Limit::parse(1).unwrap(), ..JobQuery::default() };
        let page = world.ports.jobs.list_jobs(query.clone()).await.unwrap();
        world.ports.jobs.list_jobs(JobQuery { after: page.next, ..query }).await.unwrap();
        assert!(assert_cheap(&world, "a page of jobs") >= 1);
    }
    assert_eq!(claim(&world, 1).await.len(), 1);
    assert!(assert_cheap(&world, "a claim") >= 2);

    let filters = [
        FileFilter::default(),
        FileFilter { file_type: Some(FileType::Image), ..FileFilter::default() },
        FileFilter { episode_id: Some(EpisodeId::new(next_id())), ..FileFilter::default() },
    ];
    for filter in filters {
        world.ports.files.list_files(FileQuery { filter, ..FileQuery::default() }).await.unwrap();
        assert!(assert_cheap(&world, "a page of files") >= 1);
    }
    let pages = ScheduleQuery::default();
    world.ports.schedules.list_schedules(pages).await.unwrap();
    assert!(assert_cheap(&world, "a page of schedules") >= 1);
    world.ports.schedules.first_due().await.unwrap();
    assert!(assert_cheap(&world, "when the first schedule is due") >= 1);
    world.ports.schedules.due(world.clock.now(), 10).await.unwrap();
    assert!(assert_cheap(&world, "the schedules that are due") >= 1);
    world.ports.files.find_blob(Sha256::parse("0".repeat(64)).unwrap()).await.unwrap();
    assert!(assert_cheap(&world, "a blob by its digest") >= 1);
}

async fn compositions_are_found_by_an_index(mut world: World) {
    let _listening = LISTENING.lock().await;
    let one = compositions::create(&world, "Pilot", None).await;
    listen_to(&mut world);

    let compositions = world.ports.compositions.clone();
    compositions.find_composition(one.id).await.unwrap();
    compositions.find_primary(EpisodeId::new(next_id())).await.unwrap();
    assert!(assert_cheap(&world, "a composition") >= 3);
    let filters = [
        CompositionFilter::default(),
        CompositionFilter { approval: Some(Approval::Pending), ..CompositionFilter::default() },
        CompositionFilter { episode_id: Some(EpisodeId::new(next_id())), ..CompositionFilter::default() },
    ];
    for filter in filters {
        let after = Some(CompositionAfter::of(&one));
        let query = CompositionQuery { filter, after, ..CompositionQuery::default() };
        compositions.list_compositions(query).await.unwrap();
        assert!(assert_cheap(&world, "a page of compositions") >= 1);
    }
    compositions.list_versions(one.id, None, Limit::default()).await.unwrap();
    compositions.find_version(one.id, one.version).await.unwrap();
    compositions.list_outputs(one.id).await.unwrap();
    compositions.find_rendering(Sha256::parse("0".repeat(64)).unwrap()).await.unwrap();
    assert!(assert_cheap(&world, "versions and outputs of a composition") >= 4);
}

#[test]
fn a_plan_that_scans_or_sorts_is_noticed() {
    let world = World::on_sqlite();
    let plan = plan(&world.location, "select * from episodes where rating > 3 order by director");
    assert_eq!(dear(&plan).len(), 2, "{plan:?}");
}

on_both_stores!(
    hot_statements_find_their_rows_by_an_index,
    jobs_files_and_schedules_are_found_by_an_index,
    compositions_are_found_by_an_index,
);
