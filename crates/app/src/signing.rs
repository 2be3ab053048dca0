//! The key with which this data folder signs: made, published and replaced.

use std::path::PathBuf;
use std::sync::Arc;

use showrunner_domain::StoreError;
use showrunner_domain::identity::{SigningKeyId, SigningKeyService};
use showrunner_identity::{KeyError, KeyPair, Signer};
use showrunner_store::Ports;
use thiserror::Error;

use crate::services::clock;
use crate::settings::Settings;

/// No key could be made, read or published.
#[derive(Debug, Error)]
pub(crate) enum SigningError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the settings' data folder has its private key.
pub(crate) fn key_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("signing-key.pem")
}

/// The file of a data folder's private key, and the public halves in the store.
pub(crate) struct SigningKeyFile {
    path: PathBuf,
    pub(crate) keys: SigningKeyService,
}

impl SigningKeyFile {
    /// That of the settings' data folder.
    pub(crate) fn of(settings: &Settings, ports: &Ports) -> Self {
        let keys = SigningKeyService { keys: ports.signing_keys.clone(), clock: clock() };
        Self { path: key_path(settings), keys }
    }

    /// The key that is there.
    pub(crate) fn current(&self) -> Result<Option<KeyPair>, KeyError> {
        KeyPair::load(&self.path)
    }

    /// A key that may sign, with its public half in the store: the one that is there, or a new one in place of one that
    /// was retired or revoked.
    pub(crate) async fn ready(&self) -> Result<KeyPair, SigningError> {
        loop {
            let pair = KeyPair::load_or_create(&self.path)?;
            if self.keys.publish(pair.kid(), pair.public_pem()).await? {
                return Ok(pair);
            }
            self.replace(pair.kid()).await?;
        }
    }

    /// Puts a new key in place of the one named `old`, unless another process was first.
    pub(crate) async fn replace(&self, old: &SigningKeyId) -> Result<(), SigningError> {
        let new = KeyPair::generate()?;
        self.keys.publish(new.kid(), new.public_pem()).await?;
        if !new.replace(&self.path, old)? {
            // It has signed nothing and never will.
            self.keys.revoke(new.kid()).await?;
        }
        Ok(())
    }

    /// Signs with whatever key is in the file.
    pub(crate) async fn signer(&self) -> Result<Arc<Signer>, SigningError> {
        let pair = self.ready().await?;
        Ok(Arc::new(Signer::new(self.path.clone(), &pair)?))
    }
}
