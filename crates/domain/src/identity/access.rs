//! Letting people in: from a token to an actor, and from an address to a token.

use std::sync::Arc;

use super::{Actor, Claims, Email, Role, TokenError, TokenSigner, TokenVerifier, User, UserId, UserStore};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::{ChangeSet, Clock, CommitError, IdSource, Ledger, Line, ServiceError};

/// How long a token is accepted, in seconds.
const TOKEN_LIFETIME: i64 = 12 * 60 * 60;

/// Accepts and issues access tokens.
pub struct AccessService {
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Writes accounts.
    pub ledger: Arc<dyn Ledger>,
    /// Reads tokens.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl AccessService {
    /// The actor whom `token` speaks for.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the token is not accepted or its user is gone.
    pub async fn authenticate(&self, token: &str) -> Result<Actor, ServiceError> {
        let claims = self.verifier.verify(token).await.map_err(|error| match error {
            TokenError::Refused(reason) => ServiceError::Unauthenticated { reason },
            TokenError::Store(error) => ServiceError::Unavailable(error),
        })?;
        if claims.expires_at <= self.clock.now() {
            return Err(ServiceError::Unauthenticated { reason: "the token has expired: get a new one" });
        }
        let user = self.users.find_user(claims.sub).await?;
        let user = user.ok_or(ServiceError::Unauthenticated { reason: "the token's user does not exist" })?;
        let role = user.role.lower(claims.role).ok_or(ServiceError::Unauthenticated {
            reason: "the token's role and its user's have nothing in common: get a new token",
        })?;
        Ok(Actor {
            id: user.id,
            email: user.email.to_string(),
            name: user.name.to_string(),
            role,
            expires_at: claims.expires_at,
        })
    }

    /// A token for the user of this address, valid for twelve hours. A user who does not exist is created, with the
    /// address as name and with `role`; one who exists stays as they are.
    pub async fn issue(&self, signer: &dyn TokenSigner, email: Email, role: Role) -> Result<String, ServiceError> {
        let user = match self.users.find_user_by_email(&email).await? {
            Some(user) => user,
            None => self.create(email, role).await?,
        };
        let claims = Claims {
            sub: user.id,
            email: user.email.to_string(),
            name: user.name.to_string(),
            role,
            expires_at: self.clock.now().plus_seconds(TOKEN_LIFETIME),
        };
        signer.sign(&claims).map_err(|error| match error {
            TokenError::Refused(reason) => ServiceError::Unauthenticated { reason },
            TokenError::Store(error) => ServiceError::Unavailable(error),
        })
    }

    async fn create(&self, email: Email, role: Role) -> Result<User, ServiceError> {
        let name = Line::parse(email.as_str())
            .map_err(|reason| ServiceError::Invalid(vec![crate::FieldError::new("email", reason)]))?;
        let stamp = Stamp {
            id: EventId::new(self.ids.next()),
            now: self.clock.now(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
        };
        let change = User::create(UserId::new(self.ids.next()), email.clone(), name, role, &stamp);
        let user = change.state().clone();
        match self.ledger.commit(ChangeSet::from(change)).await {
            Ok(_) => Ok(user),
            Err(CommitError::AlreadyExists { what }) => {
                let created_by_another = self.users.find_user_by_email(&email).await?;
                created_by_another.ok_or(ServiceError::AlreadyExists { what })
            }
            Err(error) => Err(error.into()),
        }
    }
}
