//! The key pair of a data folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use showrunner_domain::identity::SigningKeyId;
use thiserror::Error;

/// What the group and everybody else may do with a file.
const OTHERS: u32 = 0o077;

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
    /// The data folder cannot be locked while its key is replaced.
    #[error("the folder of the signing key {path}: {source}")]
    Folder {
        /// The key's file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Others than its owner can read the file.
    #[error("others can read the signing key {path}: chmod 600 {path}")]
    Open {
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
    /// A new key, which is in no file yet.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(KeyError::Randomness)?;
        let key = SigningKey::from_bytes(&seed);
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)?;
        Self::new(&key, pem.to_string())
    }

    /// Reads the private key in the file `path`, which nobody but its owner may read; `None` where there is no file.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyError> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(path)(error)),
        };
        if metadata.permissions().mode() & OTHERS != 0 {
            return Err(KeyError::Open { path: path.to_owned() });
        }
        let pem = fs::read_to_string(path).map_err(at(path))?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Unreadable { path: path.to_owned() })?;
        Self::new(&key, pem).map(Some)
    }

    /// Reads the private key in the file `path`, or makes one there, readable by its owner alone. Where several
    /// processes start at once on one folder, all end up with the same key.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(pair) = Self::load(path)? {
            return Ok(pair);
        }
        let draft = Self::generate()?.write_beside(path)?;
        let named = fs::hard_link(&draft, path);
        fs::remove_file(&draft).map_err(at(path))?;
        match named {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(at(path)(error)),
            _ => Self::load(path)?.ok_or_else(|| at(path)(io::ErrorKind::NotFound.into())),
        }
    }

    /// Puts this key into the file `path` in place of the one named `old`. Answers whether it did: another process may
    /// have replaced that before.
    pub fn replace(&self, path: &Path, old: &SigningKeyId) -> Result<bool, KeyError> {
        let locking = |source| KeyError::Folder { path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let lock = File::open(folder).map_err(locking)?;
        lock.lock().map_err(locking)?;
        if Self::load(path)?.is_some_and(|current| current.kid != *old) {
            return Ok(false);
        }
        let draft = self.write_beside(path)?;
        fs::rename(&draft, path).map_err(at(path))?;
        lock.sync_all().map_err(at(path))?;
        Ok(true)
    }

    fn new(key: &SigningKey, private_pem: String) -> Result<Self, KeyError> {
        let public = key.verifying_key();
        let public_pem = public.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Encoding)?;
        let kid = SigningKeyId(BASE64_URL_SAFE_NO_PAD.encode(public.as_bytes()));
        Ok(Self { private_pem, public_pem, kid })
    }

    /// Writes the private key into a file beside `path`, for its owner alone.
    fn write_beside(&self, path: &Path) -> Result<PathBuf, KeyError> {
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        let mut file = options.map_err(at(path))?;
        file.write_all(self.private_pem.as_bytes()).and_then(|()| file.sync_all()).map_err(at(path))?;
        Ok(draft)
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

fn at(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
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
    fn a_key_is_replaced_once_however_many_have_a_successor() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing-key.pem");
        let old = KeyPair::load_or_create(&path).unwrap();
        let [first, second] = [(), ()].map(|()| KeyPair::generate().unwrap());
        assert!(first.replace(&path, old.kid()).unwrap());
        assert!(!second.replace(&path, old.kid()).unwrap());
        assert_eq!(KeyPair::load(&path).unwrap().unwrap().kid(), first.kid());
        assert!(second.replace(&path, first.kid()).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing-key.pem");
        KeyPair::load_or_create(&path).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = KeyPair::load_or_create(&path).map(drop).unwrap_err().to_string();
            assert!(refused.contains(&format!("chmod 600 {}", path.display())), "{refused}");
        }
    }

    #[test]
    fn a_file_that_is_no_key_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing-key.pem");
        fs::write(&path, "not a key").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(KeyPair::load_or_create(&path), Err(KeyError::Unreadable { .. })));
    }
}
