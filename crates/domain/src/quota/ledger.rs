//! A ledger that refuses what would give one user more than one may have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::QuotaStore;
use super::usage::Usage;
use crate::identity::{Role, UserId, UserStore};
use crate::limits::{MAX_LIVE_JOBS, MAX_LOG_BYTES, MAX_SCHEDULES};
use crate::{
    Advance, Advanced, ChangeSet, Clock, CommitError, Committed, Ledger, QuotaExceeded, Receipt, RecordChange,
    StoreError, StoredReceipt, Timestamp,
};

/// Commits through another ledger what users may write. It asks the store only for what is not known to be far from a limit, so
/// that most changes cost nothing more.
///
/// Nodes tell each other through the store how much was written, with [`QuotaLedger::exchange`]; until then each knows its own.
pub struct QuotaLedger {
    /// Writes.
    pub ledger: Arc<dyn Ledger>,
    /// Counts.
    pub quotas: Arc<dyn QuotaStore>,
    /// Knows who is exempt.
    pub users: Arc<dyn UserStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    usage: Mutex<Usage>,
}

impl QuotaLedger {
    /// Writes through `ledger`.
    #[must_use]
    pub fn new(
        ledger: Arc<dyn Ledger>,
        quotas: Arc<dyn QuotaStore>,
        users: Arc<dyn UserStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { ledger, quotas, users, clock, usage: Mutex::default() }
    }

    /// Tells the store what was written here, and learns what was written elsewhere. To be called every few seconds.
    pub async fn exchange(&self) -> Result<(), StoreError> {
        let Some((day, told)) = self.usage().untold() else { return Ok(()) };
        let known = self.quotas.add_log_bytes(day, told.clone()).await?;
        self.usage().told(day, &told, &known);
        Ok(())
    }

    /// Refuses `set` where it would give its user too much.
    async fn admit(&self, user: UserId, set: &ChangeSet, now: Timestamp) -> Result<(), CommitError> {
        let written = self.usage().written(user, now);
        if written >= MAX_LOG_BYTES && !self.is_exempt(user).await? {
            return Err(QuotaExceeded::LogBytes { retry_after: until_tomorrow(now) }.into());
        }
        for (maker, jobs) in jobs_made_live(set, user) {
            if self.usage().queues(maker, jobs, now) {
                continue;
            }
            let live = self.quotas.count_live_jobs(maker, MAX_LIVE_JOBS).await?;
            let fits = live + jobs <= MAX_LIVE_JOBS;
            if !fits && !self.is_exempt(maker).await? {
                return Err(QuotaExceeded::LiveJobs.into());
            }
            // Who is exempt is not asked about again for a while.
            self.usage().counted(maker, if fits { live + jobs } else { 0 }, now);
        }
        let is_new =
            |change: &RecordChange| matches!(change, RecordChange::Schedule(change) if change.expected().is_none());
        if set.changes().iter().any(is_new)
            && self.quotas.count_schedules(user, MAX_SCHEDULES).await? >= MAX_SCHEDULES
            && !self.is_exempt(user).await?
        {
            return Err(QuotaExceeded::Schedules.into());
        }
        Ok(())
    }

    async fn is_exempt(&self, user: UserId) -> Result<bool, StoreError> {
        let user = self.users.find_user(user).await?;
        Ok(user.is_some_and(|user| matches!(user.role, Role::Admin | Role::Worker)))
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Ledger for QuotaLedger {
    async fn commit(&self, set: ChangeSet) -> Result<Committed, CommitError> {
        let Some(user) = set.events().find_map(|event| event.actor.id) else { return self.ledger.commit(set).await };
        let now = self.clock.now();
        if writes_records(&set) {
            self.admit(user, &set, now).await?;
        }
        let bytes = set.events().map(|event| event.data.len() as u64).sum();
        let committed = self.ledger.commit(set).await?;
        self.usage().note_written(user, bytes, now);
        Ok(committed)
    }

    async fn find_receipt(&self, receipt: Receipt) -> Result<Option<StoredReceipt>, StoreError> {
        self.ledger.find_receipt(receipt).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.ledger.advance(advance).await
    }
}

/// Whether `set` writes anything but accounts and sessions. Whoever has written too much may sign in, and fetch files.
fn writes_records(set: &ChangeSet) -> bool {
    set.changes().iter().any(|change| {
        !matches!(
            change,
            RecordChange::User(_) | RecordChange::Session(_) | RecordChange::Password(_) | RecordChange::Occurrence(_)
        )
    })
}

/// How many jobs `set` makes live, for each user: new ones, and ended ones that `user` has of their own and retries.
fn jobs_made_live(set: &ChangeSet, user: UserId) -> HashMap<UserId, usize> {
    let mut jobs = HashMap::new();
    for change in set.changes() {
        if let RecordChange::Job(change) = change
            && let Some(maker) = change.state().created_by
        {
            let retried =
                || change.before().is_some_and(|job| !job.status.is_live()) && change.state().status.is_live();
            if change.expected().is_none() || (maker == user && retried()) {
                *jobs.entry(maker).or_default() += 1;
            }
        }
    }
    jobs
}

/// How long it is until the next day, in seconds, at least 1.
fn until_tomorrow(now: Timestamp) -> u64 {
    const DAY: i64 = 24 * 60 * 60;
    let passed = (now.micros() / 1_000_000).rem_euclid(DAY);
    (DAY - passed).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::Line;
    use crate::event::{ActorStamp, EventId, Origin, Stamp};
    use crate::identity::{Email, NewUser, User};
    use crate::job::{Job, JobId, JobType, NewJob};
    use crate::mocks::{MockClock, MockLedger, MockQuotaStore, MockUserStore};

    fn user() -> UserId {
        UserId::new(Uuid::from_u128(5))
    }

    fn stamp() -> Stamp {
        let actor = ActorStamp { id: Some(user()), name: "Somebody".into(), email: None };
        let (id, now) = (EventId::new(Uuid::from_u128(9)), Timestamp::from_micros(0).unwrap());
        Stamp { id, now, actor, origin: Origin::default() }
    }

    /// A job of the user's.
    fn job() -> ChangeSet {
        let new = NewJob::of(JobType::parse("outside").unwrap());
        Job::create(JobId::new(Uuid::from_u128(2)), new, None, &stamp()).into()
    }

    /// A ledger for somebody of this role who has so many live jobs; the clock stands at a quarter to midnight.
    fn ledger(role: Role, live: usize) -> QuotaLedger {
        let (mut ledger, mut quotas, mut users, mut clock) =
            (MockLedger::new(), MockQuotaStore::new(), MockUserStore::new(), MockClock::new());
        ledger.expect_commit().returning(|_| Ok(Committed));
        quotas.expect_count_live_jobs().times(..=1).returning(move |_, _| Ok(live));
        quotas
            .expect_add_log_bytes()
            .returning(|_, told| Ok(told.into_iter().map(|(id, _)| (id, MAX_LOG_BYTES)).collect()));
        users.expect_find_user().returning(move |id| {
            let (email, name) = (Email::parse("somebody@example.com").unwrap(), Line::parse("Somebody").unwrap());
            Ok(Some(User::create(id, NewUser { email, name, role }, &stamp()).state().clone()))
        });
        clock.expect_now().returning(|| Timestamp::parse("2026-11-27T23:45:00Z").unwrap());
        QuotaLedger::new(Arc::new(ledger), Arc::new(quotas), Arc::new(users), Arc::new(clock))
    }

    #[test]
    fn jobs_are_counted_once_a_while_and_refused_beyond_the_limit_but_for_who_is_exempt() {
        let few = ledger(Role::Editor, MAX_LIVE_JOBS - 2);
        assert!(block_on(few.commit(job())).is_ok() && block_on(few.commit(job())).is_ok());
        let many = block_on(ledger(Role::Editor, MAX_LIVE_JOBS).commit(job()));
        assert!(matches!(many, Err(CommitError::Quota(QuotaExceeded::LiveJobs))), "{many:?}");
        for role in [Role::Admin, Role::Worker] {
            let exempt = ledger(role, MAX_LIVE_JOBS);
            assert!(block_on(exempt.commit(job())).is_ok() && block_on(exempt.commit(job())).is_ok(), "{role}");
        }
    }

    #[test]
    fn who_has_written_enough_on_all_nodes_waits_for_tomorrow() {
        for (role, refused) in [(Role::Editor, true), (Role::Admin, false)] {
            let written = ledger(role, 0);
            assert!(block_on(written.commit(job())).is_ok());
            block_on(written.exchange()).unwrap();
            let answer = block_on(written.commit(job()));
            let waits = Err(QuotaExceeded::LogBytes { retry_after: 15 * 60 });
            let told = answer.map_err(|error| match error {
                CommitError::Quota(quota) => quota,
                other => panic!("{other:?}"),
            });
            assert_eq!(told, if refused { waits } else { Ok(Committed) }, "{role}");
        }
    }
}
