//! Whoever makes a request.

use super::{Role, SessionId, ShowRoles, UserId};
use crate::Timestamp;
use crate::event::Origin;
use crate::show::ShowId;

/// A user whose token was accepted, with the role that counts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The lower of `granted` and the user's role: what counts outside the shows of `shows`.
    pub role: Role,
    /// What counts within single shows instead: the lower of `granted` and the membership's role.
    pub shows: ShowRoles,
    /// The bound of the token: the highest role that a minted token carries. A session's token bounds nothing.
    pub granted: Role,
    /// The session that the token belongs to, if it belongs to one.
    pub session: Option<SessionId>,
    /// When the token stops being accepted.
    pub expires_at: Timestamp,
}

impl Actor {
    /// The role that counts within `show`, or outside any.
    #[must_use]
    pub fn role_within(&self, show: Option<ShowId>) -> Role {
        show.and_then(|show| self.shows.within(show)).unwrap_or(self.role)
    }
}

/// An actor and where their request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}
