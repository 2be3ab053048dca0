//! `showrunner worker`: does jobs, and fires schedules, until it is told to stop.

use tokio::sync::watch;

use super::{CommandError, create_or_open_store, prepare, storage, tools};
use crate::cli::Flags;
use crate::schedules::ScheduleLoop;
use crate::stopping::told_to_stop;
use crate::{handlers, worker};

#[actix_web::main]
pub(super) async fn run(flags: Flags) -> Result<(), CommandError> {
    let settings = prepare(flags)?;
    let ports = create_or_open_store(&settings)?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: finishing what is in hand");
        stop.send_replace(true);
    });
    let handlers = handlers::on(&ports, &storage(&settings)?, &tools(&settings)?);
    let worker = worker::on(&ports, handlers)?;
    worker.announce().await;
    tokio::spawn(ScheduleLoop::on(&ports).run());
    worker.run(stopped).await;
    Ok(())
}
