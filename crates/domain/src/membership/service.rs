//! The use cases of memberships.

use std::sync::Arc;

use super::{Membership, MembershipAfter, MembershipQuery, MembershipStore};
use crate::event::Stamp;
use crate::identity::{Action, Caller, Role, User, UserId, UserStore, permit_within, personal};
use crate::show::{ShowId, ShowStore};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, IdSource, Ledger, Page, Precondition, ResourceKind, ServiceError, Terms};

/// A role that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The membership as it is now.
    pub membership: Membership,
    /// Whether the user had none before.
    pub is_new: bool,
}

/// Everything that can be done with memberships.
pub struct MembershipService {
    /// Reads memberships.
    pub memberships: Arc<dyn MembershipStore>,
    /// Reads shows.
    pub shows: Arc<dyn ShowStore>,
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Writes memberships.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl MembershipService {
    /// A page of a show's members.
    pub async fn list(
        &self,
        caller: &Caller,
        query: MembershipQuery,
    ) -> Result<Page<Membership, MembershipAfter>, ServiceError> {
        self.enter(caller, Action::Read, query.show_id).await?;
        Ok(self.memberships.list_memberships(query).await?)
    }

    /// A user's membership in a show.
    pub async fn get(&self, caller: &Caller, show: ShowId, user: UserId) -> Result<Membership, ServiceError> {
        self.enter(caller, Action::Read, show).await?;
        self.load(show, user).await
    }

    /// Gives a user a role within a show, whether or not they had one. A `precondition` demands that they had.
    pub async fn set(
        &self,
        caller: &Caller,
        show: ShowId,
        user: UserId,
        role: Role,
        precondition: Precondition,
    ) -> Result<Given, ServiceError> {
        self.enter(caller, Action::Manage, show).await?;
        personal(role)?;
        let account = self.account(user).await?;
        let mandatory = precondition != Precondition::None;
        let terms = Terms::from(precondition);
        if !mandatory && self.memberships.find_membership(show, user).await?.is_none() {
            let create = || Membership::create(show, &account, role, &self.stamp(caller));
            match self.writing(&terms).create(create).await {
                // Somebody else has given them a role meanwhile.
                Err(ServiceError::AlreadyExists { .. }) => {}
                answered => return answered.map(|new| Given { membership: now(new), is_new: true }),
            }
        }
        let decide = |membership: Membership| {
            let unchanged = membership.clone();
            Ok(membership.update(role, &self.stamp(caller)).map_or(Decision::Leave(unchanged), Decision::Write))
        };
        let answered = self.writing(&terms).change(|| self.load(show, user), decide).await?;
        Ok(Given { membership: now(answered), is_new: false })
    }

    /// Takes a user's role within a show away and answers its last state.
    pub async fn remove(
        &self,
        caller: &Caller,
        show: ShowId,
        user: UserId,
        precondition: Precondition,
    ) -> Result<Membership, ServiceError> {
        self.enter(caller, Action::Manage, show).await?;
        let decide = |membership: Membership| Ok(Decision::Write(membership.delete(&self.stamp(caller))));
        let terms = Terms::from(precondition);
        self.writing(&terms).change(|| self.load(show, user), decide).await.map(now)
    }

    /// Lets the caller do `action` to the members of a show that exists.
    async fn enter(&self, caller: &Caller, action: Action, show: ShowId) -> Result<(), ServiceError> {
        permit_within(&caller.actor, action, ResourceKind::Membership, Some(show))?;
        let found = self.shows.find_show(show).await?;
        found.map(|_| ()).ok_or(ServiceError::NotFound { kind: ResourceKind::Show })
    }

    async fn account(&self, user: UserId) -> Result<User, ServiceError> {
        self.users.find_user(user).await?.ok_or(ServiceError::NotFound { kind: ResourceKind::User })
    }

    async fn load(&self, show: ShowId, user: UserId) -> Result<Membership, ServiceError> {
        let membership = self.memberships.find_membership(show, user).await?;
        membership.ok_or(ServiceError::NotFound { kind: ResourceKind::Membership })
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

/// Memberships are written without receipts, so that nothing is answered as before.
fn now(answered: Answered<Membership>) -> Membership {
    match answered {
        Answered::Now(membership) => membership,
        Answered::Before(_) => unreachable!("no receipt was given"),
    }
}
