//! The key pair of a data folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use showrunner_domain::identity::SigningKeyId;
use thiserror::Error;

/// The key pair could not be had.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file could not be read or written.
    #[error("the signing key {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The file holds no Ed25519 key.
    #[error("the signing key {path} is no PKCS #8 PEM file of an Ed25519 key: remove it to have a new one made")]
    Unreadable {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no randomness.
    #[error("no randomness for a new signing key: {0}")]
    Randomness(#[source] getrandom::Error),
    /// The key could not be written as PEM.
    #[error("the new signing key could not be encoded")]
    Encoding,
}

/// A private key and what others may know of it.
pub struct KeyPair {
    pub(crate) private_pem: String,
    public_pem: String,
    kid: SigningKeyId,
}

impl KeyPair {
    /// Reads the private key in the file `path`, or makes one there, readable by its owner alone. Where several
    /// processes start at once on one folder, all end up with the same key.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let at = |source| KeyError::File { path: path.to_owned(), source };
        if !path.exists() {
            create(path)?;
        }
        let pem = fs::read_to_string(path).map_err(at)?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Unreadable { path: path.to_owned() })?;
        let public = key.verifying_key();
        let public_pem = public.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)?;
        let kid = SigningKeyId(BASE64_URL_SAFE_NO_PAD.encode(public.as_bytes()));
        Ok(Self { private_pem: pem, public_pem, kid })
    }

    /// The key's name: its public half, so that one name never stands for two keys.
    #[must_use]
    pub fn kid(&self) -> &SigningKeyId {
        &self.kid
    }

    /// The public half, as PEM.
    #[must_use]
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }
}

/// Writes a new key beside `path` and then gives it that name, unless another process was first.
fn create(path: &Path) -> Result<(), KeyError> {
    let at = |source| KeyError::File { path: path.to_owned(), source };
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(KeyError::Randomness)?;
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)?;
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(at)?;
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(at)?;
    let named = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(at)?;
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(at(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing-key.pem");
        let first = KeyPair::load_or_create(&path).unwrap();
        let second = KeyPair::load_or_create(&path).unwrap();
        assert_eq!(first.kid(), second.kid());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_no_key_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing-key.pem");
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(KeyPair::load_or_create(&path), Err(KeyError::Unreadable { .. })));
    }
}
