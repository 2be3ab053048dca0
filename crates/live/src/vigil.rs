//! Whether what a connection was let in by still holds: the user, their role, the session, the token.

use std::time::Duration;

use actix_web::HttpRequest;
use showrunner_domain::ServiceError;
use showrunner_domain::identity::{AccessService, Actor, TokenProof};
use showrunner_web::{Problem, bearer_token, causes};
use tokio::time::Instant;

use crate::hub::{Hub, Mark};

/// When a store that failed is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// What the token in the header of `request` can be revoked by, once that token was accepted.
pub(crate) async fn token_proof(request: &HttpRequest, access: &AccessService) -> Result<TokenProof, Problem> {
    let token = bearer_token(request.headers())?.unwrap_or_default();
    Ok(access.proof(token).await?)
}

/// What a connection knows of the changes of its user's account. The store is asked when one has passed in the log.
#[derive(Debug)]
pub(crate) struct Vigil {
    mark: Mark,
    /// What the token can be revoked by; `None` while none has come.
    proof: Option<TokenProof>,
    /// Set while the store fails to say how it is.
    again_at: Option<Instant>,
}

impl Vigil {
    /// Knows of everything before `mark`, which must have been taken before the token of `proof` was checked.
    pub(crate) const fn since(mark: Mark, proof: Option<TokenProof>) -> Self {
        Self { mark, proof, again_at: None }
    }

    /// Knows nothing: the first look asks the store.
    pub(crate) fn ignorant(proof: TokenProof) -> Self {
        Self { mark: Mark::default(), proof: Some(proof), again_at: Some(Instant::now()) }
    }

    /// The mark up to which changes are known.
    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }

    /// When to look again without news, at `due` or earlier.
    pub(crate) fn or_at(&self, due: Instant) -> Instant {
        self.again_at.map_or(due, |again| due.min(again))
    }

    /// Brings `actor` up to date, if their account has changed.
    ///
    /// # Errors
    /// A reason where they may not be here any more.
    pub(crate) async fn look(
        &mut self,
        hub: &Hub,
        access: &AccessService,
        actor: &mut Actor,
    ) -> Result<(), &'static str> {
        let due = self.again_at.is_some_and(|again| again <= Instant::now());
        let known = std::mem::replace(&mut self.mark, hub.mark());
        if !due && known == self.mark {
            return Ok(());
        }
        if let Some(Err(ServiceError::Unauthenticated { reason })) =
            self.proof.as_ref().map(|it| access.check_revoked(it))
        {
            return Err(reason);
        }
        if !due && !hub.concerns(actor.id, known) {
            return Ok(());
        }
        // In a box, so that an idle connection does not hold the room that asking takes.
        match Box::pin(access.reconsider(actor)).await {
            Ok(now) => {
                *actor = now;
                self.again_at = None;
                Ok(())
            }
            Err(ServiceError::Unauthenticated { reason }) => Err(reason),
            Err(error) => {
                tracing::debug!(error = causes(&error), "a user could not be looked up for a connection");
                self.again_at = Some(Instant::now() + AGAIN);
                Ok(())
            }
        }
    }
}
