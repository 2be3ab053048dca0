//! Reading memberships. They are written through the ledger.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Membership;
use crate::identity::UserId;
use crate::show::ShowId;
use crate::{Limit, Page, StoreError};

/// What a list of a show's members is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembershipQuery {
    /// Of this show.
    pub show_id: ShowId,
    /// From where on; `None` for the first page.
    pub after: Option<MembershipAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
}

/// The place behind a member in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipAfter {
    /// The member.
    pub user_id: UserId,
}

/// Reads memberships.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MembershipStore: Send + Sync {
    /// The membership of this user in this show.
    async fn find_membership(&self, show: ShowId, user: UserId) -> Result<Option<Membership>, StoreError>;

    /// A page of the members of a show, in the order in which their accounts were created.
    async fn list_memberships(&self, query: MembershipQuery) -> Result<Page<Membership, MembershipAfter>, StoreError>;
}
