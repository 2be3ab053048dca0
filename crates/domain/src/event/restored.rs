//! What a restore does to the log: it goes on behind every place that the lost log can have given.

use std::sync::Arc;

use async_trait::async_trait;

use super::Seq;
use crate::{Clock, IdSource, ServiceError, StoreError, Timestamp};

/// By how many places the head moves on at least. No log gives that many after its latest backup.
const AT_LEAST: u32 = 1_000_000_000;
/// Below how many places are added at random, so that two logs that go on from one backup do not meet.
const AT_RANDOM: u32 = 1_000_000_000;

/// Places that no event of this log will ever have: only a log that is gone may have had events there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostRange {
    /// The first of them: the place after the last event of the backup.
    pub first: Seq,
    /// The last of them: where the head stands now.
    pub last: Seq,
}

/// Moves the head of the log.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait LogHead: Send + Sync {
    /// Moves the head on by so many places and records them as lost, in one transaction that waits for those that number
    /// events. What was committed without a number MUST get one behind them.
    async fn move_on(&self, places: u32, now: Timestamp) -> Result<LostRange, StoreError>;
}

/// What an operator does who has restored a store by their own means.
pub struct RestoredLog {
    /// Moves the head.
    pub head: Arc<dyn LogHead>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers, whose random part decides how far the head moves.
    pub ids: Arc<dyn IdSource>,
}

impl RestoredLog {
    /// Moves the head on by 1,000,000,000 and a random number below 1,000,000,000. Clients that have read further than
    /// the backup reaches are told so when they resume.
    pub async fn move_on(&self) -> Result<LostRange, ServiceError> {
        // The last 32 bits of a UUIDv7 are random (RFC 9562 section 5.7).
        let [.., a, b, c, d] = self.ids.next().into_bytes();
        let places = AT_LEAST + u32::from_be_bytes([a, b, c, d]) % AT_RANDOM;
        Ok(self.head.move_on(places, self.clock.now()).await?)
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::mocks::{MockClock, MockIdSource, MockLogHead};

    /// By how many places the head moves on where the new identifier ends so.
    fn places(random: u32) -> u32 {
        let (mut head, mut clock, mut ids) = (MockLogHead::new(), MockClock::new(), MockIdSource::new());
        head.expect_move_on()
            .returning(|places, _| Ok(LostRange { first: Seq::START.next(), last: Seq::new(places.into()).unwrap() }));
        clock.expect_now().returning(|| Timestamp::from_micros(0).unwrap());
        ids.expect_next().returning(move || Uuid::from_u128(u128::from(random)));
        let restored = RestoredLog { head: Arc::new(head), clock: Arc::new(clock), ids: Arc::new(ids) };
        block_on(restored.move_on()).unwrap().last.get().try_into().unwrap()
    }

    #[test]
    fn the_head_moves_on_by_a_billion_and_a_random_number_below_a_billion() {
        assert_eq!(places(0), 1_000_000_000);
        assert_eq!(places(999_999_999), 1_999_999_999);
        assert_eq!(places(1_000_000_000), 1_000_000_000);
        assert!((1_000_000_000..2_000_000_000).contains(&places(u32::MAX)));
    }
}
