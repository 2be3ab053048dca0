//! `showrunner serve`: migrates the store, runs the readers and the hub, and serves until it is told to stop.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use showrunner_domain::event::ReaderGate;
use showrunner_domain::{Clock, IdSource};
use showrunner_http::Readiness;
use showrunner_live::{Hub, Watchers, remember_socket};
use showrunner_store::{Ports, migrations};
use showrunner_web::{boundary, causes};
use tokio::signal::unix::{SignalKind, signal};

use super::token::signer;
use super::{CommandError, make_data_folder};
use crate::cli::Flags;
use crate::presence::PresenceLoop;
use crate::readers::{Board, ReaderLoop};
use crate::readiness::NodeReadiness;
use crate::services::{self, Services};
use crate::settings::Settings;
use crate::{demo, logging, open_files};

/// How long requests that were accepted have to finish once the server was told to stop, in seconds.
const DRAIN: u64 = 30;
/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept for its next request.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

#[actix_web::main]
pub(super) async fn run(demo: bool, flags: Flags) -> Result<(), CommandError> {
    let settings = Settings::read(flags)?;
    logging::start(settings.log.clone());
    open_files::raise_limit();
    make_data_folder(&settings.data_dir)?;
    for version in migrations::up(&settings.database)? {
        tracing::info!(version, "a migration was applied");
    }
    let ports = showrunner_store::open(&settings.database)?;
    signer(&settings, &ports).await?;
    if demo {
        demo::load(&ports).await?;
    }
    let board = Arc::new(Board::new());
    for reader in services::readers() {
        let (log, ledger) = (ports.log.clone(), ports.ledger.clone());
        let (preferences, board) = (ports.preferences.clone(), board.clone());
        tokio::spawn(ReaderLoop { reader, log, preferences, ledger, board }.run());
    }
    serve(&settings, &ports, board).await
}

async fn serve(settings: &Settings, ports: &Ports, board: Arc<Board>) -> Result<(), CommandError> {
    let hub = Arc::new(Hub::new(ports.log.clone()));
    tokio::spawn(hub.clone().run());
    let gate: Arc<dyn ReaderGate> = board.clone();
    let services = services::on(ports, &gate);
    let presence = services.presence.clone().into_inner();
    presence.exchange().await?;
    let watchers = Arc::new(Watchers::new(presence.clone(), services.episodes.clone().into_inner()));
    tokio::spawn(PresenceLoop { presence: presence.clone(), watchers: watchers.clone() }.run());
    let readiness: Arc<dyn Readiness> =
        Arc::new(NodeReadiness { probe: ports.probe.clone(), log: ports.log.clone(), board });
    let shared = Shared {
        services,
        hub: Data::from(hub.clone()),
        watchers: Data::from(watchers),
        readiness: Data::from(readiness),
    };
    let address = settings.listen;
    let listen = |source| CommandError::Listen { address, source };
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(boundary))
            .configure(|config| shared.offer(config))
            .configure(showrunner_http::configure_with(showrunner_live::stream))
            .configure(showrunner_live::configure)
    })
    .on_connect(remember_socket)
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(DRAIN)
    .disable_signals()
    .bind(address)
    .map_err(listen)?;
    announce(&server.addrs());
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: finishing what was accepted");
        hub.drain();
        handle.stop(true).await;
    });
    server.await.map_err(CommandError::Server)?;
    if let Err(error) = presence.leave().await {
        tracing::warn!(error = causes(&error), "presence of this node is left to its lease");
    }
    Ok(())
}

fn announce(addresses: &[std::net::SocketAddr]) {
    for address in addresses {
        println!("Showrunner listens on http://{address}");
    }
    let _ = std::io::stdout().flush();
}

async fn told_to_stop() {
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        tracing::error!("signals cannot be heard: the server stops only when it is killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// What every handler finds in the app's data.
#[derive(Clone)]
struct Shared {
    services: Services,
    hub: Data<Hub>,
    watchers: Data<Watchers>,
    readiness: Data<dyn Readiness>,
}

impl Shared {
    fn offer(&self, config: &mut ServiceConfig) {
        let Services { access, shows, episodes, activities, notifications, preferences, presence, catch_up } =
            self.services.clone();
        config
            .app_data(access)
            .app_data(shows)
            .app_data(episodes)
            .app_data(activities)
            .app_data(notifications)
            .app_data(preferences)
            .app_data(presence)
            .app_data(catch_up)
            .app_data(self.hub.clone())
            .app_data(self.watchers.clone())
            .app_data(self.readiness.clone())
            .app_data(Data::<dyn Clock>::from(services::clock()))
            .app_data(Data::<dyn IdSource>::from(services::ids()));
    }
}
