//! Whoever makes a request.

use super::{Role, SessionId, UserId};
use crate::Timestamp;
use crate::event::Origin;

/// A user whose token was accepted, with the role that counts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The lower of the token's role and the user's.
    pub role: Role,
    /// The highest role that the token carries.
    pub granted: Role,
    /// The session that the token belongs to, if it belongs to one.
    pub session: Option<SessionId>,
    /// When the token stops being accepted.
    pub expires_at: Timestamp,
}

/// An actor and where their request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}
