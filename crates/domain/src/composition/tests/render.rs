//! Wanting pictures, and the job that renders them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_executor::block_on;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::identity::{Bearer, OnBehalf, Role};
use crate::job::{
    Done, Failing, Job, JobHandler as _, JobId, JobType, NewJob, Progress, ProgressMessage, Reporter, UniqueKey,
};
use crate::mocks::{
    MockBlobStore, MockBlobWriter, MockInspection, MockInspector, MockRenderer, MockShowStore, MockUserStore,
};
use crate::{Answered, Clock as _, CommitError, Committed, RecordChange, ServiceError, Terms};

fn wish() -> RenderWish {
    RenderWish { formats: None, encoding: Encoding::Jpeg }
}

#[test]
fn a_wish_queues_a_job_and_notes_its_outputs_in_one_step() {
    let mut world = World::holding(|_| {});
    world
        .ledger
        .expect_commit()
        .once()
        .withf(|set| {
            let [RecordChange::Job(job), outputs @ ..] = set.changes() else { return false };
            let wanted = |output: &RecordChange| matches!(output, RecordChange::Output(OutputChange::Wanted { .. }));
            job.state().payload["formats"] == json!(["YOUTUBE", "INSTAGRAM_FEED"])
                && job.state().granted == Some(Role::Editor)
                && outputs.len() == 2
                && outputs.iter().all(wanted)
        })
        .returning(|_| Ok(Committed));
    let service = world.service();
    assert!(block_on(service.render(&caller(Role::Editor), composition().id, &wish(), &Terms::default())).is_ok());
}

/// What a wish is answered while this job has its key.
fn answered_by(live: Job) -> Result<Answered<Job>, ServiceError> {
    let mut world = World::holding(|_| {});
    world.ledger.expect_commit().returning(|_| Err(CommitError::AlreadyExists { what: "a live job" }));
    world.jobs.expect_find_live_job().returning(move |_, key| {
        assert!(UniqueKey::parse(key.as_str()).is_err(), "anybody could give {key}");
        Ok(Some(live.clone()))
    });
    block_on(world.service().render(&caller(Role::Editor), composition().id, &wish(), &Terms::default()))
}

/// The job that the wish of [`caller`] queues.
fn wanted() -> Job {
    let formats = json!(["YOUTUBE", "INSTAGRAM_FEED"]);
    let payload = json!({ "composition_id": composition().id, "formats": formats, "encoding": "jpeg" });
    Job { created_by: Some(caller(Role::Editor).actor.id), run_at: clock().now(), ..job(&payload) }
}

#[test]
fn a_wish_that_is_being_fulfilled_is_answered_with_the_job_that_does_it() {
    match answered_by(wanted()).unwrap() {
        Answered::Now(live) => assert_eq!(live.id, wanted().id),
        Answered::Before(stored) => panic!("{stored:?}"),
    }
}

#[test]
fn no_wish_is_answered_with_a_job_of_somebody_else_for_something_else_or_at_another_time() {
    let later = clock().now().plus_seconds(1);
    let squatters = [
        Job { created_by: None, ..wanted() },
        Job { payload: serde_json::Map::new(), ..wanted() },
        Job { run_at: later, ..wanted() },
    ];
    for squatter in squatters {
        assert!(matches!(answered_by(squatter), Err(ServiceError::AlreadyExists { .. })));
    }
}

fn job(payload: &serde_json::Value) -> Job {
    let payload = payload.as_object().unwrap().clone();
    let granted = Some(Role::Editor);
    let new = NewJob { payload, granted, ..NewJob::of(JobType::parse("composition-render").unwrap()) };
    Job::create(JobId::new(Uuid::from_u128(4)), new, None, &stamp()).state().clone()
}

struct Silent;

impl Reporter for Silent {
    fn report(&self, _: Progress, _: Option<ProgressMessage>) {}
}

/// What stands around a handler.
struct Studio {
    compositions: MockCompositionStore,
    files: MockFileStore,
    renderer: MockRenderer,
    drawn: Arc<AtomicUsize>,
}

impl Studio {
    /// Nothing was rendered yet; every scene has a key of its own.
    fn new() -> Self {
        let (mut compositions, mut renderer) = (MockCompositionStore::new(), MockRenderer::new());
        compositions.expect_find_composition().returning(|_| Ok(Some(composition())));
        let drawn = Arc::new(AtomicUsize::new(0));
        let count = drawn.clone();
        renderer.expect_key().returning(|scene, _| {
            let digit = if scene.canvas.width == 1920 { "a" } else { "b" };
            Sha256::parse(digit.repeat(64)).unwrap()
        });
        renderer.expect_render_all().returning(move |scenes, _, _| {
            count.fetch_add(scenes.len(), Ordering::Relaxed);
            Ok(vec![vec![1, 2, 3]; scenes.len()])
        });
        let mut files = MockFileStore::new();
        files.expect_find_blob().returning(|_| Ok(None));
        Self { compositions, files, renderer, drawn }
    }

    fn handler(self) -> CompositionRender {
        let mut episodes = MockEpisodeStore::new();
        episodes.expect_find_episode().returning(|_| Ok(Some(episode())));
        let (mut blobs, mut inspector, mut users) = (MockBlobStore::new(), MockInspector::new(), MockUserStore::new());
        blobs.expect_begin().returning(|_| {
            let mut writer = MockBlobWriter::new();
            writer.expect_write().returning(|_| Ok(()));
            writer.expect_finish().returning(|| Ok(()));
            Ok(Box::new(writer))
        });
        inspector.expect_begin().returning(|| {
            let mut inspection = MockInspection::new();
            inspection.expect_take().returning(|_| ());
            inspection.expect_digest().returning(|| Sha256::parse("c".repeat(64)).unwrap());
            Box::new(inspection)
        });
        users.expect_find_bearer().returning(|id, _, _| Ok(Some(bearer(id))));
        CompositionRender {
            rendering: Arc::new(Rendering {
                compositions: Arc::new(self.compositions),
                episodes: Arc::new(episodes),
                shows: Arc::new(MockShowStore::new()),
                files: Arc::new(self.files),
                blobs: Arc::new(blobs),
                renderer: Arc::new(self.renderer),
            }),
            inspector: Arc::new(inspector),
            on_behalf: OnBehalf { users: Arc::new(users), clock: Arc::new(clock()) },
            clock: Arc::new(clock()),
            ids: Arc::new(ids()),
        }
    }
}

fn bearer(id: UserId) -> Bearer {
    let user = crate::identity::User {
        id,
        email: crate::identity::Email::parse("editor@example.com").unwrap(),
        name: Line::fixed("An editor"),
        role: Role::Editor,
        created_at: stamp().now,
        updated_at: stamp().now,
        version: crate::Version::FIRST,
    };
    Bearer { user, memberships: Vec::new() }
}

fn run(handler: &CompositionRender, payload: &serde_json::Value) -> Result<Done, Failing> {
    block_on(handler.run(&job(payload), Arc::new(Silent)))
}

fn payload() -> serde_json::Value {
    json!({ "composition_id": composition().id, "encoding": "png" })
}

#[test]
fn each_format_is_rendered_to_a_file_and_an_output_and_told_of_once() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(None));
    studio.compositions.expect_list_outputs().returning(|_| Ok(Vec::new()));
    let drawn = studio.drawn.clone();
    let done = run(&studio.handler(), &payload()).unwrap();
    assert_eq!(drawn.load(Ordering::Relaxed), 2);
    assert_eq!(done.results.as_ref().unwrap()["rendered"], 2);
    let changes = block_on(done.afresh.unwrap().changes()).unwrap();
    let blobs = changes.iter().filter(|change| matches!(change, RecordChange::Blob(_))).count();
    let outputs = changes.iter().filter(|change| matches!(change, RecordChange::Output(_))).count();
    let names: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            RecordChange::File(change) => Some(change.state().name.as_str().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!((blobs, outputs), (1, 2), "equal bytes are kept once");
    assert_eq!(names, ["Pilot youtube.png", "Pilot instagram_feed.png"]);
    match changes.last() {
        Some(RecordChange::Occurrence(event)) => assert_eq!(event.kind.as_str(), "composition_rendered"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_rendered_before_is_not_rendered_again() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(Some(file(70, 'd'))));
    studio.compositions.expect_list_outputs().returning(|_| Ok(Vec::new()));
    let drawn = studio.drawn.clone();
    let done = run(&studio.handler(), &payload()).unwrap();
    assert_eq!(drawn.load(Ordering::Relaxed), 0);
    assert_eq!(done.results.unwrap()["reused"], 2);
}

#[test]
fn an_output_that_stays_is_told_by_the_file_that_it_has() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(Some(file(70, 'd'))));
    studio.compositions.expect_list_outputs().returning(|_| {
        let key = Some(Sha256::parse("a".repeat(64)).unwrap());
        Ok(vec![Output { key, file_id: Some(file(70, 'd').id), ..output(Format::Youtube, 4) }])
    });
    let done = run(&studio.handler(), &payload()).unwrap();
    assert_eq!(done.results.unwrap()["outputs"][0]["file_id"], json!(file(70, 'd').id));
}

#[test]
fn bytes_that_went_while_they_were_to_be_used_again_are_rendered_by_another_attempt() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(Some(file(70, 'd'))));
    studio.compositions.expect_list_outputs().returning(|_| Ok(Vec::new()));
    let done = run(&studio.handler(), &payload()).unwrap();
    let refused = block_on(done.afresh.unwrap().changes());
    assert!(matches!(refused, Err(ServiceError::Conflict { .. })), "{refused:?}");
}

/// An output of composition 8 as PNG, which this job is to make.
fn output(format: Format, job: u128) -> Output {
    Output {
        composition_id: composition().id,
        format,
        encoding: Encoding::Png,
        status: OutputStatus::Processing,
        job_id: JobId::new(Uuid::from_u128(job)),
        file_id: None,
        width: 1,
        height: 1,
        bytes: None,
        sha256: None,
        composition_version: None,
        rendered_at: None,
        key: None,
    }
}

#[test]
fn an_output_that_a_later_job_is_to_make_is_left_to_that() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(None));
    studio
        .compositions
        .expect_list_outputs()
        .returning(|_| Ok(vec![output(Format::Youtube, 44), output(Format::InstagramFeed, 44)]));
    let done = run(&studio.handler(), &payload()).unwrap();
    let changes = block_on(done.afresh.unwrap().changes()).unwrap();
    assert!(
        !changes.iter().any(|change| matches!(change, RecordChange::Output(_) | RecordChange::File(_))),
        "{changes:?}"
    );
}

#[test]
fn a_picture_that_cannot_be_drawn_fails_for_good_and_is_named() {
    let mut studio = Studio::new();
    studio.compositions.expect_find_rendering().returning(|_| Ok(None));
    studio.compositions.expect_list_outputs().returning(|_| Ok(Vec::new()));
    studio.renderer = MockRenderer::new();
    studio.renderer.expect_key().returning(|_, _| Sha256::parse("e".repeat(64)).unwrap());
    studio.renderer.expect_render_all().returning(|_, _, _| {
        let sha256 = Sha256::parse("d".repeat(64)).unwrap();
        Err(RenderError::Picture { sha256, reason: "it is cut off".into() })
    });
    let Err(failing) = run(&studio.handler(), &payload()) else { panic!("it was rendered") };
    assert!(failing.permanent && failing.error.as_str().contains("cannot be drawn"), "{failing:?}");
}
