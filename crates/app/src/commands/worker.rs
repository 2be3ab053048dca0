//! `showrunner worker`: does jobs until it is told to stop.

use showrunner_store::migrations;
use tokio::sync::watch;

use super::{CommandError, make_data_folder};
use crate::cli::Flags;
use crate::settings::Settings;
use crate::stopping::told_to_stop;
use crate::{logging, worker};

#[actix_web::main]
pub(super) async fn run(flags: Flags) -> Result<(), CommandError> {
    let settings = Settings::read(flags)?;
    logging::start(settings.log.clone());
    make_data_folder(&settings.data_dir)?;
    for version in migrations::up(&settings.database)? {
        tracing::info!(version, "a migration was applied");
    }
    let ports = showrunner_store::open(&settings.database)?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: finishing what is in hand");
        stop.send_replace(true);
    });
    let worker = worker::on(&ports)?;
    worker.announce().await;
    worker.run(stopped).await;
    Ok(())
}
