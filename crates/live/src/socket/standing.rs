//! Who is at the other end, as far as the connection knows now.

use std::time::Duration;

use showrunner_domain::Clock;
use showrunner_domain::identity::Actor;
use tokio::time::Instant;

use super::close_code::AUTHENTICATE;
use super::ending::Ending;
use super::server_frame::{ErrorCode, Refusal};
use crate::expiry::{expiry, has_expired};

/// Who is at the other end.
#[derive(Debug)]
pub(super) enum Standing {
    /// Nobody yet; a token must come by then.
    Unknown { until: Instant },
    /// A user whose token is good.
    Known(Box<Actor>),
    /// A user whose token has expired; a new one must come by then. Until it does no event is sent, and none is lost:
    /// the connection's position stays where it is.
    Expired { actor: Box<Actor>, until: Instant },
}

impl Standing {
    /// The user, while their token is good.
    pub(super) fn actor(&self) -> Result<&Actor, Refusal> {
        match self {
            Self::Known(actor) => Ok(actor),
            Self::Unknown { .. } => {
                Err(Refusal::new(ErrorCode::Unauthenticated, "send an auth frame with a token first"))
            }
            Self::Expired { .. } => Err(expired()),
        }
    }

    /// The user, also while their token has expired.
    pub(super) fn user_mut(&mut self) -> Option<&mut Actor> {
        match self {
            Self::Known(actor) | Self::Expired { actor, .. } => Some(actor),
            Self::Unknown { .. } => None,
        }
    }

    /// Accepts a token's user. A connection belongs to one user for as long as it lives.
    pub(super) fn accept(&mut self, actor: Actor) -> Result<(), Refusal> {
        if let Self::Known(earlier) | Self::Expired { actor: earlier, .. } = self
            && earlier.id != actor.id
        {
            return Err(Refusal::new(ErrorCode::Unauthenticated, "this connection belongs to another user"));
        }
        *self = Self::Known(Box::new(actor));
        Ok(())
    }

    /// Notices the passing of time. Answers what to tell the client, if its token has expired just now.
    pub(super) fn keep_time(&mut self, clock: &dyn Clock, renewal: Duration) -> Result<Option<Refusal>, Ending> {
        match self {
            Self::Known(actor) if has_expired(actor, clock) => {
                *self = Self::Expired { actor: actor.clone(), until: Instant::now() + renewal };
                Ok(Some(expired()))
            }
            Self::Unknown { until } if *until <= Instant::now() => {
                Err(Ending::Close(AUTHENTICATE, "no token was accepted in time"))
            }
            Self::Expired { until, .. } if *until <= Instant::now() => {
                Err(Ending::Close(AUTHENTICATE, "the token has expired and was not renewed"))
            }
            _ => Ok(None),
        }
    }

    /// When to keep time again.
    pub(super) fn due(&self, clock: &dyn Clock) -> Instant {
        match self {
            Self::Unknown { until } | Self::Expired { until, .. } => *until,
            Self::Known(actor) => expiry(actor, clock),
        }
    }
}

fn expired() -> Refusal {
    Refusal::new(ErrorCode::TokenExpired, "the token has expired: send an auth frame with a new one")
}
