//! `showrunner token`: an access token, printed and nothing else.

use std::sync::Arc;

use showrunner_domain::identity::{Bearers, Email, Role};
use showrunner_domain::{FieldError, ServiceError};
use showrunner_identity::{KeyPair, Signer};
use showrunner_store::Ports;

use super::{CommandError, open_store};
use crate::cli::Flags;
use crate::services;
use crate::settings::Settings;

#[actix_web::main]
pub(super) async fn run(email: &str, role: &str, flags: Flags) -> Result<(), CommandError> {
    let email = Email::parse(email).map_err(|reason| CommandError::Argument(format!("--email {reason}")))?;
    let role = Role::parse(role)
        .ok_or_else(|| CommandError::Argument("--role must be viewer, editor, admin or worker".to_owned()))?;
    let settings = Settings::read(flags)?;
    let ports = open_store(&settings)?;
    let signer = signer(&settings, &ports).await?;
    let bearers = Arc::new(Bearers::new(ports.users.clone()));
    println!("{}", services::access(&ports, bearers).issue(&signer, email, role).await?);
    Ok(())
}

/// The signer of this data folder; its public half is in the store before it signs anything.
pub(super) async fn signer(settings: &Settings, ports: &Ports) -> Result<Signer, CommandError> {
    let key = KeyPair::load_or_create(&settings.data_dir.join("signing-key.pem"))?;
    ports.signing_keys.publish_key(key.kid(), key.public_pem(), services::clock().now()).await?;
    Signer::new(&key, services::ids())
        .map_err(|error| ServiceError::Invalid(vec![FieldError::new("signing key", error)]).into())
}
