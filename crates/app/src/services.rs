//! Wiring: the domain's services on the store's ports.

use std::sync::Arc;

use actix_web::web::Data;
use showrunner_blobs::ContentInspector;
use showrunner_calendar::WorldCalendar;
use showrunner_domain::activity::{ActivityReader, ActivityService};
use showrunner_domain::composition::{CompositionService, Rendering, TemplateService};
use showrunner_domain::episode::EpisodeService;
use showrunner_domain::event::{CatchUp, Reader, ReaderGate};
use showrunner_domain::file::{BlobStore, FileLimits, FileService};
use showrunner_domain::identity::{
    AccessService, Bearers, OnBehalf, PasswordHasher, Revocations, Secrets, SignInService, TokenSigner, UserService,
};
use showrunner_domain::import::ImportService;
use showrunner_domain::job::{JobQueue, JobService, WorkService};
use showrunner_domain::membership::MembershipService;
use showrunner_domain::notification::{NotificationReader, NotificationService, PreferenceService};
use showrunner_domain::presence::{NodeId, PresenceService};
use showrunner_domain::quota::QuotaLedger;
use showrunner_domain::removal::RemovalService;
use showrunner_domain::schedule::{Calendar, FiringService, ScheduleService};
use showrunner_domain::show::ShowService;
use showrunner_domain::{Clock, IdSource};
use showrunner_http::Previews;
use showrunner_identity::{RandomSecrets, Verifier};
use showrunner_media::{Ffmpeg, Zip};
use showrunner_render::Artist;
use showrunner_store::{Ports, StoreClock};

use crate::revoking::revoking;
use crate::system::{SystemClock, SystemIds};

/// Everything that handlers call.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) access: Data<AccessService>,
    pub(crate) shows: Data<ShowService>,
    pub(crate) memberships: Data<MembershipService>,
    pub(crate) episodes: Data<EpisodeService>,
    pub(crate) compositions: Data<CompositionService>,
    pub(crate) templates: Data<TemplateService>,
    pub(crate) previews: Data<Previews>,
    pub(crate) files: Data<FileService>,
    pub(crate) jobs: Data<JobService>,
    pub(crate) work: Data<WorkService>,
    pub(crate) schedules: Data<ScheduleService>,
    pub(crate) activities: Data<ActivityService>,
    pub(crate) notifications: Data<NotificationService>,
    pub(crate) preferences: Data<PreferenceService>,
    pub(crate) presence: Data<PresenceService>,
    pub(crate) catch_up: Data<CatchUp>,
    pub(crate) users: Data<UserService>,
    pub(crate) sign_ins: Data<SignInService>,
    pub(crate) removals: Data<RemovalService>,
    /// What the others write through; nobody calls it.
    pub(crate) quotas: Arc<QuotaLedger>,
}

/// Where the bytes of files go.
#[derive(Clone)]
pub(crate) struct Storage {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) limits: FileLimits,
}

/// What makes something of them.
#[derive(Clone)]
pub(crate) struct Tools {
    pub(crate) artist: Arc<Artist>,
    pub(crate) videos: Arc<Ffmpeg>,
    pub(crate) archives: Arc<Zip>,
}

/// What proofs of identity are made and judged with.
pub(crate) struct Proofs {
    pub(crate) hasher: Arc<dyn PasswordHasher>,
    pub(crate) signer: Arc<dyn TokenSigner>,
    pub(crate) revocations: Arc<Revocations>,
}

/// The services on `ports`; `gate` tells how far the readers have come.
pub(crate) fn on(
    ports: &Ports,
    gate: &Arc<dyn ReaderGate>,
    proofs: Proofs,
    storage: &Storage,
    tools: &Tools,
) -> Services {
    let bearers = Arc::new(Bearers::new(ports.users.clone()));
    let ports = &revoking(ports, bearers.clone());
    let quotas = Arc::new(QuotaLedger::new(ports.ledger.clone(), ports.quotas.clone(), ports.users.clone(), clock()));
    let ports = &Ports { ledger: quotas.clone(), ..ports.clone() };
    let templates = Arc::new(TemplateService {
        templates: ports.templates.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    });
    let (files, shows, episodes) = (files(ports, storage), shows(ports), episodes(ports));
    let (files, shows, episodes) = (Arc::new(files), Arc::new(shows), Arc::new(episodes));
    let removals = RemovalService {
        files: files.clone(),
        shows: shows.clone(),
        episodes: episodes.clone(),
        templates: templates.clone(),
        references: ports.references.clone(),
        compositions: ports.compositions.clone(),
        jobs: ports.jobs.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    };
    Services {
        quotas,
        removals: Data::new(removals),
        access: Data::new(access(ports, bearers, proofs.revocations)),
        shows: Data::from(shows),
        memberships: Data::new(MembershipService {
            memberships: ports.memberships.clone(),
            shows: ports.shows.clone(),
            users: ports.users.clone(),
            ledger: ports.ledger.clone(),
            clock: clock(),
            ids: ids(),
        }),
        episodes: Data::from(episodes),
        compositions: Data::new(compositions(ports)),
        templates: Data::from(templates),
        previews: Data::new(Previews::new(rendering(ports, storage, tools), tools.artist.documents_at_once())),
        files: Data::from(files),
        jobs: Data::new(jobs(ports)),
        work: Data::new(WorkService { queue: Arc::new(queue(ports)) }),
        schedules: Data::new(schedules(ports)),
        activities: Data::new(ActivityService {
            activities: ports.activities.clone(),
            log: ports.log.clone(),
            gate: gate.clone(),
            clock: clock(),
        }),
        notifications: Data::new(NotificationService {
            notifications: ports.notifications.clone(),
            log: ports.log.clone(),
            gate: gate.clone(),
            clock: clock(),
        }),
        preferences: Data::new(PreferenceService {
            preferences: ports.preferences.clone(),
            episodes: ports.episodes.clone(),
            shows: ports.shows.clone(),
            clock: clock(),
        }),
        presence: Data::new(PresenceService::new(NodeId::new(ids().next()), ports.presence.clone(), clock())),
        catch_up: Data::new(CatchUp::new(ports.log.clone())),
        users: Data::new(users(ports, proofs.hasher.clone())),
        sign_ins: Data::new(SignInService {
            users: ports.users.clone(),
            sign_ins: ports.sign_ins.clone(),
            ledger: ports.ledger.clone(),
            hasher: proofs.hasher,
            secrets: secrets(),
            signer: proofs.signer,
            clock: clock(),
            ids: ids(),
        }),
    }
}

/// The service of those who want work done.
pub(crate) fn jobs(ports: &Ports) -> JobService {
    JobService {
        jobs: ports.jobs.clone(),
        episodes: ports.episodes.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    }
}

/// The queue of jobs, for workers.
pub(crate) fn queue(ports: &Ports) -> JobQueue {
    JobQueue { jobs: ports.jobs.clone(), ledger: ports.ledger.clone(), clock: clock(), ids: ids() }
}

/// The service that fires schedules.
pub(crate) fn firing(ports: &Ports) -> FiringService {
    FiringService {
        schedules: ports.schedules.clone(),
        calendar: calendar(),
        on_behalf: on_behalf(ports),
        ledger: ports.ledger.clone(),
        clock: Arc::new(StoreClock { probe: ports.probe.clone(), clock: SystemClock }),
        ids: ids(),
    }
}

/// The service that keeps accounts.
pub(crate) fn users(ports: &Ports, hasher: Arc<dyn PasswordHasher>) -> UserService {
    UserService {
        users: ports.users.clone(),
        sign_ins: ports.sign_ins.clone(),
        ledger: ports.ledger.clone(),
        hasher,
        secrets: secrets(),
        clock: clock(),
        ids: ids(),
    }
}

fn secrets() -> Arc<dyn Secrets> {
    Arc::new(RandomSecrets)
}

/// The service that accepts and issues tokens.
pub(crate) fn access(ports: &Ports, bearers: Arc<Bearers>, revocations: Arc<Revocations>) -> AccessService {
    AccessService {
        bearers,
        users: ports.users.clone(),
        ledger: ports.ledger.clone(),
        verifier: Arc::new(Verifier::new(ports.signing_keys.clone())),
        revocations,
        clock: clock(),
        ids: ids(),
    }
}

/// The service that imports tables.
pub(crate) fn import(ports: &Ports) -> ImportService {
    ImportService {
        store: ports.imports.clone(),
        shows: ports.shows.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    }
}

pub(crate) fn on_behalf(ports: &Ports) -> OnBehalf {
    OnBehalf { users: ports.users.clone(), clock: clock() }
}

fn schedules(ports: &Ports) -> ScheduleService {
    ScheduleService {
        schedules: ports.schedules.clone(),
        calendar: calendar(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    }
}

pub(crate) fn compositions(ports: &Ports) -> CompositionService {
    CompositionService {
        compositions: ports.compositions.clone(),
        templates: ports.templates.clone(),
        episodes: ports.episodes.clone(),
        files: ports.files.clone(),
        jobs: ports.jobs.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
    }
}

pub(crate) fn rendering(ports: &Ports, storage: &Storage, tools: &Tools) -> Rendering {
    Rendering {
        compositions: ports.compositions.clone(),
        episodes: ports.episodes.clone(),
        shows: ports.shows.clone(),
        files: ports.files.clone(),
        blobs: storage.blobs.clone(),
        renderer: tools.artist.clone(),
    }
}

pub(crate) fn files(ports: &Ports, storage: &Storage) -> FileService {
    FileService {
        files: ports.files.clone(),
        blobs: storage.blobs.clone(),
        inspector: Arc::new(ContentInspector),
        episodes: ports.episodes.clone(),
        ledger: ports.ledger.clone(),
        clock: clock(),
        ids: ids(),
        limits: storage.limits,
    }
}

pub(crate) fn shows(ports: &Ports) -> ShowService {
    ShowService { shows: ports.shows.clone(), ledger: ports.ledger.clone(), clock: clock(), ids: ids() }
}

pub(crate) fn episodes(ports: &Ports) -> EpisodeService {
    EpisodeService { episodes: ports.episodes.clone(), ledger: ports.ledger.clone(), clock: clock(), ids: ids() }
}

/// Every reader of the log.
pub(crate) fn readers() -> [Arc<dyn Reader>; 2] {
    [Arc::new(ActivityReader), Arc::new(NotificationReader)]
}

/// The system's clock.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The calendar of the world.
fn calendar() -> Arc<dyn Calendar> {
    Arc::new(WorldCalendar)
}

/// The system's identifiers.
pub(crate) fn ids() -> Arc<dyn IdSource> {
    Arc::new(SystemIds)
}
