//! How the stores find what is asked for often: by an index, in its order, never by scanning a whole table.
//!
//! Diesel reports each statement that it runs; each is then explained on a connection from outside, as it is. The store also
//! runs statements of its own accord, as often as its threads happen to: so a test counts only those that name the table
//! it asked for, and only those of its own store.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection as _, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use showrunner_domain::activity::{ActivityAction, ActivityQuery};
use showrunner_domain::composition::{Approval, CompositionAfter, CompositionFilter, CompositionQuery};
use showrunner_domain::episode::{EpisodeFilter, EpisodeId, EpisodeQuery, EpisodeSort};
use showrunner_domain::event::{Effects, ReaderName, Seq};
use showrunner_domain::file::{FileFilter, FileQuery, FileType, Sha256};
use showrunner_domain::identity::{Actor, Role, Visibility};
use showrunner_domain::job::{JobFilter, JobQuery, JobStatus, JobType, NewJob};
use showrunner_domain::notification::NotificationQuery;
use showrunner_domain::schedule::ScheduleQuery;
use showrunner_domain::show::ShowId;
use showrunner_domain::{Advance, Clock as _, Limit, Terms};
use showrunner_store::{Location, open};

use crate::compositions;
use crate::jobs::{claim, claim_of_others, queue};
use crate::on_both_stores;
use crate::world::{World, editor, next_id, titled};

/// The statements of each recorded store, by the name of its database or file; each statement once.
static RECORDED: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// Where the last connection of this thread went. The store makes a recorder of its own for a connection that stands.
    static CONNECTED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Records what one connection runs, if its store is one of those recorded.
struct Recorder {
    url: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                url.clone_into(&mut self.url);
                CONNECTED.set(url.to_owned());
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let text = text.split(" -- binds:").next().unwrap_or_default().to_owned();
                let mut recorded = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((_, statements)) = recorded.iter_mut().find(|(store, _)| self.url.contains(store.as_str()))
                {
                    statements.insert(text);
                }
            }
            _ => {}
        }
    }
}

/// What tells `world`'s store from those of other tests: a database's name, or a file's path.
fn store_of(world: &World) -> String {
    match &world.location {
        Location::Sqlite(path) => path.to_string_lossy().into_owned(),
        Location::Postgres(url) => url.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

/// The statements that `world`'s store has run since this was last asked.
fn recorded(world: &World) -> BTreeSet<String> {
    let mut recorded = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
    recorded.get_mut(&store_of(world)).map(std::mem::take).unwrap_or_default()
}

/// Every statement that `world`'s store runs from now on is recorded.
fn record(world: &mut World) {
    RECORDED.lock().unwrap_or_else(PoisonError::into_inner).insert(store_of(world), BTreeSet::new());
    set_default_instrumentation(|| Some(Box::new(Recorder { url: CONNECTED.with_borrow(String::clone) }))).unwrap();
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
            // The store may be at work beside it.
            conn.batch_execute("pragma busy_timeout = 5000").unwrap();
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
            run(format!("prepare recorded as {statement}"));
            let binds = (1..=99).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "null");
            let binds: Vec<_> = binds.collect();
            let arguments = if binds.is_empty() { String::new() } else { format!("({})", binds.join(", ")) };
            let lines: Vec<Line> =
                diesel::sql_query(format!("explain execute recorded{arguments}")).load(&mut conn).unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The steps of a plan that look at a whole table or sort what they have found. `log_head` has one row, and a subquery has
/// what other steps have found for it.
fn dear(plan: &[String]) -> Vec<&String> {
    let scans = |step: &str| {
        let table = step.contains("Seq Scan") || (step.starts_with("SCAN ") && !step.contains(" USING "));
        let found = step == "SCAN next" || step == "SCAN sized" || step.starts_with("SCAN (subquery");
        table && !found && !step.contains("log_head") && !step.contains("CONSTANT ROW")
    };
    let sorts = |step: &str| step.contains("Sort") || step.contains("USE TEMP B-TREE");
    plan.iter().filter(|step| scans(step) || sorts(step)).collect()
}

/// Explains what was recorded; answers how many of those statements name `table`.
fn assert_cheap(world: &World, what: &str, table: &str) -> usize {
    let mut about = 0;
    for statement in recorded(world) {
        let verb = statement.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        // An array a column: outside, Postgres cannot know the types of so many parameters. It finds rows by their keys.
        let columnwise = statement.contains("unnest($1, ");
        if columnwise || !["select", "insert", "update", "delete"].contains(&verb.as_str()) {
            continue;
        }
        let plan = plan(&world.location, &statement);
        assert!(dear(&plan).is_empty(), "{what}: {statement}\n{}", plan.join("\n"));
        let mut names = statement.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        about += usize::from(names.any(|name| name == table));
    }
    about
}

async fn hot_statements_find_their_rows_by_an_index(mut world: World) {
    let first = world.create("Pilot").await;
    world.create("Second").await;
    record(&mut world);

    world.ports.episodes.find_episode(first.id).await.unwrap();
    assert!(assert_cheap(&world, "get", "episodes") >= 1);

    for key in ["title", "episode_number", "air_date", "created_at", "updated_at", "status"] {
        for sort in [key.to_owned(), format!("-{key}")] {
            let sort = EpisodeSort::parse(&sort).unwrap();
            let query = EpisodeQuery { sort, limit: Limit::parse(1).unwrap(), ..EpisodeQuery::default() };
            let page = world.ports.episodes.list_episodes(query.clone()).await.unwrap();
            assert!(assert_cheap(&world, "the first page", "episodes") >= 1);
            assert!(page.next.is_some());
            world.ports.episodes.list_episodes(EpisodeQuery { after: page.next, ..query }).await.unwrap();
            assert!(assert_cheap(&world, "a further page", "episodes") >= 1);
            let filter = EpisodeFilter { show_id: Some(ShowId::new(next_id())), ..EpisodeFilter::default() };
            let of_show = EpisodeQuery { filter, sort, ..EpisodeQuery::default() };
            world.ports.episodes.list_episodes(of_show).await.unwrap();
            assert!(assert_cheap(&world, "a show's page", "episodes") >= 1);
        }
    }

    let patch = titled("Renamed");
    world.episodes().update(&editor(), first.id, &patch, &Terms::default()).await.unwrap();
    assert!(assert_cheap(&world, "update", "episodes") >= 2);

    let user = editor().actor.id;
    world.ports.users.find_user(user).await.unwrap();
    assert!(assert_cheap(&world, "a user", "users") >= 1);
    world.ports.notifications.list_notifications(user, NotificationQuery::default()).await.unwrap();
    assert!(assert_cheap(&world, "a page of notifications", "notifications") >= 1);
    world.ports.notifications.count_unread(user).await.unwrap();
    assert!(assert_cheap(&world, "how many notifications are unread", "notifications") >= 1);
    world.events_after(Seq::START).await;
    assert!(assert_cheap(&world, "a page of the log", "events") >= 1);
    let viewer = Visibility::of(&Actor { role: Role::Viewer, ..editor().actor });
    let of = |visible: &Visibility| ActivityQuery { visible: visible.clone(), ..ActivityQuery::default() };
    let action = Some(ActivityAction::Login);
    for visible in [Visibility::of(&editor().actor), viewer] {
        let record = Some(next_id());
        for query in [
            of(&visible),
            ActivityQuery { user_id: Some(user), ..of(&visible) },
            ActivityQuery { action, ..of(&visible) },
            ActivityQuery { resource_id: record, ..of(&visible) },
        ] {
            world.ports.activities.list_activities(query).await.unwrap();
            assert!(assert_cheap(&world, "a page of the feed", "activities") >= 1);
        }
    }
    let from = world.ports.log.cursor(ReaderName::Activity).await.unwrap();
    assert!(assert_cheap(&world, "a cursor", "reader_cursors") >= 1);
    let step = Advance { reader: ReaderName::Activity, from, to: from.next(), effects: Effects::default() };
    world.ports.ledger.advance(step).await.unwrap();
    assert!(assert_cheap(&world, "a step of a projection", "reader_cursors") >= 1);
}

async fn jobs_files_and_schedules_are_found_by_an_index(mut world: World) {
    let kind = JobType::parse("test").unwrap();
    for _ in 0..2 {
        queue(&world, NewJob::of(kind.clone())).await;
    }
    record(&mut world);

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
        assert!(assert_cheap(&world, "a page of jobs", "jobs") >= 1);
    }
    assert_eq!(claim(&world, 1).await.len(), 1);
    assert!(assert_cheap(&world, "a claim", "jobs") >= 2);
    assert_eq!(claim_of_others(&world, Some(editor().actor.id)).await, None);
    assert!(assert_cheap(&world, "a look for what others want", "jobs") >= 1);

    let filters = [
        FileFilter::default(),
        FileFilter { file_type: Some(FileType::Image), ..FileFilter::default() },
        FileFilter { episode_id: Some(EpisodeId::new(next_id())), ..FileFilter::default() },
    ];
    for filter in filters {
        world.ports.files.list_files(FileQuery { filter, ..FileQuery::default() }).await.unwrap();
        assert!(assert_cheap(&world, "a page of files", "files") >= 1);
    }
    let pages = ScheduleQuery::default();
    world.ports.schedules.list_schedules(pages).await.unwrap();
    assert!(assert_cheap(&world, "a page of schedules", "schedules") >= 1);
    world.ports.schedules.first_due().await.unwrap();
    assert!(assert_cheap(&world, "when the first schedule is due", "schedules") >= 1);
    world.ports.schedules.due(world.clock.now(), 10).await.unwrap();
    assert!(assert_cheap(&world, "the schedules that are due", "schedules") >= 1);
    world.ports.files.find_blob(Sha256::parse("0".repeat(64)).unwrap()).await.unwrap();
    assert!(assert_cheap(&world, "a blob by its digest", "blobs") >= 1);
}

async fn compositions_are_found_by_an_index(mut world: World) {
    let one = compositions::create(&world, "Pilot", None).await;
    record(&mut world);

    let compositions = world.ports.compositions.clone();
    compositions.find_composition(one.id).await.unwrap();
    assert!(assert_cheap(&world, "a composition", "compositions") >= 1);
    compositions.find_primary(EpisodeId::new(next_id())).await.unwrap();
    assert!(assert_cheap(&world, "an episode's primary", "compositions") >= 1);
    let filters = [
        CompositionFilter::default(),
        CompositionFilter { approval: Some(Approval::Pending), ..CompositionFilter::default() },
        CompositionFilter { episode_id: Some(EpisodeId::new(next_id())), ..CompositionFilter::default() },
    ];
    for filter in filters {
        let after = Some(CompositionAfter::of(&one));
        let query = CompositionQuery { filter, after, ..CompositionQuery::default() };
        compositions.list_compositions(query).await.unwrap();
        assert!(assert_cheap(&world, "a page of compositions", "compositions") >= 1);
    }
    compositions.list_versions(one.id, None, Limit::default()).await.unwrap();
    assert!(assert_cheap(&world, "versions of a composition", "composition_versions") >= 1);
    compositions.find_version(one.id, one.version).await.unwrap();
    assert!(assert_cheap(&world, "a version of a composition", "composition_versions") >= 1);
    compositions.list_outputs(one.id).await.unwrap();
    assert!(assert_cheap(&world, "outputs of a composition", "composition_outputs") >= 1);
    compositions.find_rendering(Sha256::parse("0".repeat(64)).unwrap()).await.unwrap();
    assert!(assert_cheap(&world, "an output by its key", "composition_outputs") >= 1);
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
