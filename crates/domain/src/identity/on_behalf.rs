//! Doing something later on behalf of whoever has asked for it.

use std::sync::Arc;

use super::access::actor;
use super::{Caller, Role, UserId, UserStore};
use crate::event::Origin;
use crate::{Clock, ServiceError};

/// Finds out what somebody may do who is not there.
pub struct OnBehalf {
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl OnBehalf {
    /// The user as they are now, with no more than the role that was `granted` to them when they asked.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the user is gone.
    pub async fn of(&self, user: UserId, granted: Role) -> Result<Caller, ServiceError> {
        let now = self.clock.now();
        let bearer = self.users.find_bearer(user, None, now).await?.map(Arc::new);
        Ok(Caller { actor: actor(bearer, granted, None, now)?, origin: Origin::default() })
    }
}
