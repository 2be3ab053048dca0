//! How a record is written: load, decide, commit, and again while others win the race.

use std::future::Future;

use crate::{Answered, Change, ChangeSet, CommitError, Ledger, RecordChange, ServiceError, Terms, Version};

/// How often a race without `If-Match` is run before the caller is told.
const RACES: usize = 100;

/// A record that knows its version, or what was loaded around one.
pub(crate) trait Versioned: Clone {
    fn version(&self) -> Version;
}

/// What a transition makes of what was loaded.
pub(crate) enum Decision<T> {
    /// There is something to write.
    Write(Change<T>),
    /// There is something to write among changes of other records.
    WriteAmong {
        /// What is written before it.
        before: Vec<RecordChange>,
        /// The change of the record that was asked for.
        change: Change<T>,
        /// What is written after it.
        after: Vec<RecordChange>,
    },
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
        self.create_with(|| (create(), Vec::new())).await
    }

    /// Writes a new record and changes of others that come with it, once for each receipt.
    pub(crate) async fn create_with<T: Versioned>(
        &self,
        create: impl FnOnce() -> (Change<T>, Vec<RecordChange>) + Send,
    ) -> Result<Answered<T>, ServiceError>
    where
        Change<T>: Into<ChangeSet>,
    {
        if let Some(before) = self.terms.answered_before(self.ledger).await? {
            return Ok(Answered::Before(before));
        }
        let (change, after) = create();
        let committed = self.commit(Vec::new(), change, after).await?;
        committed.ok_or_else(|| CommitError::Stale.into())
    }

    /// Loads, decides and commits, again and again while others win the race, unless the caller named the version
    /// that they have seen; once for each receipt.
    pub(crate) async fn change<T: Versioned, Loaded: Versioned, Loading>(
        &self,
        load: impl Fn() -> Loading + Send + Sync,
        decide: impl Fn(Loaded) -> Result<Decision<T>, ServiceError> + Send + Sync,
    ) -> Result<Answered<T>, ServiceError>
    where
        Loading: Future<Output = Result<Loaded, ServiceError>> + Send,
        Change<T>: Into<ChangeSet>,
    {
        if let Some(before) = self.terms.answered_before(self.ledger).await? {
            return Ok(Answered::Before(before));
        }
        for _ in 0..RACES {
            let loaded = load().await?;
            self.terms.precondition.check(loaded.version())?;
            let (before, change, after) = match decide(loaded)? {
                Decision::Write(change) => (Vec::new(), change, Vec::new()),
                Decision::WriteAmong { before, change, after } => (before, change, after),
                Decision::Leave(unchanged) => return Ok(Answered::Now(unchanged)),
            };
            if let Some(answered) = self.commit(before, change, after).await? {
                return Ok(answered);
            }
        }
        Err(CommitError::Stale.into())
    }

    /// Commits `change` among others; `None` where another writer was first.
    async fn commit<T: Versioned>(
        &self,
        before: Vec<RecordChange>,
        change: Change<T>,
        after: Vec<RecordChange>,
    ) -> Result<Option<Answered<T>>, ServiceError>
    where
        Change<T>: Into<ChangeSet>,
    {
        let record = change.state().clone();
        let set = after.into_iter().fold(change.into(), ChangeSet::and).after(before);
        match self.ledger.commit(self.terms.of(set)).await {
            Ok(_) => Ok(Some(Answered::Now(record))),
            Err(CommitError::Stale) => Ok(None),
            Err(CommitError::Received(stored)) => self.terms.same_request(stored).map(Answered::Before).map(Some),
            Err(error) => Err(error.into()),
        }
    }
}
