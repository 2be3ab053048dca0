//! An API over mocks: a test sets what its ports are asked for, and sends one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::pending;
use serde_json::Value;
use showrunner_domain::activity::{ActivityService, ActivityStats, Period};
use showrunner_domain::composition::{
    Approval, Composition, CompositionId, CompositionService, CompositionStatus, CompositionVersion, DEFAULT_TEMPLATE,
    Design, Formats, LayerDrafts, Layers, Rendering, Template, TemplateService, built_in,
};
use showrunner_domain::episode::{Categories, Description, Episode, EpisodeId, EpisodeService, EpisodeStatus};
use showrunner_domain::event::{CatchUp, History, LogBounds, Seq};
use showrunner_domain::file::{
    BlobKey, ContentType, File, FileId, FileLimits, FileName, FileService, FileType, Sha256,
};
use showrunner_domain::identity::{
    AccessService, Bearer, Bearers, Claims, Credentials, Email, PasswordHash, Revocations, Role, Secret, SecretDigest,
    Session, SessionId, SignInService, SigningKeyId, TokenError, TokenId, TokenProof, User, UserId, UserService,
    VerifiedToken,
};
use showrunner_domain::job::{
    Arrivals, Job, JobId, JobQueue, JobService, JobStatus, JobType, MaxRetries, Priority, Progress, WorkService,
};
use showrunner_domain::membership::{Membership, MembershipService};
use showrunner_domain::mocks::{
    MockActivityStore, MockBlobReader, MockBlobStore, MockBlobWriter, MockCalendar, MockClock, MockCompositionStore,
    MockEpisodeStore, MockEventLog, MockFileStore, MockIdSource, MockInspection, MockInspector, MockJobStore,
    MockLedger, MockMembershipStore, MockNotificationStore, MockPasswordHasher, MockPreferenceStore, MockPresenceStore,
    MockReaderGate, MockReferenceStore, MockRenderer, MockScheduleStore, MockSecrets, MockShowStore, MockSignInStore,
    MockSigningKeyStore, MockTemplateStore, MockTokenSigner, MockTokenVerifier, MockUserStore,
};
use showrunner_domain::notification::{NotificationService, PreferenceService, Preferences};
use showrunner_domain::presence::{NodeId, PresenceService};
use showrunner_domain::removal::RemovalService;
use showrunner_domain::schedule::{Schedule, ScheduleId, ScheduleService, TimeZone};
use showrunner_domain::show::{Show, ShowDescription, ShowId, ShowService, ShowStatus, Slug};
use showrunner_domain::{Bounded, Committed, IdSource, Line, Page, StoreError, Timestamp, Version};
use showrunner_http::{AttemptLimit, Check, Draining, Previews, Readiness};
use showrunner_web::{BodyLimits, boundary};
use uuid::Uuid;

/// The path of [`pilot`].
pub(crate) const PILOT: &str = "/api/v1/episodes/00000000-0000-0000-0000-000000000002";

/// The path of [`series`].
pub(crate) const SERIES: &str = "/api/v1/shows/00000000-0000-0000-0000-000000000007";

/// The ports behind the API. A token is the name of the role that it carries.
pub(crate) struct Api {
    pub(crate) shows: MockShowStore,
    pub(crate) memberships: MockMembershipStore,
    pub(crate) episodes: MockEpisodeStore,
    pub(crate) files: MockFileStore,
    pub(crate) blobs: MockBlobStore,
    pub(crate) compositions: MockCompositionStore,
    pub(crate) templates: MockTemplateStore,
    pub(crate) renderer: MockRenderer,
    pub(crate) jobs: MockJobStore,
    pub(crate) references: MockReferenceStore,
    pub(crate) schedules: MockScheduleStore,
    pub(crate) calendar: MockCalendar,
    pub(crate) ledger: MockLedger,
    pub(crate) log: MockEventLog,
    pub(crate) gate: MockReaderGate,
    pub(crate) activities: MockActivityStore,
    pub(crate) notifications: MockNotificationStore,
    pub(crate) preferences: MockPreferenceStore,
    pub(crate) users: MockUserStore,
    pub(crate) sign_ins: MockSignInStore,
    pub(crate) hasher: MockPasswordHasher,
    pub(crate) checks: Vec<Check>,
    pub(crate) limits: BodyLimits,
    /// Whether the body of the request never arrives.
    pub(crate) endless: bool,
}

/// What came back.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Whether the connection ends with it.
    pub(crate) closes: bool,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_else(|| panic!("no problem: {}", self.text)).to_owned()
    }

    /// The names of the refused fields.
    pub(crate) fn refused(&self) -> Vec<String> {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (422, "VALIDATION_FAILED"), "{}", self.text);
        let json = self.json();
        json["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect()
    }
}

struct Checked(Vec<Check>);

#[async_trait]
impl Readiness for Checked {
    async fn check(&self) -> Vec<Check> {
        self.0.clone()
    }
}

impl Api {
    pub(crate) fn new() -> Self {
        Self {
            shows: MockShowStore::new(),
            memberships: MockMembershipStore::new(),
            episodes: MockEpisodeStore::new(),
            files: MockFileStore::new(),
            blobs: MockBlobStore::new(),
            compositions: MockCompositionStore::new(),
            templates: MockTemplateStore::new(),
            renderer: MockRenderer::new(),
            jobs: MockJobStore::new(),
            schedules: MockScheduleStore::new(),
            calendar: MockCalendar::new(),
            references: MockReferenceStore::new(),
            ledger: MockLedger::new(),
            log: MockEventLog::new(),
            gate: MockReaderGate::new(),
            activities: MockActivityStore::new(),
            notifications: MockNotificationStore::new(),
            preferences: MockPreferenceStore::new(),
            users: MockUserStore::new(),
            sign_ins: MockSignInStore::new(),
            hasher: MockPasswordHasher::new(),
            checks: Vec::new(),
            limits: BodyLimits::default(),
            endless: false,
        }
    }

    /// An API whose store holds [`pilot`] and takes every change.
    pub(crate) fn with_pilot() -> Self {
        let mut api = Self::new();
        api.episodes.expect_find_episode().returning(|id| Ok((id == pilot().id).then(pilot)));
        api.ledger.expect_commit().returning(|_| Ok(Committed));
        api
    }

    /// An API whose store holds [`series`] and takes every change.
    pub(crate) fn with_series() -> Self {
        let mut api = Self::new();
        api.shows.expect_find_show().returning(|id| Ok((id == series().id).then(series)));
        api.ledger.expect_commit().returning(|_| Ok(Committed));
        api
    }

    /// An API whose store finds whatever is asked for, has empty lists and takes every change.
    pub(crate) fn obliging() -> Self {
        let mut api = Self::with_log(1, 0);
        api.gate.expect_lag().returning(|_, _| 0);
        api.ledger.expect_commit().returning(|_| Ok(Committed));
        api.shows.expect_find_show().returning(|id| Ok(Some(Show { id, ..series() })));
        api.shows.expect_list_shows().returning(|_| Ok(empty()));
        api.memberships.expect_find_membership().returning(|show, user| Ok(Some(membership(show, user))));
        api.memberships.expect_list_memberships().returning(|_| Ok(empty()));
        api.episodes.expect_find_episode().returning(|id| Ok(Some(Episode { id, ..pilot() })));
        api.episodes.expect_list_episodes().returning(|_| Ok(empty()));
        api.files.expect_find_file().returning(|id| Ok(Some(File { id, ..file() })));
        api.files.expect_list_files().returning(|_| Ok(empty()));
        api.files.expect_find_blob().returning(|_| Ok(None));
        api.files.expect_blobs_in_use().returning(Ok);
        api.blobs.expect_begin().returning(|_| Ok(Box::new(forgetful())));
        api.blobs.expect_open().returning(|_, _| Ok(Box::new(nothing())));
        api.compositions.expect_find_composition().returning(|id| Ok(Some(Composition { id, ..artwork() })));
        api.compositions.expect_find_primary().returning(|_| Ok(None));
        api.compositions.expect_list_compositions().returning(|_| Ok(empty()));
        api.compositions.expect_list_versions().returning(|_, _, _| Ok(empty()));
        api.compositions.expect_find_version().returning(|_, version| Ok(Some(first_version(version))));
        api.compositions.expect_list_outputs().returning(|_| Ok(Vec::new()));
        api.templates.expect_find_template().returning(|id| Ok(Some(Template { id, built_in: false, ..layout() })));
        api.templates.expect_list_templates().returning(|_| Ok(empty()));
        api.renderer.expect_key().returning(|_, _| digest());
        api.renderer.expect_svg().returning(|_, _| Ok("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".into()));
        api.jobs.expect_find_live_job().returning(|_, _| Ok(None));
        api.jobs.expect_find_job().returning(|id| Ok(Some(Job { id, ..job() })));
        api.jobs.expect_list_jobs().returning(|_| Ok(empty()));
        api.jobs.expect_list_attempts().returning(|_, _, _| Ok(empty()));
        api.jobs.expect_count_jobs().returning(|| Ok(Vec::new()));
        api.jobs.expect_claim().returning(|_, _| Ok(vec![crate::jobs::claimed()]));
        api.jobs.expect_beat().returning(|beats, _| Ok(vec![true; beats.len()]));
        api.schedules.expect_find_schedule().returning(|id| Ok(Some(Schedule { id, ..nightly() })));
        api.schedules.expect_list_schedules().returning(|_| Ok(empty()));
        api.calendar.expect_next().returning(|_, _, after| Ok(Some(after.plus_seconds(60))));
        api.jobs.expect_arrivals().returning(Arrivals::default);
        api.activities.expect_list_activities().returning(|_| Ok(empty()));
        api.activities.expect_count_activities().returning(|_, period| Ok(nothing_done(period)));
        api.notifications.expect_list_notifications().returning(|_, _| Ok(empty()));
        api.notifications.expect_count_unread().returning(|_| Ok(0));
        api.notifications.expect_mark_read().returning(|_, _, _| Ok(None));
        api.notifications.expect_mark_all_read().returning(|_, _| Ok(0));
        api.notifications.expect_delete_notification().returning(|_, _| Ok(None));
        api.preferences.expect_find_preferences().returning(|_| Ok(Preferences::default()));
        api.preferences.expect_keep_preferences().returning(|_, _, _| Ok(()));
        api.users.expect_find_user().returning(|id| Ok(Some(user(id))));
        api.users.expect_list_users().returning(|_| Ok(empty()));
        let account = Credentials { user: user(UserId::new(Uuid::from_u128(5))), password: None };
        api.sign_ins.expect_find_credentials().returning(move |_| Ok(Some(account.clone())));
        api.sign_ins.expect_begin_attempt().returning(|_, _| Ok(None));
        api.sign_ins.expect_settle_attempt().returning(|_, _| Ok(()));
        api.sign_ins.expect_find_session().returning(|id, now| Ok(Some(session(id, now))));
        api.sign_ins.expect_rotate_session().returning(|_, _, _, _| Ok(true));
        api.sign_ins.expect_find_link().returning(|_, _| Ok(Some(UserId::new(Uuid::from_u128(5)))));
        api.hasher.expect_verify().returning(|_, _| Ok(true));
        api.hasher.expect_hash().returning(|_| Ok(PasswordHash("$argon2id$".into())));
        api
    }

    /// A log that holds the events from `first` to `head`.
    pub(crate) fn with_log(first: i64, head: i64) -> Self {
        let mut api = Self::new();
        let bounds = LogBounds { first: Seq::new(first).unwrap(), head: Seq::new(head).unwrap() };
        api.log.expect_bounds().returning(move || Ok(bounds));
        api.log.expect_history().returning(move |_| Ok(History { bounds, event: None, lost: false }));
        api
    }

    pub(crate) async fn call(self, request: TestRequest) -> Response {
        let (clock, ids): (Arc<MockClock>, Arc<dyn IdSource>) = (Arc::new(clock()), Arc::new(ids()));
        let (log, gate) = (Arc::new(self.log), Arc::new(self.gate));
        let access = access_on(clock.clone(), ids.clone());
        let (users, ledger) = (Arc::new(self.users), Arc::new(self.ledger));
        let (show_store, episode_store) = (Arc::new(self.shows), Arc::new(self.episodes));
        let shows =
            ShowService { shows: show_store.clone(), ledger: ledger.clone(), clock: clock.clone(), ids: ids.clone() };
        let memberships = MembershipService {
            memberships: Arc::new(self.memberships),
            shows: show_store.clone(),
            users: users.clone(),
            ledger: ledger.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let accounts = UserService {
            users,
            sign_ins: Arc::new(self.sign_ins),
            ledger: ledger.clone(),
            hasher: Arc::new(self.hasher),
            secrets: Arc::new(secrets()),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let sign_ins = sign_ins_of(&accounts);
        let queue =
            JobQueue { jobs: Arc::new(self.jobs), ledger: ledger.clone(), clock: clock.clone(), ids: ids.clone() };
        let (file_store, blobs) = (Arc::new(self.files), Arc::new(self.blobs));
        let files = files_on(&file_store, &blobs, &queue, &episode_store);
        let compositions = compositions_on(self.compositions, self.templates, &file_store, &queue, &episode_store);
        let composition_store = compositions.compositions.clone();
        let (job_store, writes) = (queue.jobs.clone(), ledger.clone());
        let templates = Arc::new(TemplateService {
            templates: compositions.templates.clone(),
            ledger: ledger.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        });
        let artwork = artwork_on(compositions, self.renderer, blobs, show_store.clone());
        let schedules = schedules_on(self.schedules, self.calendar, &queue);
        let (jobs, work) = jobs_on(queue, &episode_store);
        let episodes =
            EpisodeService { episodes: episode_store.clone(), ledger, clock: clock.clone(), ids: ids.clone() };
        let preferences = PreferenceService {
            preferences: Arc::new(self.preferences),
            episodes: episode_store,
            shows: show_store,
            clock: clock.clone(),
        };
        let (activities, notifications) = feeds_on(self.activities, self.notifications, &log, &gate, &clock);
        let (shows, files, episodes) = (web::Data::new(shows), web::Data::new(files), web::Data::new(episodes));
        let removals = RemovalService {
            files: files.clone().into_inner(),
            shows: shows.clone().into_inner(),
            episodes: episodes.clone().into_inner(),
            templates,
            references: Arc::new(self.references),
            compositions: composition_store,
            jobs: job_store,
            ledger: writes,
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let app = App::new()
            .wrap(from_fn(boundary))
            .app_data(web::Data::new(removals))
            .app_data(self.limits)
            .app_data(web::Data::from(ids))
            .app_data(web::Data::from(Arc::new(Checked(self.checks)) as Arc<dyn Readiness>))
            .app_data(web::Data::new(access))
            .app_data(shows)
            .app_data(web::Data::new(memberships))
            .app_data(files)
            .configure(artwork)
            .app_data(web::Data::new(jobs))
            .app_data(web::Data::new(work))
            .app_data(web::Data::new(schedules))
            .app_data(episodes)
            .app_data(web::Data::new(accounts))
            .app_data(web::Data::new(sign_ins))
            .app_data(web::Data::new(AttemptLimit::default()))
            .app_data(web::Data::new(Draining::default()))
            .app_data(web::Data::new(activities))
            .app_data(web::Data::new(notifications))
            .app_data(web::Data::new(preferences))
            .app_data(web::Data::new(nobody_there(clock)))
            .app_data(web::Data::new(CatchUp::new(log)))
            .configure(showrunner_http::configure);
        let service = init_service(app).await;
        let mut request = request.to_request();
        if self.endless {
            (request, _) = request.replace_payload(Payload::Stream { payload: pending().boxed_local() });
        }
        let response = call_service(&service, request).await;
        let closes = response.response().head().connection_type() == ConnectionType::Close;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        Response { status, headers, text, closes }
    }
}

/// Signing in to the accounts of `accounts`.
fn sign_ins_of(accounts: &UserService) -> SignInService {
    SignInService {
        users: accounts.users.clone(),
        sign_ins: accounts.sign_ins.clone(),
        ledger: accounts.ledger.clone(),
        hasher: accounts.hasher.clone(),
        secrets: accounts.secrets.clone(),
        signer: Arc::new(signer()),
        clock: accounts.clock.clone(),
        ids: accounts.ids.clone(),
    }
}

/// A request of an editor.
pub(crate) fn editor(request: TestRequest) -> TestRequest {
    with_role(request, "editor")
}

pub(crate) fn with_role(request: TestRequest, role: &str) -> TestRequest {
    request.insert_header(("authorization", format!("Bearer {role}")))
}

/// An editor's GET.
pub(crate) fn get(path: &str) -> TestRequest {
    editor(TestRequest::get().uri(path))
}

/// An editor's POST of a new episode, as this JSON text.
pub(crate) fn post(body: impl Into<web::Bytes>) -> TestRequest {
    let request = editor(TestRequest::post().uri("/api/v1/episodes"));
    request.insert_header(("content-type", "application/json")).set_payload(body)
}

/// An editor's PATCH of [`pilot`] with this JSON text.
pub(crate) fn patch(body: impl Into<web::Bytes>) -> TestRequest {
    let request = editor(TestRequest::patch().uri(PILOT));
    request.insert_header(("content-type", "application/json")).set_payload(body)
}

fn nobody_there(clock: Arc<MockClock>) -> PresenceService {
    PresenceService::new(NodeId::new(Uuid::from_u128(1)), Arc::new(MockPresenceStore::new()), clock)
}

/// What has happened, for everybody and for one.
fn feeds_on(
    activities: MockActivityStore,
    notifications: MockNotificationStore,
    log: &Arc<MockEventLog>,
    gate: &Arc<MockReaderGate>,
    clock: &Arc<MockClock>,
) -> (ActivityService, NotificationService) {
    let activities = ActivityService {
        activities: Arc::new(activities),
        log: log.clone(),
        gate: gate.clone(),
        clock: clock.clone(),
    };
    let notifications = NotificationService {
        notifications: Arc::new(notifications),
        log: log.clone(),
        gate: gate.clone(),
        clock: clock.clone(),
    };
    (activities, notifications)
}

/// Those who want work done, and those who do it.
fn jobs_on(queue: JobQueue, episodes: &Arc<MockEpisodeStore>) -> (JobService, WorkService) {
    let jobs = JobService {
        jobs: queue.jobs.clone(),
        episodes: episodes.clone(),
        ledger: queue.ledger.clone(),
        clock: queue.clock.clone(),
        ids: queue.ids.clone(),
    };
    (jobs, WorkService { queue: Arc::new(queue) })
}

fn compositions_on(
    compositions: MockCompositionStore,
    templates: MockTemplateStore,
    files: &Arc<MockFileStore>,
    like: &JobQueue,
    episodes: &Arc<MockEpisodeStore>,
) -> CompositionService {
    CompositionService {
        compositions: Arc::new(compositions),
        templates: Arc::new(templates),
        episodes: episodes.clone(),
        files: files.clone(),
        jobs: like.jobs.clone(),
        ledger: like.ledger.clone(),
        clock: like.clock.clone(),
        ids: like.ids.clone(),
    }
}

/// Offers compositions, the templates of them, and what they are drawn with.
fn artwork_on(
    compositions: CompositionService,
    renderer: MockRenderer,
    blobs: Arc<MockBlobStore>,
    shows: Arc<MockShowStore>,
) -> impl FnOnce(&mut web::ServiceConfig) {
    let templates = TemplateService {
        templates: compositions.templates.clone(),
        ledger: compositions.ledger.clone(),
        clock: compositions.clock.clone(),
        ids: compositions.ids.clone(),
    };
    let rendering = Rendering {
        compositions: compositions.compositions.clone(),
        episodes: compositions.episodes.clone(),
        shows,
        files: compositions.files.clone(),
        blobs,
        renderer: Arc::new(renderer),
    };
    |config| {
        let config = config.app_data(web::Data::new(compositions)).app_data(web::Data::new(templates));
        config.app_data(web::Data::new(Previews::new(rendering, 1)));
    }
}

fn schedules_on(schedules: MockScheduleStore, calendar: MockCalendar, like: &JobQueue) -> ScheduleService {
    ScheduleService {
        schedules: Arc::new(schedules),
        calendar: Arc::new(calendar),
        ledger: like.ledger.clone(),
        clock: like.clock.clone(),
        ids: like.ids.clone(),
    }
}

/// Lets everybody in whose token names a role.
fn access_on(clock: Arc<MockClock>, ids: Arc<dyn IdSource>) -> AccessService {
    let bearers = Arc::new(bearers());
    AccessService {
        bearers: Arc::new(Bearers::new(bearers.clone())),
        users: bearers,
        ledger: Arc::new(MockLedger::new()),
        verifier: Arc::new(verifier()),
        revocations: Arc::new(Revocations::new(Arc::new(MockSigningKeyStore::new()))),
        clock,
        ids,
    }
}

fn files_on(
    files: &Arc<MockFileStore>,
    blobs: &Arc<MockBlobStore>,
    like: &JobQueue,
    episodes: &Arc<MockEpisodeStore>,
) -> FileService {
    FileService {
        files: files.clone(),
        blobs: blobs.clone(),
        inspector: Arc::new(inspector()),
        episodes: episodes.clone(),
        ledger: like.ledger.clone(),
        clock: like.clock.clone(),
        ids: like.ids.clone(),
        limits: FileLimits { image: 1_000, ..FileLimits::default() },
    }
}

/// A pending composition of user 5, for [`pilot`], with one shape.
pub(crate) fn artwork() -> Composition {
    let time = Timestamp::from_micros(1_000_000).unwrap();
    let layers = serde_json::json!([{ "role": "shade", "kind": "shape" }]);
    Composition {
        id: CompositionId::new(Uuid::from_u128(12)),
        design: Design {
            name: Line::parse("Pilot").unwrap(),
            episode_id: Some(pilot().id),
            template_id: DEFAULT_TEMPLATE,
            formats: Formats::default(),
            layers: LayerDrafts::read("layers", layers).unwrap().complete(&Layers::default()).unwrap(),
        },
        show_id: None,
        status: CompositionStatus::Draft,
        approval: Approval::Pending,
        rejection_reason: None,
        is_primary: false,
        created_by: Some(UserId::new(Uuid::from_u128(5))),
        created_at: time,
        updated_by: Some(UserId::new(Uuid::from_u128(5))),
        updated_at: time,
        version: Version::new(3).unwrap(),
    }
}

fn first_version(version: Version) -> CompositionVersion {
    let Composition { id, design, created_by, created_at, .. } = artwork();
    CompositionVersion {
        composition_id: id,
        version,
        changed_fields: vec!["name".into()],
        design,
        created_by,
        created_at,
    }
}

fn layout() -> Template {
    built_in().into_iter().next().unwrap()
}

/// A picture of three bytes.
pub(crate) fn file() -> File {
    File {
        id: FileId::new(Uuid::from_u128(10)),
        name: FileName::parse("host ä.png").unwrap(),
        file_type: FileType::Image,
        content_type: ContentType::parse("image/png").unwrap(),
        size: 3,
        sha256: digest(),
        episode_id: None,
        show_id: None,
        blob: BlobKey::new(Uuid::from_u128(8)),
        created_by: Some(UserId::new(Uuid::from_u128(5))),
        created_at: Timestamp::from_micros(1_000_000).unwrap(),
        version: Version::FIRST,
    }
}

pub(crate) fn digest() -> Sha256 {
    Sha256::parse("ab".repeat(32)).unwrap()
}

/// Takes bytes and keeps none.
pub(crate) fn forgetful() -> MockBlobWriter {
    let mut writer = MockBlobWriter::new();
    writer.expect_write().returning(|_| Ok(()));
    writer.expect_finish().returning(|| Ok(()));
    writer
}

fn nothing() -> MockBlobReader {
    let mut reader = MockBlobReader::new();
    reader.expect_next().returning(|| Ok(None));
    reader
}

/// Takes everything for a picture.
fn inspector() -> MockInspector {
    let mut inspector = MockInspector::new();
    inspector.expect_begin().returning(|| {
        let mut inspection = MockInspection::new();
        inspection.expect_take().returning(|_| ());
        inspection.expect_digest().returning(digest);
        Box::new(inspection)
    });
    inspector.expect_content_type().returning(|_| ContentType::parse("image/png").unwrap());
    inspector
}

/// A job of user 5 that is pending.
pub(crate) fn job() -> Job {
    let time = Timestamp::from_micros(1_000_000).unwrap();
    Job {
        id: JobId::new(Uuid::from_u128(4)),
        job_type: JobType::parse("subtitles").unwrap(),
        status: JobStatus::Pending,
        payload: serde_json::Map::new(),
        results: None,
        progress: Progress::parse(0).unwrap(),
        progress_message: None,
        priority: Priority::default(),
        retry_count: 0,
        max_retries: MaxRetries::default(),
        error_message: None,
        episode_id: None,
        show_id: None,
        created_by: Some(UserId::new(Uuid::from_u128(5))),
        granted: None,
        unique_key: None,
        run_at: time,
        started_at: None,
        completed_at: None,
        next_retry_at: None,
        attempt: 0,
        worker: None,
        lease: None,
        created_at: time,
        updated_at: time,
        version: Version::new(3).unwrap(),
    }
}

/// A schedule of user 5 in version 3.
pub(crate) fn nightly() -> Schedule {
    let time = Timestamp::from_micros(1_000_000).unwrap();
    Schedule {
        id: ScheduleId::new(Uuid::from_u128(11)),
        name: Line::parse("Nightly subtitles").unwrap(),
        cron: Line::parse("30 2 * * *").unwrap(),
        time_zone: TimeZone::parse("Europe/Berlin").unwrap(),
        job_type: JobType::parse("subtitles").unwrap(),
        payload: serde_json::Map::new(),
        priority: Priority::default(),
        max_retries: MaxRetries::default(),
        enabled: true,
        next_run_at: Some(time.plus_seconds(60)),
        last_run_at: None,
        created_by: Some(UserId::new(Uuid::from_u128(5))),
        granted: Role::Editor,
        created_at: time,
        updated_at: time,
        version: Version::new(3).unwrap(),
    }
}

/// An episode in version 3.
pub(crate) fn pilot() -> Episode {
    let time = Timestamp::from_micros(1_000_000).unwrap();
    Episode {
        id: EpisodeId::new(Uuid::from_u128(2)),
        show_id: None,
        season_number: None,
        episode_number: Bounded::parse(1).unwrap(),
        title: Line::parse("Pilot").unwrap(),
        description: Description::default(),
        status: EpisodeStatus::Draft,
        air_date: None,
        categories: Categories::default(),
        director: None,
        writer: None,
        duration_minutes: None,
        rating: None,
        genre: None,
        thumbnail_url: None,
        created_at: time,
        updated_at: time,
        deleted_at: None,
        version: Version::new(3).unwrap(),
    }
}

/// A show in version 3.
pub(crate) fn series() -> Show {
    let time = Timestamp::from_micros(1_000_000).unwrap();
    Show {
        id: ShowId::new(Uuid::from_u128(7)),
        name: Line::parse("Breaking Bad").unwrap(),
        slug: Slug::parse("breaking-bad").unwrap(),
        description: ShowDescription::default(),
        status: ShowStatus::Active,
        created_at: time,
        updated_at: time,
        version: Version::new(3).unwrap(),
    }
}

/// A session whose refresh token is the one in the documentation.
fn session(id: SessionId, now: Timestamp) -> Session {
    let refresh = SecretDigest("digest of 9J0uG6zS…".into());
    let user_id = UserId::new(Uuid::from_u128(5));
    Session { id, user_id, refresh, rotation: None, created_at: now, expires_at: now }
}

fn empty<T, After>() -> Page<T, After> {
    Page { items: Vec::new(), next: None, total: None }
}

fn nothing_done(Period { from, to }: Period) -> ActivityStats {
    ActivityStats {
        from,
        to,
        total: 0,
        by_action: Vec::new(),
        by_resource: Vec::new(),
        by_user: Vec::new(),
        by_day: Vec::new(),
    }
}

/// A store that is out of reach.
pub(crate) fn broken() -> StoreError {
    StoreError::new("the disk is gone")
}

fn clock() -> MockClock {
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| Timestamp::from_micros(2_000_000).unwrap());
    clock
}

fn ids() -> MockIdSource {
    let mut ids = MockIdSource::new();
    let last = AtomicU64::new(0);
    ids.expect_next().returning(move || Uuid::from_u128(u128::from(last.fetch_add(1, Ordering::Relaxed)) + 100));
    ids
}

/// Secrets are `secret`, and a digest is the secret after `digest of `.
fn secrets() -> MockSecrets {
    let mut secrets = MockSecrets::new();
    secrets.expect_make().returning(|| Ok(Secret("secret".into())));
    secrets.expect_digest().returning(|secret| SecretDigest(format!("digest of {secret}")));
    secrets.expect_matches().returning(|secret, digest| digest.0 == format!("digest of {secret}"));
    secrets.expect_derive().returning(|secret, salt| Ok(Secret(format!("{secret} with {}", salt.0))));
    secrets
}

fn signer() -> MockTokenSigner {
    let mut signer = MockTokenSigner::new();
    signer.expect_sign().returning(|claims| Ok(format!("access of {}", claims.email)));
    signer
}

/// The session of somebody who has `role`. A worker is no person and has none.
fn session_of(role: Role) -> Option<SessionId> {
    let position = Role::ALL.iter().position(|of| *of == role && role != Role::Worker)?;
    Some(SessionId::new(Uuid::from_u128(60 + position as u128)))
}

fn verified(claims: Claims) -> Arc<VerifiedToken> {
    let proof = TokenProof { id: claims.id, key: SigningKeyId("key".to_owned()) };
    Arc::new(VerifiedToken { claims, proof })
}

fn verifier() -> MockTokenVerifier {
    let mut verifier = MockTokenVerifier::new();
    verifier.expect_verify().returning(|token| match (Role::parse(token), token) {
        (Some(role), _) => Ok(verified(Claims {
            id: TokenId::new(Uuid::from_u128(4)),
            sub: UserId::new(Uuid::from_u128(5)),
            email: "editor@example.com".into(),
            name: "An editor".into(),
            role,
            session: session_of(role),
            expires_at: Timestamp::from_micros(9_000_000).unwrap(),
        })),
        (None, "unlucky") => Err(TokenError::Store(broken())),
        (None, _) => Err(TokenError::Refused("the token is not one of this server's")),
    });
    verifier
}

/// An account in version 1.
pub(crate) fn user(id: UserId) -> User {
    let time = Timestamp::from_micros(0).unwrap();
    User {
        id,
        email: Email::parse("editor@example.com").unwrap(),
        name: Line::parse("An editor").unwrap(),
        role: Role::Admin,
        created_at: time,
        updated_at: time,
        version: Version::FIRST,
    }
}

/// A membership in version 1.
fn membership(show_id: ShowId, user_id: UserId) -> Membership {
    let time = Timestamp::from_micros(0).unwrap();
    let (user_name, role) = (Line::parse("An editor").unwrap(), Role::Viewer);
    Membership { show_id, user_id, user_name, role, created_at: time, updated_at: time, version: Version::FIRST }
}

fn bearers() -> MockUserStore {
    let mut users = MockUserStore::new();
    users.expect_find_bearer().returning(|id, session, _| {
        let role = Role::ALL.into_iter().find(|role| session.is_some() && session_of(*role) == session);
        let user = User { role: role.unwrap_or(Role::Admin), ..user(id) };
        Ok(Some(Bearer { user, memberships: Vec::new() }))
    });
    users
}
