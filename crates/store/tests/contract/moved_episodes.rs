//! What is for an episode is in the episode's show, wherever that has gone since: by itself, in lists, and when it is written.

use std::sync::{Arc, Mutex};

use showrunner_domain::composition::CompositionQuery;
use showrunner_domain::episode::{Episode, EpisodeId, EpisodePatch};
use showrunner_domain::event::LoggedEvent;
use showrunner_domain::file::{File, FileFilter, FileName, FileQuery, NewFile};
use showrunner_domain::job::{JobFilter, JobQuery, NewJob};
use showrunner_domain::mocks::MockLedger;
use showrunner_domain::show::{NewShow, ShowId, ShowName, ShowPatch};
use showrunner_domain::{ChangeSet, CommitError, Committed, Terms};

use super::on_both_stores;
use crate::compositions::{compositions_on, create as create_composition};
use crate::files::files_on;
use crate::jobs::{claim, kind, queue, work_on};
use crate::world::{World, editor, now};

on_both_stores!(
    what_is_for_an_episode_goes_with_it_to_another_show,
    what_is_written_of_a_moved_episode_happens_in_its_new_show,
    what_was_read_before_an_episode_moved_is_not_written_after_it,
    what_was_for_an_episode_that_is_gone_stays_in_its_last_show,
);

async fn show(world: &World, name: &str) -> ShowId {
    let new = NewShow { name: ShowName::parse(name).unwrap(), others: ShowPatch::default() };
    now(world.shows().create(&editor(), new, &Terms::default()).await.unwrap()).id
}

async fn move_to(world: &World, episode: EpisodeId, show: Option<ShowId>) -> Episode {
    let patch = EpisodePatch { show_id: Some(show), ..EpisodePatch::default() };
    now(world.episodes().update(&editor(), episode, &patch, &Terms::default()).await.unwrap())
}

async fn upload(world: &World, episode: EpisodeId) -> File {
    let (files, caller) = (files_on(world), editor());
    let new = NewFile { name: FileName::parse("still.png").unwrap(), episode_id: Some(episode) };
    let mut upload = files.begin(&caller, new).await.unwrap();
    upload.write(b"bytes").await.unwrap();
    upload.finish().await.unwrap()
}

fn job_for(episode: EpisodeId) -> NewJob {
    NewJob { episode_id: Some(episode), ..NewJob::of(kind("test")) }
}

async fn what_is_for_an_episode_goes_with_it_to_another_show(world: World) {
    let (first, second) = (show(&world, "First").await, show(&world, "Second").await);
    let episode = world.create("Pilot").await.id;
    move_to(&world, episode, Some(first)).await;
    let file = upload(&world, episode).await.id;
    let composition = create_composition(&world, "Poster", Some(episode)).await.id;
    let job = queue(&world, job_for(episode)).await.id;
    let shows = async || {
        let ports = &world.ports;
        let of_episode = FileFilter { episode_id: Some(episode), ..FileFilter::default() };
        let files = FileQuery { filter: of_episode, ..FileQuery::default() };
        let of_episode = JobFilter { episode_id: Some(episode), ..JobFilter::default() };
        let jobs = JobQuery { filter: of_episode, ..JobQuery::default() };
        [
            ports.files.find_file(file).await.unwrap().unwrap().show_id,
            ports.files.list_files(files).await.unwrap().items[0].show_id,
            ports.compositions.find_composition(composition).await.unwrap().unwrap().show_id,
            ports.compositions.list_compositions(CompositionQuery::default()).await.unwrap().items[0].show_id,
            ports.jobs.find_job(job).await.unwrap().unwrap().show_id,
            ports.jobs.list_jobs(jobs).await.unwrap().items[0].show_id,
        ]
    };
    assert_eq!(shows().await, [Some(first); 6]);
    move_to(&world, episode, Some(second)).await;
    assert_eq!(shows().await, [Some(second); 6]);
    now(world.episodes().delete(&editor(), episode, &Terms::default()).await.unwrap());
    assert_eq!(shows().await, [Some(second); 6], "it can be restored");
    now(world.episodes().restore(&editor(), episode, &Terms::default()).await.unwrap());
    move_to(&world, episode, None).await;
    assert_eq!(shows().await, [None; 6]);
}

async fn what_is_written_of_a_moved_episode_happens_in_its_new_show(world: World) {
    let (first, second) = (show(&world, "First").await, show(&world, "Second").await);
    let episode = world.create("Pilot").await.id;
    move_to(&world, episode, Some(first)).await;
    let file = upload(&world, episode).await;
    let composition = create_composition(&world, "Poster", Some(episode)).await.id;
    queue(&world, job_for(episode)).await;
    move_to(&world, episode, Some(second)).await;
    let begin = world.log().await.len();
    let claimed = claim(&world, 1).await.remove(0);
    assert_eq!(claimed.job.show_id, Some(second));
    let work = work_on(&world.ports, &world.clock);
    work.complete(&editor(), claimed.job.id, claimed.receipt_handle, None).await.unwrap();
    now(compositions_on(&world).submit(&editor(), composition, &Terms::default()).await.unwrap());
    now(compositions_on(&world).make_primary(&editor(), composition, &Terms::default()).await.unwrap());
    now(files_on(&world).delete(&editor(), file.id, &Terms::default()).await.unwrap());
    let told: Vec<LoggedEvent> = world.log().await.split_off(begin);
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["job_started", "job_completed", "composition_submitted", "composition_updated", "file_deleted"]);
    assert!(told.iter().all(|event| event.show == Some(second)), "{told:?}");
}

async fn what_was_read_before_an_episode_moved_is_not_written_after_it(world: World) {
    let (first, second) = (show(&world, "First").await, show(&world, "Second").await);
    let episode = world.create("Pilot").await.id;
    move_to(&world, episode, Some(first)).await;
    let file = upload(&world, episode).await;
    let composition = create_composition(&world, "Poster", Some(episode)).await.id;
    let late = Arc::default();
    let mut files = files_on(&world);
    files.ledger = holding_back(&late);
    now(files.delete(&editor(), file.id, &Terms::default()).await.unwrap());
    let mut compositions = compositions_on(&world);
    compositions.ledger = holding_back(&late);
    now(compositions.submit(&editor(), composition, &Terms::default()).await.unwrap());
    now(compositions.delete(&editor(), composition, &Terms::default()).await.unwrap());
    move_to(&world, episode, Some(second)).await;
    let late = std::mem::take(&mut *late.lock().unwrap());
    assert_eq!(late.len(), 3);
    for set in late {
        let answer = world.ports.ledger.commit(set.clone()).await;
        assert!(matches!(answer, Err(CommitError::Stale)), "{set:?}: {answer:?}");
    }
}

/// A ledger that holds back what it is to commit.
fn holding_back(late: &Arc<Mutex<Vec<ChangeSet>>>) -> Arc<MockLedger> {
    let (late, mut ledger) = (late.clone(), MockLedger::new());
    ledger.expect_commit().returning(move |set| {
        late.lock().unwrap().push(set);
        Ok(Committed)
    });
    Arc::new(ledger)
}

async fn what_was_for_an_episode_that_is_gone_stays_in_its_last_show(world: World) {
    let first = show(&world, "First").await;
    let episode = world.create("Pilot").await.id;
    move_to(&world, episode, Some(first)).await;
    let job = queue(&world, job_for(episode)).await.id;
    // As a release left it that knew nothing of references.
    world.sql("delete from episodes");
    assert_eq!(world.ports.jobs.find_job(job).await.unwrap().unwrap().show_id, Some(first));
    assert_eq!(claim(&world, 1).await[0].job.show_id, Some(first));
}
