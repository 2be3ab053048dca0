//! Turns for work that may have to look at any number of rows.
//!
//! There are few, so that scans do not take the cores from everything else, and a user has one at a time: of two users each
//! has every other turn, however often one of them asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use showrunner_domain::identity::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::failure::Failure;

/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a scan may take.
pub(crate) const SCAN: Duration = Duration::from_secs(2);

/// Hands turns out.
pub(crate) struct Scans {
    lane: Arc<Semaphore>,
    users: Mutex<HashMap<Option<UserId>, Weak<Semaphore>>>,
}

/// A turn, until this value goes.
pub(crate) struct Turn {
    _of_user: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Scans {
    /// So many turns at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { lane: Arc::new(Semaphore::new(at_once)), users: Mutex::default() }
    }

    /// A turn for `asker`.
    ///
    /// # Errors
    /// [`Failure::Busy`] where none came in time.
    pub(crate) async fn turn(&self, asker: Option<UserId>) -> Result<Turn, Failure> {
        self.turn_within(PATIENCE, asker).await
    }

    async fn turn_within(&self, patience: Duration, asker: Option<UserId>) -> Result<Turn, Failure> {
        let user = self.user(asker);
        let turn = async {
            // Who waits for their own turn does not stand in others' way.
            let of_user = user.acquire_owned().await.map_err(|_| Failure::Closed)?;
            let of_all = self.lane.clone().acquire_owned().await.map_err(|_| Failure::Closed)?;
            Ok(Turn { _of_user: of_user, _of_all: of_all })
        };
        timeout(patience, turn).await.map_err(|_| Failure::Busy)?
    }

    fn user(&self, asker: Option<UserId>) -> Arc<Semaphore> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.retain(|_, turns| turns.strong_count() > 0);
        if let Some(turns) = users.get(&asker).and_then(Weak::upgrade) {
            return turns;
        }
        let turns = Arc::new(Semaphore::new(1));
        users.insert(asker, Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn a_user_who_asks_for_much_leaves_every_other_turn_to_another() {
        let scans = Arc::new(Scans::new(1));
        let order: Arc<Mutex<Vec<UserId>>> = Arc::default();
        let first = scans.turn(Some(user(1))).await.unwrap();
        let mut asked = Vec::new();
        for asker in [1, 1, 1, 1, 2, 2].map(user) {
            let (scans, order) = (scans.clone(), order.clone());
            asked.push(tokio::spawn(async move {
                let _turn = scans.turn(Some(asker)).await.unwrap();
                order.lock().unwrap().push(asker);
                tokio::task::yield_now().await;
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for asked in asked {
            asked.await.unwrap();
        }
        let order = order.lock().unwrap();
        assert!(order[..4].iter().filter(|asker| **asker == user(2)).count() == 2, "{order:?}");
        assert_eq!(order.len(), 6);
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_that_all_turns_are_taken() {
        let scans = Scans::new(1);
        let _taken = scans.turn(Some(user(1))).await.unwrap();
        for asker in [1, 2].map(user) {
            let refused = scans.turn_within(Duration::from_millis(1), Some(asker)).await;
            assert!(matches!(refused, Err(Failure::Busy)));
        }
    }
}
