//! The use cases of shows: load, transition, commit.

use std::sync::Arc;

use super::{NewShow, Show, ShowAfter, ShowId, ShowPatch, ShowQuery, ShowStore};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit, permit_within};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms};

/// Everything that can be done with shows.
pub struct ShowService {
    /// Reads shows.
    pub shows: Arc<dyn ShowStore>,
    /// Writes them.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl ShowService {
    /// The show.
    pub async fn get(&self, caller: &Caller, id: ShowId) -> Result<Show, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Show)?;
        self.load(id).await
    }

    /// A page of shows.
    pub async fn list(&self, caller: &Caller, query: ShowQuery) -> Result<Page<Show, ShowAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Show)?;
        Ok(self.shows.list_shows(query).await?)
    }

    /// Creates a show, once for each receipt.
    pub async fn create(&self, caller: &Caller, new: NewShow, terms: &Terms) -> Result<Answered<Show>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Show)?;
        let id = ShowId::new(self.ids.next());
        self.writing(terms).create(|| Show::create(id, new, &self.stamp(caller))).await
    }

    /// Merges `patch` into a show, once for each receipt. Where nothing differs nothing is written.
    pub async fn update(
        &self,
        caller: &Caller,
        id: ShowId,
        patch: &ShowPatch,
        terms: &Terms,
    ) -> Result<Answered<Show>, ServiceError> {
        permit_within(&caller.actor, Action::Write, ResourceKind::Show, Some(id))?;
        let decide = |show: Show| {
            let unchanged = show.clone();
            Ok(show.update(patch.clone(), &self.stamp(caller)).map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    /// Deletes a show that no episode belongs to any more, for good, and answers its last state.
    pub async fn delete(&self, caller: &Caller, id: ShowId, terms: &Terms) -> Result<Answered<Show>, ServiceError> {
        permit_within(&caller.actor, Action::Write, ResourceKind::Show, Some(id))?;
        let decide = |show: Show| Ok(Decision::Write(show.delete(&self.stamp(caller))));
        self.writing(terms).change(|| self.load(id), decide).await
    }

    async fn load(&self, id: ShowId) -> Result<Show, ServiceError> {
        let show = self.shows.find_show(id).await?;
        show.ok_or(ServiceError::NotFound { kind: ResourceKind::Show })
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_executor::block_on;

    use super::*;
    use crate::event::Origin;
    use crate::identity::{Actor, Role, ShowRoles, UserId};
    use crate::mocks::{MockClock, MockIdSource, MockLedger, MockShowStore};
    use crate::show::ShowName;
    use crate::{CommitError, Committed, RecordChange, Timestamp};

    fn caller(role: Role) -> Caller {
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let id = UserId::new(uuid::Uuid::from_u128(5));
        let (email, name) = ("editor@example.com".into(), "An editor".into());
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
        Caller { actor, origin: Origin::default() }
    }

    fn service(shows: MockShowStore, ledger: MockLedger) -> ShowService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::from_micros(1_000_000).unwrap());
        let mut ids = MockIdSource::new();
        let last = AtomicU64::new(1);
        ids.expect_next().returning(move || uuid::Uuid::from_u128(last.fetch_add(1, Ordering::Relaxed).into()));
        ShowService { shows: Arc::new(shows), ledger: Arc::new(ledger), clock: Arc::new(clock), ids: Arc::new(ids) }
    }

    fn new() -> NewShow {
        NewShow { name: ShowName::parse("Breaking Bad").unwrap(), others: ShowPatch::default() }
    }

    /// A service whose store holds one show and answers commits with `committed`.
    fn holding(committed: impl Fn() -> Result<Committed, CommitError> + Send + 'static) -> (ShowService, Show) {
        let (mut shows, mut ledger) = (MockShowStore::new(), MockLedger::new());
        let mut ids = MockIdSource::new();
        ids.expect_next().return_const(uuid::Uuid::from_u128(1));
        let stamp = Stamp::of(&caller(Role::Editor), &ids, Timestamp::from_micros(0).unwrap());
        let show = Show::create(ShowId::new(uuid::Uuid::from_u128(2)), new(), &stamp).state().clone();
        let stored = show.clone();
        shows.expect_find_show().returning(move |_| Ok(Some(stored.clone())));
        ledger.expect_commit().returning(move |_| committed());
        (service(shows, ledger), show)
    }

    #[test]
    fn creating_commits_the_record_with_its_event() {
        let mut ledger = MockLedger::new();
        ledger
            .expect_commit()
            .once()
            .withf(|set| {
                let names: Vec<_> = set.events().map(|event| event.kind.as_str()).collect();
                matches!(set.changes(), [RecordChange::Show(change)] if change.expected().is_none())
                    && names == ["show_created"]
            })
            .returning(|_| Ok(Committed));
        let service = service(MockShowStore::new(), ledger);
        assert!(block_on(service.create(&caller(Role::Editor), new(), &Terms::default())).is_ok());
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let service = service(MockShowStore::new(), MockLedger::new());
        let answer = block_on(service.create(&caller(Role::Viewer), new(), &Terms::default()));
        assert!(matches!(answer, Err(ServiceError::Forbidden { kind: ResourceKind::Show })));
    }

    #[test]
    fn a_show_with_episodes_stays() {
        let (service, show) = holding(|| Err(CommitError::InUse { reason: "episodes belong to this show" }));
        let answer = block_on(service.delete(&caller(Role::Editor), show.id, &Terms::default()));
        assert!(matches!(answer, Err(ServiceError::Conflict { .. })));
    }

    #[test]
    fn an_update_that_changes_nothing_commits_nothing() {
        let (service, show) = holding(|| panic!("nothing is to be committed"));
        let patch = ShowPatch { name: Some(show.name.clone()), ..ShowPatch::default() };
        let answer = block_on(service.update(&caller(Role::Editor), show.id, &patch, &Terms::default()));
        assert_eq!(answer.unwrap(), Answered::Now(show));
    }
}
