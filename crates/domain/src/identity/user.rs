//! Accounts.

use serde::Serialize;

use super::{Email, Role};
use crate::event::{Audience, EventKind, Stamp};
use crate::id::id;
use crate::{Change, Line, ResourceKind, Subject, Timestamp, Version};

id! {
    /// Identifies a user.
    UserId
}

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct User {
    /// The identifier.
    pub id: UserId,
    /// The address; one account each.
    pub email: Email,
    /// How others see them.
    pub name: Line<255>,
    /// What they may do.
    pub role: Role,
    /// When the account came into being.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How many times it was written.
    pub version: Version,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserCreated<'a> {
    user: &'a User,
    created_by: &'a str,
}

impl User {
    /// A new account.
    pub(crate) fn create(id: UserId, email: Email, name: Line<255>, role: Role, stamp: &Stamp) -> Change<Self> {
        let user =
            Self { id, email, name, role, created_at: stamp.now, updated_at: stamp.now, version: Version::FIRST };
        let data = UserCreated { user: &user, created_by: stamp.actor_label() };
        let subject = Subject::new(ResourceKind::User, id.uuid());
        let event = stamp.event(EventKind::UserCreated, subject, Audience::Admins, &data);
        Change::created(user, event)
    }
}
