//! Hashing passwords, off the threads that serve requests.

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use showrunner_domain::StoreError;
use showrunner_domain::identity::{Password, PasswordHash, PasswordHasher};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

/// How many hashes are computed at once at most, whatever the machine: each takes 19 MiB.
const MOST_AT_ONCE: usize = 8;

/// What is verified where there is no hash, so that this takes as long: it has the parameters of every other one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2hvd3J1bm5lci1kdW1teQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes by Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP's Password Storage Cheat Sheet.
///
/// Computing runs on blocking threads, as many at once as there are cores, 8 at most; others wait.
pub struct Argon2id {
    argon2: Argon2<'static>,
    slots: Arc<Semaphore>,
}

impl Argon2id {
    /// Makes ready to hash.
    ///
    /// # Errors
    /// The parameters are not of this algorithm.
    pub fn new() -> Result<Self, StoreError> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(StoreError::new)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let at_once = available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE);
        Ok(Self { argon2, slots: Arc::new(Semaphore::new(at_once)) })
    }

    async fn slot(&self) -> Result<SemaphorePermit<'_>, StoreError> {
        self.slots.acquire().await.map_err(StoreError::new)
    }
}

#[async_trait]
impl PasswordHasher for Argon2id {
    async fn hash(&self, password: Password) -> Result<PasswordHash, StoreError> {
        let slot = self.slot().await?;
        let argon2 = self.argon2.clone();
        let hashed = spawn_blocking(move || hash(&argon2, password.as_str())).await.map_err(StoreError::new)?;
        drop(slot);
        hashed
    }

    async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<bool, StoreError> {
        let slot = self.slot().await?;
        let (argon2, known) = (self.argon2.clone(), hash.is_some());
        let hash = hash.unwrap_or_else(|| PasswordHash(NOBODYS.to_owned()));
        let fits = spawn_blocking(move || verify(&argon2, password.as_str(), &hash)).await.map_err(StoreError::new)?;
        drop(slot);
        Ok(fits? && known)
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<PasswordHash, StoreError> {
    Ok(PasswordHash(argon2.hash_password(password.as_bytes()).map_err(StoreError::new)?.to_string()))
}

/// Compares in constant time, with the parameters that the hash names.
fn verify(argon2: &Argon2<'_>, password: &str, hash: &PasswordHash) -> Result<bool, StoreError> {
    match argon2.verify_password(password.as_bytes(), hash.0.as_str()) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(StoreError::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::attempt(text).unwrap()
    }

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let hasher = Argon2id::new().unwrap();
        let hash = hasher.hash(password("correct horse")).await.unwrap();
        assert!(hasher.verify(password("correct horse"), Some(hash.clone())).await.unwrap());
        for wrong in ["Correct horse", "correct hors", "", "correct horse "] {
            assert!(!hasher.verify(password(wrong), Some(hash.clone())).await.unwrap(), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn hashes_are_salted_and_name_owasps_parameters() {
        let hasher = Argon2id::new().unwrap();
        let hash = || hasher.hash(password("correct horse"));
        let (first, second) = (hash().await.unwrap(), hash().await.unwrap());
        assert_ne!(first, second);
        assert!(first.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", first.0);
    }

    #[tokio::test]
    async fn without_a_hash_nothing_fits_and_as_much_is_computed() {
        let hasher = Argon2id::new().unwrap();
        assert!(!hasher.verify(password("nobody's password"), None).await.unwrap());
        let real = hasher.hash(password("correct horse")).await.unwrap();
        let shape = |hash: &str| hash.rsplitn(3, '$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(NOBODYS), shape(&real.0));
        assert!(!hasher.verify(password(""), Some(PasswordHash(NOBODYS.into()))).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_hash_is_an_error_and_no_refusal() {
        let hasher = Argon2id::new().unwrap();
        assert!(hasher.verify(password("x"), Some(PasswordHash("plain".into()))).await.is_err());
    }
}
