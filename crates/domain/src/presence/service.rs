//! The use cases of presence.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Attendance, Board, ChoicePatch, NodeId, Place, PresenceStore, Present, PresentAfter, Viewer, Watched};
use crate::identity::{Action, Actor, UserId, permit};
use crate::{Clock, Limit, Page, ResourceKind, ServiceError, StoreError};

/// Everything that can be done with presence on one node. Nothing but [`exchange`](Self::exchange) and
/// [`leave`](Self::leave) waits for the store.
pub struct PresenceService {
    node: NodeId,
    /// Locked for moments only, never across an `await`.
    board: Mutex<Board>,
    store: Arc<dyn PresenceStore>,
    clock: Arc<dyn Clock>,
}

impl PresenceService {
    /// Presence on `node`, which shares it through `store`.
    #[must_use]
    pub fn new(node: NodeId, store: Arc<dyn PresenceStore>, clock: Arc<dyn Clock>) -> Self {
        Self { node, board: Mutex::new(Board::new(node)), store, clock }
    }

    /// Notes that `actor` looks at `place` by a plain request, which counts for a minute, and answers everybody who
    /// does, `actor` among them. The caller must be allowed to read the record.
    pub fn look(&self, actor: &Actor, place: Place) -> Vec<Viewer> {
        let now = self.clock.now();
        let mut board = self.board();
        board.look(place, actor, now);
        board.viewers(place, now)
    }

    /// Everybody who looks at `place`. The caller must be allowed to read the record.
    pub fn watched(&self, actor: &Actor, place: Place) -> Result<Watched, ServiceError> {
        permit(actor, Action::Read, ResourceKind::Presence)?;
        Ok(self.viewers(place))
    }

    /// A page of everybody who is there, by name. Asking shows that the asker is there too.
    pub fn present(
        &self,
        actor: &Actor,
        limit: Limit,
        after: Option<&PresentAfter>,
        total: bool,
    ) -> Result<Page<Present, PresentAfter>, ServiceError> {
        permit(actor, Action::Read, ResourceKind::Presence)?;
        let now = self.clock.now();
        let mut present = {
            let mut board = self.board();
            board.look(Place::Server, actor, now);
            board.present(now)
        };
        let total = total.then_some(present.len() as u64);
        if let Some(after) = after {
            present.retain(|entry| place_of(entry) > (after.user_name.as_str(), after.user_id));
        }
        present.sort_unstable_by(|a, b| place_of(a).cmp(&place_of(b)));
        present.truncate(limit.get() + 1);
        let after = |last: &Present| PresentAfter { user_name: last.user_name.clone(), user_id: last.user_id };
        Ok(Page::cut(present, limit, total, after))
    }

    /// `actor` chooses how to be seen, and is there thereby.
    pub fn choose(&self, actor: &Actor, patch: ChoicePatch) -> Result<Present, ServiceError> {
        permit(actor, Action::Write, ResourceKind::Presence)?;
        let now = self.clock.now();
        let mut board = self.board();
        board.look(Place::Server, actor, now);
        board.choose(actor.id, patch);
        Ok(board.seen(actor, now))
    }

    /// A connection of `actor` has begun; it lasts as long as the answer. Who may not read presence has none.
    pub fn attend(self: &Arc<Self>, actor: &Actor) -> Option<Attendance> {
        permit(actor, Action::Read, ResourceKind::Presence).ok()?;
        self.board().connect(actor, self.clock.now());
        Some(Attendance::new(Arc::clone(self), actor.id))
    }

    /// Tells the store what has changed here, takes in what has changed elsewhere, and answers where somebody has come
    /// or gone. To be called a few times a second by one task, as often as watchers may be told of a record.
    pub async fn exchange(&self) -> Result<Vec<Place>, StoreError> {
        let now = self.clock.now();
        let flush = self.board().take_flush(now);
        if let Some(flush) = flush {
            match self.store.flush(flush, now).await {
                Ok(flushed) => self.board().flushed(flushed, now),
                Err(error) => {
                    self.board().not_flushed();
                    return Err(error);
                }
            }
        }
        let from = self.board().read_from(now);
        let changes = self.store.changes(from, self.node, now).await?;
        Ok(self.board().apply(changes, self.clock.now()))
    }

    /// Takes what this node's connections held out of the store: the node ends.
    pub async fn leave(&self) -> Result<(), StoreError> {
        self.store.leave(self.node, self.clock.now()).await
    }

    /// Everybody who looks at `place`, for whoever was let in to watch it.
    pub fn viewers(&self, place: Place) -> Watched {
        let board = self.board();
        Watched { viewers: board.viewers(place, self.clock.now()), version: board.position() }
    }

    pub(super) fn view(&self, place: Place, user: UserId) {
        self.board().view(place, user, self.clock.now());
    }

    pub(super) fn unview(&self, place: Place, user: UserId) {
        self.board().unview(place, user);
    }

    pub(super) fn hear(&self, user: UserId) {
        self.board().hear(user, self.clock.now());
    }

    pub(super) fn disconnect(&self, user: UserId, views: &[Place]) {
        let mut board = self.board();
        for place in views {
            board.unview(*place, user);
        }
        board.disconnect(user);
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an entry stands in the list of those present.
fn place_of(entry: &Present) -> (&str, UserId) {
    (&entry.user_name, entry.user_id)
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::super::{Changes, Flushed, MOST_VIEWS, PresenceState, Revision, TooManyViews};
    use super::*;
    use crate::episode::EpisodeId;
    use crate::identity::{Role, ShowRoles};
    use crate::mocks::{MockClock, MockPresenceStore};
    use crate::{StoreError, Timestamp};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn actor(number: u128, role: Role) -> Actor {
        let id = UserId::new(Uuid::from_u128(number));
        let (email, name) = ("viewer@example.com".into(), format!("User {}", 100 - number));
        Actor {
            id,
            email,
            name,
            role,
            shows: ShowRoles::default(),
            granted: role,
            session: None,
            expires_at: at(9_999),
        }
    }

    fn episode(number: usize) -> Place {
        Place::Episode(EpisodeId::new(Uuid::from_u128(number as u128)))
    }

    /// Presence at second 100, on a store that nobody asks.
    fn presence() -> Arc<PresenceService> {
        on(MockPresenceStore::new())
    }

    fn on(store: MockPresenceStore) -> Arc<PresenceService> {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| at(100));
        Arc::new(PresenceService::new(NodeId::new(Uuid::from_u128(1)), Arc::new(store), Arc::new(clock)))
    }

    #[test]
    fn a_look_is_answered_at_once_and_asks_no_store() {
        let presence = presence();
        let viewers = presence.look(&actor(5, Role::Viewer), episode(1));
        assert_eq!((viewers.len(), viewers[0].since), (1, at(100)));
    }

    #[test]
    fn a_connection_takes_everything_along_when_it_goes() {
        let presence = presence();
        let mut attendance = presence.attend(&actor(5, Role::Viewer)).unwrap();
        attendance.view(episode(1)).unwrap();
        attendance.view(episode(1)).unwrap();
        attendance.view(episode(2)).unwrap();
        attendance.unview(episode(2));
        assert_eq!(presence.viewers(episode(1)).viewers.len(), 1);
        assert!(presence.viewers(episode(2)).viewers.is_empty());
        drop(attendance);
        assert!(presence.viewers(episode(1)).viewers.is_empty());
        assert!(presence.viewers(Place::Server).viewers.is_empty());
    }

    #[test]
    fn a_connection_views_a_bounded_number_of_records() {
        let mut attendance = presence().attend(&actor(5, Role::Viewer)).unwrap();
        for number in 0..MOST_VIEWS {
            attendance.view(episode(number)).unwrap();
        }
        assert_eq!(attendance.view(episode(MOST_VIEWS)), Err(TooManyViews));
        assert_eq!(attendance.view(episode(0)), Ok(()));
    }

    #[test]
    fn a_worker_has_no_part_in_presence() {
        let (presence, worker) = (presence(), actor(5, Role::Worker));
        assert!(presence.attend(&worker).is_none());
        assert!(presence.present(&worker, Limit::default(), None, false).is_err());
        assert!(presence.choose(&worker, ChoicePatch::default()).is_err());
        assert!(presence.watched(&worker, episode(1)).is_err());
    }

    #[test]
    fn those_present_are_listed_by_name_page_by_page() {
        let presence = presence();
        let _guests: Vec<_> = (1..=5).map(|number| presence.attend(&actor(number, Role::Viewer))).collect();
        let (asker, limit) = (actor(3, Role::Viewer), Limit::parse(2).unwrap());
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = presence.present(&asker, limit, after.as_ref(), true).unwrap();
            assert_eq!(page.total, Some(5));
            names.extend(page.items.into_iter().map(|entry| entry.user_name));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, ["User 95", "User 96", "User 97", "User 98", "User 99"]);
    }

    #[test]
    fn a_choice_shows_at_once() {
        let presence = presence();
        let patch = ChoicePatch { state: Some(PresenceState::Busy), ..ChoicePatch::default() };
        let entry = presence.choose(&actor(5, Role::Viewer), patch).unwrap();
        assert_eq!(entry.state, PresenceState::Busy);
    }

    #[test]
    fn an_exchange_that_fails_loses_nothing_and_the_next_one_tells_where_somebody_came() {
        let mut store = MockPresenceStore::new();
        store.expect_flush().once().returning(|_, _| Err(StoreError::new("the disk is gone")));
        store
            .expect_flush()
            .once()
            .withf(|flush, _| flush.entries.len() == 2)
            .returning(|_, _| Ok(Flushed { lease_is_new: false }));
        let head = Revision::new(1);
        store.expect_changes().once().returning(move |_, _, _| Ok(Some(Changes { head, ..Changes::default() })));
        let presence = on(store);
        presence.look(&actor(5, Role::Viewer), episode(1));
        assert!(block_on(presence.exchange()).is_err());
        assert!(block_on(presence.exchange()).unwrap().contains(&episode(1)));
        assert_eq!(presence.viewers(episode(1)).version, head);
    }
}
