//! On whose word accounts are changed.

use super::{Action, Caller, permit};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::{IdSource, ResourceKind, ServiceError, Timestamp};

/// On whose word accounts are changed.
#[derive(Debug, Clone, Copy)]
pub enum Authority<'a> {
    /// That of whoever makes a request, if the permission table allows it.
    Caller(&'a Caller),
    /// That of whoever has the store at hand: an operator on the command line, or the server at its first start.
    Operator,
}

impl Authority<'_> {
    /// Whether others' accounts may be seen and changed.
    pub(crate) fn permit(self) -> Result<(), ServiceError> {
        match self {
            Self::Caller(caller) => permit(&caller.actor, Action::Manage, ResourceKind::User),
            Self::Operator => Ok(()),
        }
    }

    pub(crate) fn stamp(self, ids: &dyn IdSource, now: Timestamp) -> Stamp {
        match self {
            Self::Caller(caller) => Stamp::of(caller, ids, now),
            Self::Operator => {
                let (actor, origin) = (ActorStamp::system(), Origin::default());
                Stamp { id: EventId::new(ids.next()), now, actor, origin }
            }
        }
    }
}
