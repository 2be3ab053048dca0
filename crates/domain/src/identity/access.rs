//! Letting people in: from a token to an actor, and from an address to a token.

use std::sync::Arc;

use super::{
    Actor, Bearer, Bearers, Claims, Email, NewUser, Revocations, Role, ShowRoles, SigningKeyService, TokenId,
    TokenProof, TokenSigner, TokenVerifier, User, UserId, UserStore, VerifiedToken,
};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::{ChangeSet, Clock, CommitError, IdSource, Ledger, Line, ServiceError};

/// Accepts access tokens, and issues them on an operator's word.
pub struct AccessService {
    /// Knows whom tokens speak for.
    pub bearers: Arc<Bearers>,
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Writes accounts.
    pub ledger: Arc<dyn Ledger>,
    /// Reads tokens.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Knows what is revoked.
    pub revocations: Arc<Revocations>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl AccessService {
    /// The actor whom `token` speaks for.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the token is not accepted, its user is gone or its session has ended.
    pub async fn authenticate(&self, token: &str) -> Result<Actor, ServiceError> {
        let VerifiedToken { claims, proof } = &*self.verifier.verify(token).await?;
        let now = self.clock.now();
        if claims.expires_at <= now {
            return Err(ServiceError::Unauthenticated { reason: "the token has expired: get a new one" });
        }
        self.check_revoked(proof)?;
        let bearer = self.bearers.find(claims.sub, claims.session, now).await?;
        actor(bearer, claims.bound(), claims.session, claims.expires_at)
    }

    /// What `token` can be revoked by. Whether it is accepted is not asked.
    pub async fn proof(&self, token: &str) -> Result<TokenProof, ServiceError> {
        Ok(self.verifier.verify(token).await?.proof.clone())
    }

    /// Asks whether the token of `proof` was revoked, without asking the store.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where it was.
    pub fn check_revoked(&self, proof: &TokenProof) -> Result<(), ServiceError> {
        if self.revocations.cover(proof) {
            return Err(ServiceError::Unauthenticated { reason: "the token was revoked: get a new one" });
        }
        Ok(())
    }

    /// The actor as they are now: an earlier one whose token was good then. Whether it has expired is not asked.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the user is gone or the session has ended meanwhile.
    pub async fn reconsider(&self, earlier: &Actor) -> Result<Actor, ServiceError> {
        let Actor { id, granted, session, expires_at, .. } = *earlier;
        let bearer = self.bearers.find_anew(id, session, self.clock.now()).await?;
        actor(bearer, granted, session, expires_at)
    }

    /// A token for the user of this address, valid for twelve hours. A user who does not exist is created, with the
    /// address as name and with `role`; one who exists stays as they are.
    pub async fn issue(&self, signer: &dyn TokenSigner, email: Email, role: Role) -> Result<String, ServiceError> {
        let user = match self.users.find_user_by_email(&email).await? {
            Some(user) => user,
            None => self.create(email, role).await?,
        };
        let claims = Claims {
            id: TokenId::new(self.ids.next()),
            sub: user.id,
            email: user.email.to_string(),
            name: user.name.to_string(),
            role,
            session: None,
            expires_at: self.clock.now().plus_seconds(SigningKeyService::LONGEST_LIFETIME),
        };
        Ok(signer.sign(&claims)?)
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
        let new = NewUser { email: email.clone(), name, role };
        let change = User::create(UserId::new(self.ids.next()), new, &stamp);
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

/// `bearer` as an actor with the lower of both roles. Memberships replace the roles of viewers and editors, upwards and
/// downwards; administrators keep theirs, so that nobody can lock the last of them out of a show.
pub(super) fn actor(
    bearer: Option<Arc<Bearer>>,
    granted: Role,
    session: Option<super::SessionId>,
    expires_at: crate::Timestamp,
) -> Result<Actor, ServiceError> {
    let gone =
        if session.is_some() { "the session has ended: sign in again" } else { "the token's user does not exist" };
    let bearer = bearer.ok_or(ServiceError::Unauthenticated { reason: gone })?;
    let Bearer { user, memberships } = bearer.as_ref();
    let role = user.role.lower(granted).ok_or(ServiceError::Unauthenticated {
        reason: "the token's role and its user's have nothing in common: get a new token",
    })?;
    let shows = match user.role {
        Role::Admin => ShowRoles::default(),
        _ => memberships.iter().filter_map(|(show, role)| Some((*show, role.lower(granted)?))).collect(),
    };
    let (email, name) = (user.email.to_string(), user.name.to_string());
    Ok(Actor { id: user.id, email, name, role, shows, granted, session, expires_at })
}
