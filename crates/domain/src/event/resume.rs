//! Resuming: whether the log is still the one that a client has read.
//!
//! A store that was restored from a backup gives places again that clients have seen with other events. A client that
//! resumes says where it stopped and, where it can, which event it saw there.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{EventId, LogBounds, Seq};
use crate::Invalid;

/// Where a client stopped reading.
///
/// Its text form is `<seq>:<event id>`, or `<seq>` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResumePoint {
    /// The place.
    pub since: Seq,
    /// The event that the client saw at that place; `None` where it saw none there, or does not say.
    pub since_id: Option<EventId>,
}

impl From<Seq> for ResumePoint {
    fn from(since: Seq) -> Self {
        Self { since, since_id: None }
    }
}

impl fmt::Display for ResumePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { since, since_id } = self;
        since.fmt(f)?;
        since_id.map_or(Ok(()), |id| write!(f, ":{id}"))
    }
}

impl FromStr for ResumePoint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((since, id)) = text.split_once(':') else { return text.parse().map(|since: Seq| since.into()) };
        let since_id = id.parse().map_err(|_| Invalid::Malformed { expected: "<seq>:<event id>" })?;
        Ok(Self { since: since.parse()?, since_id: Some(since_id) })
    }
}

/// What the log holds now, and what it knows of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// What the log holds.
    pub bounds: LogBounds,
    /// The event at the place, if it is still held.
    pub event: Option<EventId>,
    /// Whether the place lies in a range that was lost to a restore: only a log that is gone had events there.
    pub lost: bool,
}

impl History {
    /// Whether a client that stopped at `point` gets everything after it. `self` must be of the place `point.since`.
    pub fn verify(&self, point: ResumePoint) -> Result<(), CannotResume> {
        let Self { bounds, event, lost } = self;
        if point.since > bounds.head {
            return Err(CannotResume::BeyondHead);
        }
        if *lost {
            return Err(CannotResume::Lost);
        }
        if !bounds.reach_back_to(point.since) {
            return Err(CannotResume::Truncated);
        }
        if point.since_id.is_some() && point.since_id != *event {
            return Err(CannotResume::OtherEvent);
        }
        Ok(())
    }
}

/// Why a client cannot resume where it stopped: it has to read the records again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CannotResume {
    /// This log has not come that far.
    #[error("since lies beyond the log's head")]
    BeyondHead,
    /// Retention has removed events after it.
    #[error("the log no longer reaches back to since")]
    Truncated,
    /// Another log had events there.
    #[error("since lies in a range of the log that was lost to a restore")]
    Lost,
    /// The client has seen another event there.
    #[error("the event at since is not the one of since_id")]
    OtherEvent,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn seq(number: i64) -> Seq {
        Seq::new(number).unwrap()
    }

    fn id(number: u128) -> EventId {
        EventId::new(Uuid::from_u128(number))
    }

    /// What a log from 3 to 9 answers about `since`, where it holds `event`.
    fn answer(since: i64, since_id: Option<u128>, event: Option<u128>, lost: bool) -> Result<(), CannotResume> {
        let bounds = LogBounds { first: seq(3), head: seq(9) };
        let point = ResumePoint { since: seq(since), since_id: since_id.map(id) };
        History { bounds, event: event.map(id), lost }.verify(point)
    }

    #[test]
    fn a_client_resumes_where_the_log_has_the_event_that_it_saw() {
        assert_eq!(answer(5, Some(1), Some(1), false), Ok(()));
        assert_eq!(answer(5, None, Some(1), false), Ok(()));
        assert_eq!(answer(2, None, None, false), Ok(()));
    }

    #[test]
    fn another_event_or_none_any_more_is_another_history() {
        assert_eq!(answer(5, Some(1), Some(2), false), Err(CannotResume::OtherEvent));
        assert_eq!(answer(2, Some(1), None, false), Err(CannotResume::OtherEvent));
    }

    #[test]
    fn a_place_that_is_lost_or_not_held_is_refused_whatever_event_is_named() {
        for since_id in [None, Some(1)] {
            assert_eq!(answer(10, since_id, None, false), Err(CannotResume::BeyondHead));
            assert_eq!(answer(1, since_id, None, false), Err(CannotResume::Truncated));
            assert_eq!(answer(6, since_id, None, true), Err(CannotResume::Lost));
        }
    }

    #[test]
    fn a_text_of_another_form_is_refused() {
        for text in ["", ":", "1:", ":00000000-0000-0000-0000-000000000001", "1:x", "-1", "+1:0", "1:2:3", " 1"] {
            assert!(text.parse::<ResumePoint>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_point_survives_its_own_text(place in 0..=i64::MAX, event in any::<Option<u128>>()) {
            let point = ResumePoint { since: seq(place), since_id: event.map(id) };
            prop_assert_eq!(point.to_string().parse(), Ok(point));
        }
    }
}
