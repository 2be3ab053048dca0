//! The use cases of presence.

use std::sync::Arc;

use super::{PresenceStore, Viewer, Viewing};
use crate::identity::Caller;
use crate::{Clock, ServiceError, Subject};

/// Everything that can be done with presence.
pub struct PresenceService {
    /// Keeps presence.
    pub presence: Arc<dyn PresenceStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl PresenceService {
    /// Notes that the caller looks at `subject` and answers everybody who does, the caller among them.
    ///
    /// The caller must be allowed to read the record.
    pub async fn look(&self, caller: &Caller, subject: Subject) -> Result<Vec<Viewer>, ServiceError> {
        let now = self.clock.now();
        let mut viewings = self.presence.viewings(subject.clone(), now).await?;
        let own = viewings.iter().find(|viewing| viewing.user_id == caller.actor.id);
        let keep = if let Some(own) = own {
            own.renewed(now)
        } else {
            let begun = Viewing::begin(subject, &caller.actor, now);
            viewings.push(begun.clone());
            Some(begun)
        };
        if let Some(viewing) = keep {
            self.presence.keep_viewing(viewing, now).await?;
        }
        Ok(viewings.into_iter().map(Viewer::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::event::Origin;
    use crate::identity::{Actor, Role, UserId};
    use crate::mocks::{MockClock, MockPresenceStore};
    use crate::{ResourceKind, Timestamp};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn caller() -> Caller {
        let id = UserId::new(uuid::Uuid::from_u128(5));
        let (email, name) = ("viewer@example.com".into(), "A viewer".into());
        let actor = Actor { id, email, name, role: Role::Viewer, expires_at: at(9_999) };
        Caller { actor, origin: Origin::default() }
    }

    fn subject() -> Subject {
        Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(1))
    }

    /// Looks at second `now`, with a viewing kept at second `kept`, and tells how often something was written.
    fn look(now: i64, kept: Option<i64>, writes: usize) -> Vec<Viewer> {
        let mut clock = MockClock::new();
        clock.expect_now().returning(move || at(now));
        let mut presence = MockPresenceStore::new();
        let earlier = kept.map(|kept| Viewing::begin(subject(), &caller().actor, at(kept)));
        presence.expect_viewings().returning(move |_, _| Ok(earlier.clone().into_iter().collect()));
        presence.expect_keep_viewing().times(writes).returning(|_, _| Ok(()));
        let service = PresenceService { presence: Arc::new(presence), clock: Arc::new(clock) };
        block_on(service.look(&caller(), subject())).unwrap()
    }

    #[test]
    fn the_first_look_is_written_and_counts_at_once() {
        assert_eq!(look(100, None, 1)[0].since, at(100));
    }

    #[test]
    fn a_second_look_soon_after_writes_nothing_and_a_later_one_lasts_longer() {
        assert_eq!(look(110, Some(100), 0)[0].since, at(100));
        assert_eq!(look(120, Some(100), 1)[0].since, at(100));
    }
}
