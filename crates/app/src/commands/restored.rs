//! `showrunner restored`: the log goes on behind whatever the lost one may have held.

use showrunner_domain::event::RestoredLog;

use super::{CommandError, open_existing_store, prepare};
use crate::cli::Flags;
use crate::services;

#[actix_web::main]
pub(super) async fn run(flags: Flags) -> Result<(), CommandError> {
    let ports = open_existing_store(&prepare(flags)?)?;
    let restored = RestoredLog { head: ports.log_head, clock: services::clock(), ids: services::ids() };
    let range = restored.move_on().await?;
    println!(
        "The log goes on after {}: clients that saw later events than the backup holds read the records again.",
        range.last
    );
    Ok(())
}
