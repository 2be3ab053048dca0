//! `showrunner serve`: migrates the store, runs the readers and the hub, and serves until it is told to stop.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use showrunner_domain::event::ReaderGate;
use showrunner_domain::file::FileService;
use showrunner_domain::identity::{Invitation, Revocations, SignInStore};
use showrunner_domain::{Clock, IdSource};
use showrunner_http::{AttemptLimit, Draining, Readiness};
use showrunner_identity::Argon2id;
use showrunner_live::{Hub, ServerConfig, Watchers};
use showrunner_store::Ports;
use showrunner_web::{TrustedProxies, boundary, causes};
use tokio::sync::watch;
use tokio::time::sleep;

use super::user::set_up_link;
use super::{CommandError, create_or_open_store, prepare, storage, tools};
use crate::cli::Flags;
use crate::presence::PresenceLoop;
use crate::progress::ProgressLoop;
use crate::quotas::exchange_quotas;
use crate::readers::{Board, ReaderLoop};
use crate::readiness::NodeReadiness;
use crate::receipts::sweep_receipts;
use crate::revocations::RevocationLoop;
use crate::schedules::ScheduleLoop;
use crate::services::{self, Proofs, Services, Storage, Tools};
use crate::settings::Settings;
use crate::signing::SigningKeyFile;
use crate::stopping::told_to_stop;
use crate::{demo, handlers, open_files, worker};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long threads that still work have, once everything else has ended.
const LAST_WAIT: Duration = Duration::from_secs(5);
/// How often what has ended by itself is removed.
const SWEEP: Duration = Duration::from_mins(10);

#[actix_web::main]
pub(super) async fn run(demo: bool, flags: Flags) -> Result<(), CommandError> {
    let settings = prepare(flags)?;
    open_files::raise_limit();
    // Before anything is written: where the address is taken, another server runs, maybe on this very store.
    let listener = listen(settings.listen)?;
    let ports = create_or_open_store(&settings)?;
    let key_file = SigningKeyFile::of(&settings, &ports);
    let signer = key_file.signer().await?;
    let revocations = Arc::new(Revocations::new(ports.signing_keys.clone()));
    revocations.refresh(services::clock().now()).await?;
    let (storage, tools) = (storage(&settings)?, tools(&settings)?);
    if demo {
        demo::load(&ports, &storage, &tools, signer.as_ref()).await?;
    }
    let hub = Arc::new(Hub::new(ports.log.clone()));
    let (hasher, clock) = (Arc::new(Argon2id::new()?), services::clock());
    let proofs = Proofs { hasher, signer: signer.clone(), revocations: revocations.clone() };
    tokio::spawn(RevocationLoop { revocations, hub: hub.clone(), file: key_file, signer, clock }.run());
    let board = Arc::new(Board::new());
    for reader in services::readers() {
        let (log, ledger) = (ports.log.clone(), ports.ledger.clone());
        let (preferences, board) = (ports.preferences.clone(), board.clone());
        tokio::spawn(ReaderLoop { reader, log, preferences, ledger, board }.run());
    }
    serve(&settings, &ports, (proofs, hub), (storage, tools), (listener, board)).await
}

/// The listener on `address`. Who connects before the server accepts connections waits.
fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        rustix::net::listen(&listener, BACKLOG)?;
        Ok(listener)
    });
    listener.map_err(|source| CommandError::Listen { address, source })
}

async fn serve(
    settings: &Settings,
    ports: &Ports,
    (proofs, hub): (Proofs, Arc<Hub>),
    (storage, tools): (Storage, Tools),
    (listener, board): (TcpListener, Arc<Board>),
) -> Result<(), CommandError> {
    tokio::spawn(hub.clone().run());
    let gate: Arc<dyn ReaderGate> = board.clone();
    let services = services::on(ports, &gate, proofs, &storage, &tools);
    let users = services.users.clone();
    let presence = services.presence.clone().into_inner();
    presence.exchange().await?;
    let watchers = Arc::new(Watchers::new(presence.clone(), services.episodes.clone().into_inner()));
    tokio::spawn(PresenceLoop { presence: presence.clone(), watchers: watchers.clone() }.run());
    tokio::spawn(ProgressLoop { jobs: ports.jobs.clone(), watchers: watchers.clone() }.run());
    let readiness: Arc<dyn Readiness> =
        Arc::new(NodeReadiness { probe: ports.probe.clone(), log: ports.log.clone(), board });
    let files = services.files.clone().into_inner();
    let draining = Data::new(Draining::default());
    let quotas = services.quotas.clone();
    let shared = Shared {
        services,
        attempts: Data::new(AttemptLimit::default()),
        draining: draining.clone(),
        hub: Data::from(hub.clone()),
        watchers: Data::from(watchers),
        readiness: Data::from(readiness),
        proxies: settings.proxies.clone(),
    };
    let address = listener.local_addr().map_err(CommandError::Server)?;
    let server = showrunner_live::serve(listener, ServerConfig::default(), move || {
        App::new()
            .wrap(from_fn(boundary))
            .configure(|config| shared.offer(config))
            .configure(showrunner_http::configure_with(showrunner_live::stream))
            .configure(showrunner_live::configure)
    })
    .map_err(CommandError::Server)?;
    let worker = worker::on(ports, handlers::on(ports, &storage, &tools))?;
    worker.announce().await;
    tokio::spawn(ScheduleLoop::on(ports).run());
    // Last of all: a new link ends the one before, so it is made by a start that nothing can stop any more.
    let invitation = users.first_start().await?;
    announce(address, invitation.as_ref());
    tokio::spawn(sweep(ports.sign_ins.clone()));
    tokio::spawn(sweep_receipts(ports.receipts.clone()));
    tokio::spawn(exchange_quotas(quotas));
    tokio::spawn(sweep_files(files));
    let (stop, stopped) = watch::channel(false);
    let worker = worker.run_apart(stopped).map_err(CommandError::Server)?;
    let handle = server.handle();
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: finishing what was accepted");
        stop.send_replace(true);
        draining.begin();
        hub.drain();
        handle.stop(true).await;
    });
    server.await.map_err(CommandError::Server)?;
    if let Err(error) = worker.await {
        tracing::error!(%error, "the worker has ended early: its jobs are left to their leases");
    }
    if let Err(error) = presence.leave().await {
        tracing::warn!(error = causes(&error), "presence of this node is left to its lease");
    }
    end_within(LAST_WAIT);
    Ok(())
}

/// Ends the process after `time`, whatever still waits: a thread that asked a database gone silent cannot be stopped.
fn end_within(time: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(time);
        std::process::exit(0);
    });
}

/// Says where the server listens and, while nobody can sign in as an administrator, where to change that. The link is
/// for whoever started the server: it goes to standard output, and never to the log. Nobody may be reading that.
fn announce(address: SocketAddr, invitation: Option<&Invitation>) {
    let mut lines = vec![format!("Showrunner listens on http://{address}")];
    if let Some(invitation) = invitation {
        let link = set_up_link(&format!("http://{address}"), &invitation.token);
        lines.push(format!("Set up the first account: {link}"));
    }
    lines.push(String::new());
    let mut out = std::io::stdout();
    let _ = out.write_all(lines.join("\n").as_bytes()).and_then(|()| out.flush());
}

/// Removes sessions, links and counts that have ended by themselves, for ever.
async fn sweep(sign_ins: Arc<dyn SignInStore>) {
    let clock = services::clock();
    loop {
        sleep(SWEEP).await;
        if let Err(error) = sign_ins.sweep_sign_ins(clock.now()).await {
            tracing::warn!(error = causes(&error), "what has ended was not removed: this is tried again");
        }
    }
}

/// Removes bytes that no file needs, for ever.
async fn sweep_files(files: Arc<FileService>) {
    loop {
        match files.sweep().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "bytes that no file needed were removed"),
            Err(error) => tracing::warn!(error = causes(&error), "bytes that no file needs stay: this is tried again"),
        }
        sleep(SWEEP).await;
    }
}

/// What every handler finds in the app's data.
#[derive(Clone)]
struct Shared {
    services: Services,
    attempts: Data<AttemptLimit>,
    draining: Data<Draining>,
    hub: Data<Hub>,
    watchers: Data<Watchers>,
    readiness: Data<dyn Readiness>,
    proxies: TrustedProxies,
}

impl Shared {
    fn offer(&self, config: &mut ServiceConfig) {
        let Services {
            access,
            shows,
            memberships,
            episodes,
            compositions,
            templates,
            previews,
            files,
            jobs,
            work,
            schedules,
            activities,
            notifications,
            preferences,
            presence,
            catch_up,
            users,
            sign_ins,
            removals,
            quotas: _,
        } = self.services.clone();
        config
            .app_data(access)
            .app_data(shows)
            .app_data(memberships)
            .app_data(episodes)
            .app_data(compositions)
            .app_data(templates)
            .app_data(previews)
            .app_data(files)
            .app_data(jobs)
            .app_data(work)
            .app_data(schedules)
            .app_data(activities)
            .app_data(notifications)
            .app_data(preferences)
            .app_data(presence)
            .app_data(catch_up)
            .app_data(users)
            .app_data(sign_ins)
            .app_data(removals)
            .app_data(self.attempts.clone())
            .app_data(self.draining.clone())
            .app_data(self.hub.clone())
            .app_data(self.watchers.clone())
            .app_data(self.readiness.clone())
            .app_data(self.proxies.clone())
            .app_data(Data::<dyn Clock>::from(services::clock()))
            .app_data(Data::<dyn IdSource>::from(services::ids()));
    }
}
