//! Of what somebody may learn, as a condition that a store can apply to what follows from events.

use super::permission::allows;
use super::{Action, Actor, Role};
use crate::ResourceKind;
use crate::event::Audience;

/// The audiences that somebody belongs to outside shows. What follows from an event is visible to exactly those who may learn
/// of the event ([`may_see`](super::may_see)), for what is for administrators happens in no show. By default nothing is visible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility(Vec<Audience>);

impl Visibility {
    /// What `actor` may see now. They must be allowed to read events outside shows.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let audiences = [
            (allows(actor.role, Action::Read, ResourceKind::Event), Audience::Readers),
            (actor.role == Role::Admin, Audience::Admins),
            (allows(actor.role, Action::Read, ResourceKind::Notification), Audience::User(actor.id)),
        ];
        Self(audiences.into_iter().filter(|(belongs, _)| *belongs).map(|(_, audience)| audience).collect())
    }

    /// The audiences: three at most.
    #[must_use]
    pub fn audiences(&self) -> &[Audience] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::event::{ActorStamp, EventId, EventKind, LoggedEvent, Origin, Seq, sample};
    use crate::identity::{ShowRoles, UserId, may_see};
    use crate::show::ShowId;
    use crate::{Subject, Timestamp};

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn show(number: u128) -> ShowId {
        ShowId::new(Uuid::from_u128(100 + number))
    }

    fn actor(role: Role, shows: Vec<(ShowId, Role)>) -> Actor {
        Actor {
            id: user(1),
            email: "somebody@example.com".into(),
            name: "Somebody".into(),
            role,
            shows: if role == Role::Admin { ShowRoles::default() } else { shows.into_iter().collect() },
            granted: role,
            session: None,
            expires_at: Timestamp::from_micros(0).unwrap(),
        }
    }

    fn event(audience: Audience, show: Option<ShowId>) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::START.next(),
            id: EventId::new(Uuid::from_u128(9)),
            name: "user_updated".into(),
            data: "{}".into(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            subject: Subject::new(ResourceKind::User, Uuid::from_u128(2)),
            show,
            owner: None,
            audience,
        }
    }

    fn personal_role() -> impl Strategy<Value = Role> {
        prop_oneof![Just(Role::Viewer), Just(Role::Editor), Just(Role::Admin)]
    }

    proptest! {
        #[test]
        fn what_follows_from_an_event_is_visible_to_whom_may_see_the_event_and_to_nobody_else(
            role in personal_role(),
            roles in proptest::collection::vec(personal_role(), 0..3),
            audience in prop_oneof![
                Just(Audience::Readers),
                Just(Audience::Admins),
                (1_u128..3).prop_map(|number| Audience::User(user(number))),
            ],
            place in proptest::option::of(0_u128..4),
        ) {
            prop_assume!(audience != Audience::Admins || place.is_none());
            let shows = roles.into_iter().enumerate().map(|(number, role)| (show(number as u128), role)).collect();
            let actor = actor(role, shows);
            let event = event(audience, place.map(show));
            prop_assert_eq!(Visibility::of(&actor).audiences().contains(&audience), may_see(&actor, &event));
        }
    }

    #[test]
    fn by_default_nothing_is_visible() {
        assert!(Visibility::default().audiences().is_empty());
    }

    #[test]
    fn what_is_for_administrators_happens_in_no_show() {
        for kind in EventKind::ALL {
            let event = sample(kind, Seq::START.next());
            assert!(event.audience != Audience::Admins || event.show.is_none(), "{event:?}");
        }
    }
}
