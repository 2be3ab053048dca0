//! Accounts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Email, Role};
use crate::event::{ActorStamp, Audience, DomainEvent, EventKind, Stamp};
use crate::id::id;
use crate::{Change, Difference, Limit, Line, ResourceKind, Subject, Timestamp, Version};

id! {
    /// Identifies a user.
    UserId
}

/// A user's account. What they sign in with is no part of it.
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

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The address.
    pub email: Email,
    /// How others see them.
    pub name: Line<255>,
    /// What they may do.
    pub role: Role,
}

/// Fields to set. `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPatch {
    /// The address.
    pub email: Option<Email>,
    /// How others see them.
    pub name: Option<Line<255>>,
    /// What they may do.
    pub role: Option<Role>,
}

/// What a list of accounts is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Of this role.
    pub role: Option<Role>,
    /// From where on; `None` for the first page.
    pub after: Option<UserAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
}

/// The place behind an account in a list. Identifiers grow with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAfter {
    /// The account.
    pub id: UserId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserCreated<'a> {
    user: &'a User,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserUpdated<'a> {
    user: &'a User,
    changed_fields: &'a [&'static str],
    changes: &'a Map<String, Value>,
    updated_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDeleted<'a> {
    user_id: UserId,
    email: &'a Email,
    name: &'a str,
    deleted_by: &'a str,
}

impl User {
    /// A new account.
    pub(crate) fn create(id: UserId, new: NewUser, stamp: &Stamp) -> Change<Self> {
        let NewUser { email, name, role } = new;
        let user =
            Self { id, email, name, role, created_at: stamp.now, updated_at: stamp.now, version: Version::FIRST };
        let data = UserCreated { user: &user, created_by: stamp.actor_label() };
        let event = user.tell(EventKind::UserCreated, stamp, &data);
        Change::created(user, event)
    }

    /// Merges `patch` into this account; `None` where nothing would differ. A `new_password` is told by its name alone.
    pub(crate) fn update(mut self, patch: UserPatch, new_password: bool, stamp: &Stamp) -> Option<Change<Self>> {
        let mut difference = Difference::default();
        difference.set("email", &mut self.email, patch.email);
        difference.set("name", &mut self.name, patch.name);
        difference.set("role", &mut self.role, patch.role);
        if new_password {
            difference.fields.push("password");
        }
        if difference.fields.is_empty() {
            return None;
        }
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = UserUpdated {
            user: &self,
            changed_fields: &difference.fields,
            changes: &difference.changes,
            updated_by: stamp.actor_label(),
        };
        let event = self.tell(EventKind::UserUpdated, stamp, &data);
        Some(Change::updated(expected, self, event))
    }

    /// Removes this account for good.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let (email, name, deleted_by) = (&self.email, self.name.as_str(), stamp.actor_label());
        let event =
            self.tell(EventKind::UserDeleted, stamp, &UserDeleted { user_id: self.id, email, name, deleted_by });
        Change::erased(expected, self, event)
    }

    /// This user as the one who does something.
    pub(crate) fn as_actor(&self) -> ActorStamp {
        ActorStamp { id: Some(self.id), name: self.name.to_string(), email: Some(self.email.to_string()) }
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        stamp.event(kind, Subject::new(ResourceKind::User, self.id.uuid()), Audience::Admins, data)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::{EventId, Origin};

    fn stamp() -> Stamp {
        let actor = ActorStamp { id: None, name: "An admin".into(), email: Some("admin@example.com".into()) };
        let now = Timestamp::from_micros(1_000_000).unwrap();
        Stamp { id: EventId::new(uuid::Uuid::from_u128(9)), now, actor, origin: Origin::default() }
    }

    fn editor() -> User {
        let new = NewUser {
            email: Email::parse("editor@example.com").unwrap(),
            name: Line::parse("An editor").unwrap(),
            role: Role::Editor,
        };
        User::create(UserId::new(uuid::Uuid::from_u128(1)), new, &stamp()).state().clone()
    }

    fn data(change: &Change<User>) -> Value {
        serde_json::from_str(&change.events()[0].data).unwrap()
    }

    #[test]
    fn an_update_tells_what_changed_and_of_a_password_no_more_than_that() {
        let patch = UserPatch { role: Some(Role::Viewer), ..UserPatch::default() };
        let change = editor().update(patch, true, &stamp()).unwrap();
        assert_eq!(data(&change)["changedFields"], json!(["role", "password"]));
        assert_eq!(data(&change)["changes"], json!({"role": ["editor", "viewer"]}));
        assert_eq!(change.state().version, Version::FIRST.next());
    }

    #[test]
    fn an_update_that_changes_nothing_is_no_change() {
        let patch = UserPatch { role: Some(Role::Editor), ..UserPatch::default() };
        assert!(editor().update(patch, false, &stamp()).is_none());
    }

    #[test]
    fn what_happens_to_accounts_is_told_to_admins_alone() {
        let deleted = editor().delete(&stamp());
        assert!(deleted.is_erased());
        assert_eq!(data(&deleted)["email"], "editor@example.com");
        assert_eq!(deleted.events()[0].audience, Audience::Admins);
    }
}
