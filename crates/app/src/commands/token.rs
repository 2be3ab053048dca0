//! `showrunner token`: an access token, printed and nothing else; and ending one.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::Arc;

use showrunner_domain::identity::{
    Bearers, Email, Revocations, Role, SigningKeyService, TokenId, TokenVerifier as _, VerifiedToken,
};
use showrunner_domain::{ServiceError, Timestamp};
use showrunner_identity::Verifier;
use showrunner_store::Ports;

use super::{CommandError, folder, open_existing_store, prepare};
use crate::cli::{Flags, TokenFlags, TokenStep};
use crate::services::{self, clock};
use crate::settings::Settings;
use crate::signing::{SigningKeyFile, key_path};

/// How much of standard input is read for a token, in bytes: more than any of ours has.
const LONGEST_INPUT: u64 = 16 * 1024;

#[actix_web::main]
pub(super) async fn run(step: Option<TokenStep>, token: TokenFlags) -> Result<(), CommandError> {
    match step {
        Some(TokenStep::Revoke { jti, flags }) => revoke(jti.as_deref(), flags).await,
        None => issue(token).await,
    }
}

async fn issue(TokenFlags { email, role, flags }: TokenFlags) -> Result<(), CommandError> {
    let email = Email::parse(email.as_deref().unwrap_or_default())
        .map_err(|reason| CommandError::Argument(format!("--email {reason}")))?;
    let role = Role::parse(role.as_deref().unwrap_or_default())
        .ok_or_else(|| CommandError::Argument("--role must be viewer, editor, admin or worker".to_owned()))?;
    let settings = prepare(flags)?;
    let ports = open_existing_store(&settings)?;
    require_key_or_named_folder(&settings)?;
    let signer = SigningKeyFile::of(&settings, &ports).signer().await?;
    let bearers = Arc::new(Bearers::new(ports.users.clone()));
    let revocations = Arc::new(Revocations::new(ports.signing_keys.clone()));
    println!("{}", services::access(&ports, bearers, revocations).issue(signer.as_ref(), email, role).await?);
    Ok(())
}

async fn revoke(jti: Option<&str>, flags: Flags) -> Result<(), CommandError> {
    let ports = open_existing_store(&prepare(flags)?)?;
    let text = jti.map_or_else(read_token, |jti| Ok(jti.to_owned()))?;
    let (id, expires_at) = if let Ok(id) = text.parse() {
        (id, None)
    } else {
        let (id, expires_at) = read(&ports, &text).await?;
        (id, Some(expires_at))
    };
    SigningKeyService { keys: ports.signing_keys.clone(), clock: clock() }.revoke_token(id, expires_at).await?;
    println!("revoked {id}: within five seconds no server accepts it");
    Ok(())
}

/// Which token `text` is, and when it expires.
async fn read(ports: &Ports, text: &str) -> Result<(TokenId, Timestamp), CommandError> {
    let verified = Verifier::new(ports.signing_keys.clone()).verify(text).await;
    let verified = verified.map_err(|error| match ServiceError::from(error) {
        ServiceError::Unauthenticated { reason } => {
            CommandError::Argument(format!("neither a jti nor a token: {reason}"))
        }
        error => error.into(),
    })?;
    let VerifiedToken { claims, .. } = &*verified;
    Ok((claims.id, claims.expires_at))
}

/// What comes on standard input, without blanks around it.
fn read_token() -> Result<String, CommandError> {
    if io::stdin().is_terminal() {
        let hint = "name the token's jti, or pipe the token itself in, so that no terminal shows it";
        return Err(CommandError::Argument(hint.to_owned()));
    }
    let mut text = String::new();
    let read = io::stdin().take(LONGEST_INPUT).read_to_string(&mut text);
    read.map_err(|error| CommandError::Argument(format!("the token cannot be read: {error}")))?;
    Ok(text.trim().to_owned())
}

/// Makes the data folder where somebody named it. The usual one is wherever the command was typed: a key made there would
/// be found by nobody.
pub(super) fn require_key_or_named_folder(settings: &Settings) -> Result<(), CommandError> {
    if settings.data_dir_is_named {
        return Ok(folder::make_private(&settings.data_dir)?);
    }
    if key_path(settings).exists() { Ok(()) } else { Err(CommandError::NoKey(settings.data_dir.clone())) }
}
