//! `showrunner signing-key`: the keys that sign access tokens, also beside a running server.

use showrunner_domain::identity::{SigningKey, SigningKeyId};

use super::token::require_key_or_named_folder;
use super::{CommandError, open_existing_store, prepare};
use crate::cli::SigningKeyStep;
use crate::services::clock;
use crate::settings::Settings;
use crate::signing::SigningKeyFile;

#[actix_web::main]
pub(super) async fn run(step: SigningKeyStep) -> Result<(), CommandError> {
    match step {
        SigningKeyStep::List(flags) => list(&open(&prepare(flags)?)?).await,
        SigningKeyStep::Rotate(flags) => {
            let settings = prepare(flags)?;
            let file = open(&settings)?;
            require_key_or_named_folder(&settings)?;
            rotate(&file).await
        }
        SigningKeyStep::Revoke { kid, flags } => revoke(&open(&prepare(flags)?)?, &SigningKeyId(kid)).await,
    }
}

fn open(settings: &Settings) -> Result<SigningKeyFile, CommandError> {
    Ok(SigningKeyFile::of(settings, &open_existing_store(settings)?))
}

async fn list(file: &SigningKeyFile) -> Result<(), CommandError> {
    let here = file.current()?;
    for key in file.keys.list().await? {
        let signs_here = here.as_ref().is_some_and(|pair| *pair.kid() == key.kid);
        println!("{}\t{}\t{}", key.kid.0, key.created_at, state(&key, signs_here));
    }
    Ok(())
}

/// What a key is good for now.
fn state(key: &SigningKey, signs_here: bool) -> String {
    match (key.revoked_at, key.verifies_until) {
        (Some(at), _) => format!("revoked at {at}"),
        (None, Some(until)) if until <= clock().now() => format!("verified until {until}"),
        (None, Some(until)) => format!("verifies until {until}"),
        (None, None) if signs_here => "signs here".to_owned(),
        (None, None) => "signs in another data folder".to_owned(),
    }
}

async fn rotate(file: &SigningKeyFile) -> Result<(), CommandError> {
    let old = file.ready().await?;
    file.replace(old.kid()).await?;
    file.keys.retire(old.kid()).await?;
    println!("{}", file.ready().await?.kid().0);
    Ok(())
}

/// Where the key signs in this data folder, another takes its place first, so that a server here signs on.
async fn revoke(file: &SigningKeyFile, kid: &SigningKeyId) -> Result<(), CommandError> {
    if file.current()?.is_some_and(|pair| pair.kid() == kid) {
        file.replace(kid).await?;
    }
    if !file.keys.revoke(kid).await? {
        return Err(CommandError::Argument("there is no such key: `signing-key list` names all".to_owned()));
    }
    println!("revoked {}: within five seconds no server accepts what it has signed", kid.0);
    Ok(())
}
