//! The use cases of shows: load, transition, commit.

use std::sync::Arc;

use super::{NewShow, Show, ShowAfter, ShowId, ShowPatch, ShowQuery, ShowStore, Slug};
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit, permit_within};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms, fold};

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

    /// Creates a show, once for each receipt. Where its name suggests the slug of a show of another name, it gets one like it.
    ///
    /// # Errors
    /// [`ServiceError::AlreadyExists`] where a show has the slug that is given, or the name where none is.
    pub async fn create(&self, caller: &Caller, new: NewShow, terms: &Terms) -> Result<Answered<Show>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Show)?;
        let id = ShowId::new(self.ids.next());
        let writing = self.writing(terms);
        let create = |new| writing.create(move || Show::create(id, new, &self.stamp(caller)));
        let taken = match create(new.clone()).await {
            Err(taken @ ServiceError::AlreadyExists { .. }) if new.others.slug.is_none() => taken,
            answered => return answered,
        };
        let suggested = Slug::suggested(new.name.as_str(), id.uuid());
        let alternatives = suggested.alternatives();
        let slugs = alternatives.iter().chain([&suggested]).cloned().collect();
        let others = self.shows.find_shows_by_slug(slugs).await?;
        let name = fold(new.name.as_str());
        if others.iter().any(|show| fold(show.name.as_str()) == name) {
            return Err(taken);
        }
        let with = |slug| NewShow { others: ShowPatch { slug: Some(slug), ..new.others.clone() }, ..new.clone() };
        let free = alternatives.into_iter().find(|slug| others.iter().all(|show| show.slug != *slug));
        if let Some(free) = free {
            match create(with(free)).await {
                // Another show was given it meanwhile.
                Err(ServiceError::AlreadyExists { .. }) => {}
                answered => return answered,
            }
        }
        create(with(suggested.unique(id.uuid()))).await
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

    /// A show of this name, slug and identifier.
    fn called(name: &str, slug: &str, id: u128) -> Show {
        let others = ShowPatch { slug: Slug::parse(slug).ok(), ..ShowPatch::default() };
        let new = NewShow { name: ShowName::parse(name).unwrap(), others };
        let mut ids = MockIdSource::new();
        ids.expect_next().return_const(uuid::Uuid::from_u128(1));
        let stamp = Stamp::of(&caller(Role::Editor), &ids, Timestamp::from_micros(0).unwrap());
        Show::create(ShowId::new(uuid::Uuid::from_u128(id)), new, &stamp).state().clone()
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
    fn names_whose_slugs_collide_get_distinct_slugs() {
        for (holders, slug) in
            [(1, Some("learn-c-2")), (3, Some("learn-c-4")), (9, Some("learn-c-000000000001")), (0, None)]
        {
            let (mut shows, mut ledger) = (MockShowStore::new(), MockLedger::new());
            let holders = (1..=holders).map(|number| called("Learn C", &format!("learn-c-{number}"), number));
            let same = called("learn c++", "learn-c", 10);
            let others: Vec<Show> = if slug.is_some() { holders.collect() } else { vec![same] };
            let taken: Vec<Slug> = others.iter().map(|show| show.slug.clone()).chain(Slug::parse("learn-c")).collect();
            shows.expect_find_shows_by_slug().returning(move |_| Ok(others.clone()));
            ledger.expect_commit().returning(move |set| match set.changes() {
                [RecordChange::Show(change)] if taken.contains(&change.state().slug) => {
                    Err(CommitError::AlreadyExists { what: "a show with this slug" })
                }
                _ => Ok(Committed),
            });
            let new = NewShow { name: ShowName::parse("Learn C++").unwrap(), others: ShowPatch::default() };
            let created = block_on(service(shows, ledger).create(&caller(Role::Editor), new, &Terms::default()));
            match (created, slug) {
                (Ok(Answered::Now(show)), Some(slug)) => assert_eq!(show.slug.as_str(), slug),
                (Err(ServiceError::AlreadyExists { .. }), None) => {}
                (created, slug) => panic!("{slug:?}: {created:?}"),
            }
        }
    }

    #[test]
    fn a_slug_that_is_given_and_taken_is_refused() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().once().returning(|_| Err(CommitError::AlreadyExists { what: "a show with this slug" }));
        let others = ShowPatch { slug: Slug::parse("learn-c").ok(), ..ShowPatch::default() };
        let new = NewShow { name: ShowName::parse("Learn C++").unwrap(), others };
        let created =
            block_on(service(MockShowStore::new(), ledger).create(&caller(Role::Editor), new, &Terms::default()));
        assert!(matches!(created, Err(ServiceError::AlreadyExists { .. })), "{created:?}");
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
        assert!(matches!(answer, Err(ServiceError::InUse { .. })));
    }

    #[test]
    fn an_update_that_changes_nothing_commits_nothing() {
        let (service, show) = holding(|| panic!("nothing is to be committed"));
        let patch = ShowPatch { name: Some(show.name.clone()), ..ShowPatch::default() };
        let answer = block_on(service.update(&caller(Role::Editor), show.id, &patch, &Terms::default()));
        assert_eq!(answer.unwrap(), Answered::Now(show));
    }
}
