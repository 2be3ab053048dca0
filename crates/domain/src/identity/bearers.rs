//! Whom tokens speak for, remembered for a moment: a busy client is not looked up with every request.
//!
//! A change that takes something from somebody counts everywhere once it is answered all the same: whoever commits one
//! forgets at once, and answers when what others remember has run out ([`Bearers::MEMORY`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Bearer, SessionId, UserId, UserStore};
use crate::{StoreError, Timestamp};

/// How many bearers are remembered at most. Beyond that all are forgotten, which costs each of them one look.
const MOST: usize = 10_000;

/// Looks up whom tokens speak for.
pub struct Bearers {
    users: Arc<dyn UserStore>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    known: HashMap<(UserId, Option<SessionId>), (Arc<Bearer>, Timestamp)>,
    /// How often everything was forgotten: what was asked for before that must not be remembered after.
    forgotten: u64,
}

impl Bearers {
    /// How long an answer of the store is good for, from when it was asked.
    pub const MEMORY: Duration = Duration::from_millis(250);

    /// Looks them up in `users`.
    #[must_use]
    pub fn new(users: Arc<dyn UserStore>) -> Self {
        Self { users, memory: Mutex::default() }
    }

    /// The bearer, as they were at `now` or within [`MEMORY`](Self::MEMORY) before.
    pub(super) async fn find(
        &self,
        user: UserId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Option<Arc<Bearer>>, StoreError> {
        if let Some((bearer, asked_at)) = self.memory().known.get(&(user, session))
            && now.since(*asked_at).is_some_and(|age| age < Self::MEMORY)
        {
            return Ok(Some(Arc::clone(bearer)));
        }
        self.find_anew(user, session, now).await
    }

    /// The bearer, as they are now.
    pub(super) async fn find_anew(
        &self,
        user: UserId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Option<Arc<Bearer>>, StoreError> {
        let forgotten = self.memory().forgotten;
        let found = self.users.find_bearer(user, session, now).await?.map(Arc::new);
        let mut memory = self.memory();
        match &found {
            Some(bearer) if memory.forgotten == forgotten => {
                if memory.known.len() >= MOST {
                    memory.known.clear();
                }
                memory.known.insert((user, session), (Arc::clone(bearer), now));
            }
            Some(_) => {}
            None => drop(memory.known.remove(&(user, session))),
        }
        Ok(found)
    }

    /// Forgets everybody.
    pub fn forget(&self) {
        let mut memory = self.memory();
        memory.forgotten += 1;
        memory.known.clear();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::Line;
    use crate::event::{ActorStamp, EventId, Origin, Stamp};
    use crate::identity::{Email, NewUser, Role, User};
    use crate::mocks::MockUserStore;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    fn stamp() -> Stamp {
        let id = EventId::new(uuid::Uuid::from_u128(9));
        Stamp { id, now: at(0), actor: ActorStamp::system(), origin: Origin::default() }
    }

    fn user() -> User {
        let (email, name) = (Email::parse("editor@example.com").unwrap(), Line::parse("An editor").unwrap());
        let new = NewUser { email, name, role: Role::Editor };
        User::create(UserId::new(uuid::Uuid::from_u128(1)), new, &stamp()).state().clone()
    }

    /// Bearers whose store must be asked exactly `times`.
    fn asked(times: usize) -> Arc<Bearers> {
        let mut users = MockUserStore::new();
        users
            .expect_find_bearer()
            .times(times)
            .returning(|_, _, _| Ok(Some(Bearer { user: user(), memberships: Vec::new() })));
        Arc::new(Bearers::new(Arc::new(users)))
    }

    fn found(bearers: &Bearers, now: Timestamp) -> bool {
        block_on(bearers.find(user().id, None, now)).unwrap().is_some()
    }

    #[test]
    fn an_answer_is_good_for_a_quarter_of_a_second_whatever_the_clock_does() {
        let bearers = asked(3);
        let first = at(5_000_000);
        assert!(found(&bearers, first) && found(&bearers, at(5_249_999)));
        assert!(found(&bearers, at(5_250_000)));
        assert!(found(&bearers, first), "the clock went back");
    }

    #[test]
    fn who_asks_anew_gets_the_stores_answer() {
        let bearers = asked(2);
        assert!(found(&bearers, at(0)));
        assert!(block_on(bearers.find_anew(user().id, None, at(1))).unwrap().is_some());
        assert!(found(&bearers, at(2)));
    }

    #[test]
    fn whoever_was_forgotten_is_asked_for_again() {
        let bearers = asked(2);
        assert!(found(&bearers, at(0)));
        bearers.forget();
        assert!(found(&bearers, at(1)));
    }

    #[test]
    fn what_was_asked_for_before_a_change_is_not_remembered_after_it() {
        let mut users = MockUserStore::new();
        let this: Arc<Mutex<Option<Arc<Bearers>>>> = Arc::default();
        let during = Arc::clone(&this);
        users.expect_find_bearer().times(2).returning(move |_, _, _| {
            during.lock().unwrap().as_ref().unwrap().forget();
            Ok(Some(Bearer { user: user(), memberships: Vec::new() }))
        });
        let bearers = Arc::new(Bearers::new(Arc::new(users)));
        *this.lock().unwrap() = Some(Arc::clone(&bearers));
        assert!(found(&bearers, at(0)) && found(&bearers, at(0)));
        *this.lock().unwrap() = None;
    }
}
