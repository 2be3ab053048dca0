//! How a record is written: load, decide, commit, and again while others win the race.

use std::future::Future;

use crate::{Answered, Change, ChangeSet, CommitError, Ledger, ServiceError, Terms, Version};

/// How often a race without `If-Match` is run before the caller is told.
const RACES: usize = 100;

/// A record that knows its version.
pub(crate) trait Versioned: Clone {
    fn version(&self) -> Version;
}

/// What a transition makes of the record that was loaded.
pub(crate) enum Decision<T> {
    /// There is something to write.
    Write(Change<T>),
    /// Nothing differs.
    Leave(T),
}

/// Writes records of any kind on the terms of one request.
pub(crate) struct Writing<'a> {
    pub(crate) ledger: &'a dyn Ledger,
    pub(crate) terms: &'a Terms,
}

impl Writing<'_> {
    /// Writes a new record that `create` makes, once for each receipt.
    pub(crate) async fn create<T: Versioned>(
        &self,
        create: impl FnOnce() -> Change<T> + Send,
    ) -> Result<Answered<T>, ServiceError>
    where
        Change<T>: Into<ChangeSet>,
    {
        if let Some(before) = self.terms.answered_before(self.ledger).await? {
            return Ok(Answered::Before(before));
        }
        let committed = self.commit(create()).await?;
        committed.ok_or_else(|| CommitError::Stale.into())
    }

    /// Loads, decides and commits, again and again while others win the race, unless the caller named the version
    /// that they have seen; once for each receipt.
    pub(crate) async fn change<T: Versioned, Loading>(
        &self,
        load: impl Fn() -> Loading + Send + Sync,
        decide: impl Fn(T) -> Result<Decision<T>, ServiceError> + Send + Sync,
    ) -> Result<Answered<T>, ServiceError>
    where
        Loading: Future<Output = Result<T, ServiceError>> + Send,
        Change<T>: Into<ChangeSet>,
    {
        if let Some(before) = self.terms.answered_before(self.ledger).await? {
            return Ok(Answered::Before(before));
        }
        for _ in 0..RACES {
            let record = load().await?;
            self.terms.precondition.check(record.version())?;
            let change = match decide(record)? {
                Decision::Write(change) => change,
                Decision::Leave(unchanged) => return Ok(Answered::Now(unchanged)),
            };
            if let Some(answered) = self.commit(change).await? {
                return Ok(answered);
            }
        }
        Err(CommitError::Stale.into())
    }

    /// Commits `change`; `None` where another writer was first.
    async fn commit<T: Versioned>(&self, change: Change<T>) -> Result<Option<Answered<T>>, ServiceError>
    where
        Change<T>: Into<ChangeSet>,
    {
        let record = change.state().clone();
        match self.ledger.commit(self.terms.of(change.into())).await {
            Ok(_) => Ok(Some(Answered::Now(record))),
            Err(CommitError::Stale) => Ok(None),
            Err(CommitError::Received(stored)) => self.terms.same_request(stored).map(Answered::Before).map(Some),
            Err(error) => Err(error.into()),
        }
    }
}
