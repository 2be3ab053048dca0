//! The pure transitions of a membership. Each tells who may do what now, and what they might before.

use serde::Serialize;

use super::Membership;
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::identity::{Role, User, UserId};
use crate::show::ShowId;
use crate::{Change, ResourceKind, Subject, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipChanged<'a> {
    show_id: ShowId,
    user_id: UserId,
    user_name: &'a str,
    role: Option<Role>,
    previous_role: Option<Role>,
    changed_by: &'a str,
}

impl Membership {
    /// `user` gets a role within `show_id`.
    pub(crate) fn create(show_id: ShowId, user: &User, role: Role, stamp: &Stamp) -> Change<Self> {
        let membership = Self {
            show_id,
            user_id: user.id,
            user_name: user.name.clone(),
            role,
            created_at: stamp.now,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let event = membership.tell(Some(role), None, stamp);
        Change::created(membership, event)
    }

    /// The member gets another role; `None` where it is the one that they have.
    pub(crate) fn update(mut self, role: Role, stamp: &Stamp) -> Option<Change<Self>> {
        if self.role == role {
            return None;
        }
        let previous = std::mem::replace(&mut self.role, role);
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let event = self.tell(Some(role), Some(previous), stamp);
        Some(Change::updated(expected, self, event))
    }

    /// The member's general role counts again.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let event = self.tell(None, Some(self.role), stamp);
        Change::erased(expected, self, event)
    }

    fn tell(&self, role: Option<Role>, previous_role: Option<Role>, stamp: &Stamp) -> DomainEvent {
        let data = MembershipChanged {
            show_id: self.show_id,
            user_id: self.user_id,
            user_name: self.user_name.as_str(),
            role,
            previous_role,
            changed_by: stamp.actor_label(),
        };
        let subject = Subject::new(ResourceKind::Membership, self.user_id.uuid());
        stamp.event(EventKind::MembershipChanged, subject, Audience::Readers, &data).within(Some(self.show_id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::event::{ActorStamp, EventId, Origin};
    use crate::identity::{Email, NewUser};
    use crate::{Line, Timestamp};

    fn stamp(seconds: i64) -> Stamp {
        let actor = ActorStamp { id: None, name: "An admin".into(), email: Some("admin@example.com".into()) };
        let now = Timestamp::from_micros(seconds * 1_000_000).unwrap();
        Stamp { id: EventId::new(uuid::Uuid::from_u128(9)), now, actor, origin: Origin::default() }
    }

    fn created() -> Change<Membership> {
        let (email, name) = (Email::parse("guest@example.com").unwrap(), Line::parse("A guest").unwrap());
        let new = NewUser { email, name, role: Role::Viewer };
        let user = User::create(UserId::new(uuid::Uuid::from_u128(1)), new, &stamp(1));
        Membership::create(ShowId::new(uuid::Uuid::from_u128(7)), user.state(), Role::Editor, &stamp(1))
    }

    fn roles(change: &Change<Membership>) -> [Value; 2] {
        let data: Value = serde_json::from_str(&change.events()[0].data).unwrap();
        assert_eq!((&data["userName"], &data["changedBy"]), (&json!("A guest"), &json!("admin@example.com")));
        [data["previousRole"].clone(), data["role"].clone()]
    }

    #[test]
    fn every_step_tells_of_the_role_before_and_after_within_its_show() {
        let created = created();
        assert_eq!(roles(&created), [Value::Null, json!("editor")]);
        let updated = created.state().clone().update(Role::Viewer, &stamp(2)).unwrap();
        assert_eq!(roles(&updated), [json!("editor"), json!("viewer")]);
        let deleted = updated.state().clone().delete(&stamp(3));
        assert_eq!(roles(&deleted), [json!("viewer"), Value::Null]);
        assert!(deleted.is_erased());
        assert_eq!((deleted.expected(), deleted.state().version.get()), (Version::new(2), 3));
        assert_eq!(deleted.events()[0].show, Some(created.state().show_id));
    }

    #[test]
    fn the_same_role_again_is_no_change() {
        assert!(created().state().clone().update(Role::Editor, &stamp(2)).is_none());
    }
}
